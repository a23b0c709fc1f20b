/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hook_lines.h"

#include "base/hash.h"

#include <stdlib.h>

enum { SHA1_HEX = 40, SHA256_HEX = 64, MOST_WORDS = 4 };

enum ks_rc ks_hook_add(struct ks_oid_vec *out, struct ks_span hex,
                       struct ks_err *err)
{
    struct ks_oid oid = {.len = (uint8_t)(hex.len / 2)};
    bool zero = true;

    if ((hex.len != SHA1_HEX && hex.len != SHA256_HEX) ||
        !ks_unhex(oid.bytes, oid.len, (const char *)hex.ptr))
        return ks_fail(err, KS_EINVAL, "git gave something that is no object "
                       "id");
    for (size_t i = 0; i < oid.len; i++)
        zero &= oid.bytes[i] == 0;
    if (!zero && !KS_VEC_PUSH(out, oid))
        return ks_fail_memory(err);
    return KS_OK;
}

/* Splits a line at its blanks; a ref's name holds none. */
static size_t split(struct ks_span words[MOST_WORDS], struct ks_span line)
{
    size_t count = 0, at = 0;

    while (at < line.len && count < MOST_WORDS) {
        size_t end = ks_span_find(line, at, ks_span_str(" "));

        if (end == SIZE_MAX)
            end = line.len;
        words[count++] = ks_span_slice(line, at, end);
        at = end + 1;
    }
    return count;
}

/* Which words of a line hold the ids. */
struct layout {
    size_t words, new_id, old_id;
};

static enum ks_rc read_lines(struct ks_hook_commits *out, struct ks_span text,
                             struct layout layout, struct ks_err *err)
{
    size_t number = 0;
    enum ks_rc rc = KS_OK;

    for (size_t at = 0; at < text.len && rc == KS_OK;) {
        struct ks_span words[MOST_WORDS];
        size_t end = ks_span_find(text, at, ks_span_str("\n"));
        struct ks_span line;

        if (end == SIZE_MAX)
            end = text.len;
        line = ks_span_slice(text, at, end);
        at = end + 1;
        number++;
        if (line.len == 0)
            continue;
        if (split(words, line) != layout.words)
            return ks_fail(err, KS_EINVAL, "standard input, line %zu: not what "
                           "git tells this hook", number);
        rc = ks_hook_add(&out->include, words[layout.new_id], err);
        if (rc == KS_OK)
            rc = ks_hook_add(&out->exclude, words[layout.old_id], err);
        if (rc != KS_OK)
            rc = ks_fail_within(err, rc, "standard input, line %zu", number);
    }
    return rc;
}

enum ks_rc ks_hook_read_push(struct ks_hook_commits *out, struct ks_span text,
                             struct ks_err *err)
{
    return read_lines(out, text, (struct layout){4, 1, 3}, err);
}

enum ks_rc ks_hook_read_receive(struct ks_hook_commits *out,
                                struct ks_span text, struct ks_err *err)
{
    return read_lines(out, text, (struct layout){3, 1, 0}, err);
}

void ks_hook_commits_release(struct ks_hook_commits *commits)
{
    KS_VEC_RELEASE(&commits->include);
    KS_VEC_RELEASE(&commits->exclude);
}
