/* SPDX-License-Identifier: Apache-2.0 */
#include "keysweep/keysweep.h"

#include "files/walk.h"
#include "lib/shipped.h"
#include "rules/load.h"
#include "scanner/collect.h"
#include "scanner/leak.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Static_assert(sizeof(struct keysweep_error) == sizeof(struct ks_err),
               "an error of the library is one of the API");

struct keysweep_scanner {
    struct ks_rules *rules; /* NULL: only built-in ones */
    struct ks_matcher *matcher;
    unsigned threads;
    bool ignore_allow_comments;
};

struct keysweep_result {
    struct ks_coverage *coverage;
    struct ks_collector *collector;
    struct keysweep_finding *places;
    size_t count;
    uint64_t skipped;
};

static enum keysweep_status status_of(enum ks_rc rc)
{
    switch (rc) {
    case KS_OK:
        return KEYSWEEP_OK;
    case KS_EINVAL:
        return KEYSWEEP_EINVAL;
    case KS_EIO:
    case KS_ENOENT:
        return KEYSWEEP_EIO;
    case KS_ENOMEM:
        return KEYSWEEP_ENOMEM;
    case KS_ELIMIT:
    case KS_EFORMAT:
    case KS_ECANCELED:
        return KEYSWEEP_EFAILED;
    }
    return KEYSWEEP_EFAILED;
}

/* The status, with the words given to the caller if it was no success. */
static enum keysweep_status tell(struct keysweep_error *error, enum ks_rc rc,
                                 const struct ks_err *err)
{
    if (error != NULL)
        memcpy(error->text, rc == KS_OK ? "" : err->text,
               rc == KS_OK ? 1 : sizeof(error->text));
    return status_of(rc);
}

const char *keysweep_version(void)
{
    return KS_VERSION;
}

static enum ks_rc read_options(struct keysweep_options *out,
                               const struct keysweep_options *options,
                               struct ks_err *err)
{
    *out = (struct keysweep_options){.size = sizeof(*out)};
    if (options == NULL)
        return KS_OK;
    if (options->size < sizeof(options->size) || options->size > sizeof(*out))
        return ks_fail(err, KS_EINVAL, "options of another version: size %zu",
                       options->size);
    memcpy(out, options, options->size);
    if ((unsigned)out->confidence > KEYSWEEP_CONFIDENCE_HIGH)
        return ks_fail(err, KS_EINVAL, "there is no confidence level %u",
                       (unsigned)out->confidence);
    if (out->threads > KS_LEAK_WORKERS)
        return ks_fail(err, KS_EINVAL, "at most %d threads", KS_LEAK_WORKERS);
    return KS_OK;
}

static enum ks_rc load_rules(const struct ks_ruleset **set,
                             struct keysweep_scanner *scanner,
                             const struct keysweep_options *options,
                             struct ks_err *err)
{
    enum ks_rc rc;

    *set = ks_rules_builtin();
    if (options->rule_file_count == 0)
        return KS_OK;
    rc = ks_rules_new(&scanner->rules, err);
    if (rc == KS_OK)
        rc = ks_rules_add_set(scanner->rules, *set, err);
    for (size_t i = 0; i < options->rule_file_count && rc == KS_OK; i++)
        rc = ks_rules_add_file(scanner->rules, options->rule_files[i], err);
    if (rc == KS_OK)
        *set = ks_rules_set(scanner->rules);
    return rc;
}

static enum ks_rc make_matcher(struct keysweep_scanner *scanner,
                               const struct keysweep_options *options,
                               struct ks_err *err)
{
    static const enum ks_confidence_level levels[] = {
        [KEYSWEEP_CONFIDENCE_MEDIUM] = KS_CONFIDENCE_MEDIUM,
        [KEYSWEEP_CONFIDENCE_LOW] = KS_CONFIDENCE_LOW,
        [KEYSWEEP_CONFIDENCE_HIGH] = KS_CONFIDENCE_HIGH,
    };
    char shipped[PATH_MAX];
    struct ks_matcher_options wanted = {
        .cache.user = options->cache_directory,
        .confidence = levels[options->confidence],
        .now = (int64_t)time(NULL),
    };
    const struct ks_ruleset *set;
    enum ks_rc rc = load_rules(&set, scanner, options, err);

    if (ks_lib_shipped(shipped, sizeof(shipped)))
        wanted.cache.shipped = shipped;
    if (rc == KS_OK)
        rc = ks_matcher_new(&scanner->matcher, set, &wanted, err);
    return rc == KS_OK ? ks_matcher_check(scanner->matcher, err) : rc;
}

enum keysweep_status keysweep_open(struct keysweep_scanner **out,
                                   const struct keysweep_options *options,
                                   struct keysweep_error *error)
{
    struct keysweep_scanner *scanner = calloc(1, sizeof(*scanner));
    struct keysweep_options wanted;
    struct ks_err err = {{0}};
    enum ks_rc rc = scanner == NULL ? ks_fail_memory(&err)
                                    : read_options(&wanted, options, &err);

    if (rc == KS_OK)
        rc = make_matcher(scanner, &wanted, &err);
    if (rc == KS_OK) {
        scanner->threads = wanted.threads;
        scanner->ignore_allow_comments = wanted.ignore_allow_comments != 0;
        *out = scanner;
        scanner = NULL;
    }
    keysweep_close(scanner);
    return tell(error, rc, &err);
}

void keysweep_close(struct keysweep_scanner *scanner)
{
    if (scanner == NULL)
        return;
    ks_matcher_free(scanner->matcher);
    ks_rules_free(scanner->rules);
    free(scanner);
}

static enum ks_rc result_new(struct keysweep_result **out,
                             struct keysweep_scanner *scanner,
                             unsigned workers, struct ks_err *err)
{
    struct keysweep_result *result = calloc(1, sizeof(*result));
    struct ks_collector_options options = {
        .matcher = scanner->matcher,
        .workers = workers,
        .no_allow_comments = scanner->ignore_allow_comments,
    };
    enum ks_rc rc;

    if (result == NULL)
        return ks_fail_memory(err);
    rc = ks_coverage_new(&result->coverage, err);
    options.coverage = result->coverage;
    if (rc == KS_OK)
        rc = ks_collector_new(&result->collector, &options, err);
    if (rc == KS_OK) {
        *out = result;
        result = NULL;
    }
    keysweep_result_free(result);
    return rc;
}

static struct keysweep_finding place_of(const struct ks_finding *finding,
                                        const struct ks_location *location)
{
    static const enum keysweep_severity severities[] = {
        [KS_SEVERITY_LOW] = KEYSWEEP_SEVERITY_LOW,
        [KS_SEVERITY_MEDIUM] = KEYSWEEP_SEVERITY_MEDIUM,
        [KS_SEVERITY_HIGH] = KEYSWEEP_SEVERITY_HIGH,
        [KS_SEVERITY_CRITICAL] = KEYSWEEP_SEVERITY_CRITICAL,
    };
    static const enum keysweep_proof proofs[] = {
        [KS_PROOF_NONE] = KEYSWEEP_PROOF_NONE,
        [KS_PROOF_STRUCTURE] = KEYSWEEP_PROOF_STRUCTURE,
        [KS_PROOF_CHECKSUM] = KEYSWEEP_PROOF_CHECKSUM,
    };

    return (struct keysweep_finding){
        .id = finding->id,
        .rule = finding->rule->id,
        .name = finding->rule->name,
        .severity = severities[finding->severity],
        .proof = proofs[finding->proof],
        .confidence = finding->confidence,
        .path = location->path,
        .archive = location->archive,
        .decoded = location->decoded,
        .offset = location->offset,
        .length = location->length,
        .start_line = location->start_line,
        .start_column = location->start_column,
        .end_line = location->end_line,
        .end_column = location->end_column,
    };
}

static enum ks_rc list_places(struct keysweep_result *result,
                              const struct ks_report *report,
                              struct ks_err *err)
{
    size_t count = 0;

    for (size_t i = 0; i < report->finding_count; i++)
        count += report->findings[i].location_count;
    result->places = calloc(count + 1, sizeof(*result->places));
    if (result->places == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct ks_finding *finding = &report->findings[i];

        for (size_t j = 0; j < finding->location_count; j++)
            result->places[result->count++] =
                place_of(finding, &finding->locations[j]);
    }
    return KS_OK;
}

/* Makes the findings when the source of blobs has ended with `rc`. */
static enum keysweep_status finish(struct keysweep_result **out,
                                   struct keysweep_result *result,
                                   enum ks_rc rc, struct ks_err *err,
                                   struct keysweep_error *error)
{
    struct ks_report report = {0};

    if (rc == KS_OK)
        rc = ks_collector_report(&report, result->collector, NULL, err);
    if (rc == KS_OK)
        rc = list_places(result, &report, err);
    if (rc == KS_OK) {
        for (unsigned i = 0; i < KS_SKIP_COUNT; i++)
            result->skipped +=
                ks_coverage_skipped(result->coverage, (enum ks_skip)i)->count;
        *out = result;
        result = NULL;
    }
    keysweep_result_free(result);
    return tell(error, rc, err);
}

enum keysweep_status keysweep_scan_buffer(struct keysweep_result **out,
                                          struct keysweep_scanner *scanner,
                                          const void *bytes, size_t length,
                                          const char *path,
                                          struct keysweep_error *error)
{
    struct ks_blob blob =
        ks_blob_whole((struct ks_span){bytes, length},
                      path == NULL ? KS_BLOB_STDIN : KS_BLOB_FILE, path);
    struct keysweep_result *result = NULL;
    struct ks_err err = {{0}};
    enum ks_rc rc = result_new(&result, scanner, 1, &err);

    if (rc == KS_OK) {
        struct ks_blob_sink sink = ks_collector_sink(result->collector);

        rc = sink.take(sink.ctx, 0, &blob, NULL, &err);
    }
    return finish(out, result, rc, &err, error);
}

enum keysweep_status keysweep_scan_path(struct keysweep_result **out,
                                        struct keysweep_scanner *scanner,
                                        const char *path,
                                        struct keysweep_error *error)
{
    struct ks_files_options options = {
        .jobs = scanner->threads,
        .overlap = ks_matcher_overlap(scanner->matcher),
        .follow_root_link = true,
    };
    struct keysweep_result *result = NULL;
    struct ks_err err = {{0}};
    enum ks_rc rc = result_new(&result, scanner, ks_files_jobs(&options), &err);

    if (rc == KS_OK) {
        struct ks_blob_sink sink = ks_collector_sink(result->collector);

        options.coverage = result->coverage;
        rc = ks_files_walk(&path, 1, &options, &sink, &err);
    }
    return finish(out, result, rc, &err, error);
}

size_t keysweep_result_count(const struct keysweep_result *result)
{
    return result->count;
}

const struct keysweep_finding *
keysweep_result_at(const struct keysweep_result *result, size_t index)
{
    return index < result->count ? &result->places[index] : NULL;
}

uint64_t keysweep_result_skipped(const struct keysweep_result *result)
{
    return result->skipped;
}

void keysweep_result_free(struct keysweep_result *result)
{
    if (result == NULL)
        return;
    ks_collector_free(result->collector);
    ks_coverage_free(result->coverage);
    free(result->places);
    free(result);
}
