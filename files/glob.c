/* SPDX-License-Identifier: Apache-2.0 */
#include "files/glob.h"

/* A position to come back to after a wildcard took too little. */
struct retry {
    size_t pattern, text;
    bool set;
};

/*
 * Matches one byte against the set that begins behind `[`. Returns the offset
 * behind `]`, or 0 if the set never ends.
 */
static size_t match_set(struct ks_span pattern, size_t at, uint8_t byte,
                        bool *fits)
{
    bool negated =
        at < pattern.len && (pattern.ptr[at] == '!' || pattern.ptr[at] == '^');
    bool found = false;
    size_t first;

    at += negated;
    for (first = at; at < pattern.len; at++) {
        uint8_t low = pattern.ptr[at];
        uint8_t high;

        if (low == ']' && at > first)
            break;
        if (low == '\\' && at + 1 < pattern.len)
            low = pattern.ptr[++at];
        high = low;
        if (at + 2 < pattern.len && pattern.ptr[at + 1] == '-' &&
            pattern.ptr[at + 2] != ']') {
            high = pattern.ptr[at + 2];
            at += 2;
        }
        found = found || (byte >= low && byte <= high);
    }
    *fits = found != negated;
    return at < pattern.len ? at + 1 : 0;
}

/* Matches one byte; returns the offset behind what it fits, or 0. */
static size_t match_one(struct ks_span pattern, size_t at, uint8_t byte)
{
    bool fits = false;
    size_t behind;

    switch (pattern.ptr[at]) {
    case '?':
        return at + 1;
    case '[':
        behind = match_set(pattern, at + 1, byte, &fits);
        if (behind > 0)
            return fits ? behind : 0;
        return byte == '[' ? at + 1 : 0;
    case '\\':
        at += at + 1 < pattern.len;
        break;
    default:
        break;
    }
    return pattern.ptr[at] == byte ? at + 1 : 0;
}

bool ks_glob_name(struct ks_span pattern, struct ks_span name)
{
    struct retry retry = {0};
    size_t at = 0, in = 0;

    while (in < name.len || at < pattern.len) {
        size_t behind = 0;

        if (at < pattern.len && pattern.ptr[at] == '*') {
            retry = (struct retry){++at, in, true};
            continue;
        }
        if (at < pattern.len && in < name.len)
            behind = match_one(pattern, at, name.ptr[in]);
        if (behind > 0) {
            at = behind;
            in++;
        } else if (retry.set && retry.text < name.len) {
            at = retry.pattern;
            in = ++retry.text;
        } else {
            return false;
        }
    }
    return true;
}

/* The component that begins at `at`, without its slash. */
static struct ks_span component(struct ks_span path, size_t at)
{
    size_t to = at;

    while (to < path.len && path.ptr[to] != '/')
        to++;
    return ks_span_slice(path, at, to);
}

static bool is_any_depth(struct ks_span part)
{
    return part.len == 2 && part.ptr[0] == '*' && part.ptr[1] == '*';
}

bool ks_glob_path(struct ks_span pattern, struct ks_span path)
{
    struct retry retry = {0};
    size_t at = 0, in = 0;

    /* `at` and `in` are beginnings of components, or one behind the end. */
    while (in <= path.len || at <= pattern.len) {
        struct ks_span part = component(pattern, at);
        struct ks_span name = component(path, in);

        if (at <= pattern.len && is_any_depth(part)) {
            at += part.len + 1;
            retry = (struct retry){at, in, true};
            if (at > pattern.len)
                return in <= path.len;
        } else if (at <= pattern.len && in <= path.len &&
                   ks_glob_name(part, name)) {
            at += part.len + 1;
            in += name.len + 1;
        } else if (retry.set && retry.text <= path.len) {
            retry.text += component(path, retry.text).len + 1;
            at = retry.pattern;
            in = retry.text;
        } else {
            return false;
        }
    }
    return true;
}
