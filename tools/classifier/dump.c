/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump: candidates and features of files, for training.
 *
 * usage: dump --names
 *        dump < list-of-paths > records
 *
 * --names prints the names of the features. Otherwise reads paths, one a line,
 * and writes one record a candidate: struct record below, native byte order.
 * The tool has its own matcher for the keywords, so that it needs nothing but
 * scanner/generic/.
 */
#include "scanner/generic/chars.h"
#include "scanner/generic/features.h"
#include "scanner/generic/keywords.h"
#include "scanner/generic/path.h"
#include "scanner/generic/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
    uint32_t file; /* number of the path in the list */
    uint32_t hit;
    uint32_t value_from, value_to, key_from, key_to; /* in the file */
    uint32_t keyword;
    uint32_t class_; /* enum ks_generic_class */
    int32_t score;   /* window and path, by the tables that are compiled in */
    int16_t features[KS_FEATURES + KS_PATH_FEATURES];
};

static struct ks_span read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct ks_span s = {0};
    uint8_t *p;
    long n;

    if (f == NULL)
        return s;
    fseek(f, 0, SEEK_END);
    n = ftell(f);
    rewind(f);
    p = malloc((size_t)n + 1);
    if (p != NULL && n > 0 && fread(p, 1, (size_t)n, f) == (size_t)n) {
        s.ptr = p;
        s.len = (size_t)n;
    } else {
        free(p);
    }
    fclose(f);
    return s;
}

/* Keywords by the hash of their last three letters, lower case. */
#define BUCKETS 4096u
static uint8_t heads[BUCKETS], nexts[256];
static uint8_t patterns[256];
static size_t pattern_count;
static const struct ks_generic_keyword *table;
static size_t count;

static unsigned bucket(const uint8_t *p)
{
    return (ks_to_lower(p[0]) * 31u * 31u + ks_to_lower(p[1]) * 31u +
            ks_to_lower(p[2])) %
           BUCKETS;
}

static void prepare(void)
{
    table = ks_generic_keywords(&count);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *t = (const uint8_t *)table[i].text;
        unsigned b;

        if (table[i].pattern) {
            patterns[pattern_count++] = (uint8_t)i;
            continue;
        }
        b = bucket(t + table[i].len - 3);
        nexts[i] = heads[b];
        heads[b] = (uint8_t)(i + 1);
    }
}

static bool literal_at(struct ks_span s, size_t end,
                       const struct ks_generic_keyword *k)
{
    if (end < k->len)
        return false;
    for (size_t i = 0; i < k->len; i++) {
        if (ks_to_lower(s.ptr[end - k->len + i]) !=
            ks_to_lower((uint8_t)k->text[i]))
            return false;
    }
    return true;
}

/* What the two patterns of the table say, by hand. */
static bool pattern_at(struct ks_span s, size_t end,
                       const struct ks_generic_keyword *k)
{
    const uint8_t *p = s.ptr + end - k->len;

    if (end < k->len)
        return false;
    if (k->form == KS_GENERIC_UUID) {
        for (size_t i = 0; i < 18; i++) {
            if (i == 0 || i == 5 ? p[i] != '-' : !ks_is_hex(p[i]))
                return false;
        }
        return true;
    }
    if (p[0] != 'A' || p[3] != 'A')
        return false;
    for (size_t i = 4; i < 16; i++) {
        if (!ks_is_alnum(p[i]) || ks_is_lower(p[i]))
            return false;
    }
    return strstr("ID RO NP GP KI SI", (char[]){(char)p[1], (char)p[2], 0}) !=
           NULL;
}

static unsigned long hits, candidates;
static int16_t path_features[KS_PATH_FEATURES];
static int32_t path_score;

static void at_hit(struct ks_span s, uint32_t file, size_t end,
                   unsigned keyword)
{
    struct ks_generic_candidate c[KS_GENERIC_CANDIDATES];
    struct ks_generic_verdict v;
    size_t hit, n;
    struct ks_generic_window w = ks_generic_window_at(s, end, &hit);
    uint32_t base = (uint32_t)(end - hit);

    hits++;
    n = ks_generic_candidates(c, KS_GENERIC_CANDIDATES, &w, hit, keyword);
    candidates += n;
    for (size_t i = 0; i < n; i++) {
        struct record r = {
            .file = file,
            .hit = (uint32_t)end,
            .value_from = base + c[i].value_from,
            .value_to = base + c[i].value_to,
            .key_from = base + c[i].key_from,
            .key_to = base + c[i].key_to,
            .keyword = keyword,
        };

        ks_generic_features(r.features, &w, &c[i]);
        ks_generic_score(&v, &w, &c[i]);
        r.class_ = v.class_;
        r.score = v.score + path_score;
        memcpy(r.features + KS_FEATURES, path_features, sizeof(path_features));
        fwrite(&r, offsetof(struct record, features) + sizeof(r.features), 1,
               stdout);
    }
}

static void scan(struct ks_span s, uint32_t file)
{
    for (size_t end = 3; end <= s.len; end++) {
        for (unsigned i = heads[bucket(s.ptr + end - 3)]; i != 0;
             i = nexts[i - 1]) {
            if (literal_at(s, end, &table[i - 1]))
                at_hit(s, file, end, i - 1);
        }
        if (s.ptr[end - 1] < '0')
            continue;
        for (size_t i = 0; i < pattern_count; i++) {
            if (pattern_at(s, end, &table[patterns[i]]))
                at_hit(s, file, end, patterns[i]);
        }
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {
#define KS_FEATURE(name) #name,
#include "scanner/generic/features.def"
#undef KS_FEATURE
    };
    char path[4096];
    uint32_t file = 0;
    unsigned long bytes = 0;

    if (argc > 1 && strcmp(argv[1], "--names") == 0) {
        for (size_t i = 0; i < KS_FEATURES; i++)
            puts(names[i]);
        puts("path_kind\npath_test\npath_example\npath_doc\npath_vendor\n"
             "path_locale\npath_conf\npath_secret");
        return 0;
    }
    prepare();
    while (fgets(path, sizeof(path), stdin) != NULL) {
        struct ks_span s;

        path[strcspn(path, "\n")] = 0;
        ks_path_features(path_features, path);
        path_score = ks_generic_path_score(path);
        s = read_file(path);
        bytes += s.len;
        scan(s, file++);
        free((void *)(uintptr_t)s.ptr);
    }
    fprintf(stderr, "%lu bytes, %lu hits, %lu candidates\n", bytes, hits,
            candidates);
    return 0;
}
