/* SPDX-License-Identifier: Apache-2.0 */
/* "type size NUL bytes", deflated: gitformat-loose(5). */
#include "git/loose_read.h"

#include "base/file.h"
#include "base/hash.h"
#include "git/inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    LARGEST = 1024 * 1024 * 1024,
    HEADER_MAX = 32, /* "commit", a blank, a number and a NUL */
    FIRST_ROOM = 4096,
    RATIO_GUESS = 4,
};

/* Inflates a stream of unknown size, with more room each time it is short. */
static enum ks_rc inflate(uint8_t **out, size_t *size,
                          struct ks_inflater *inflater, struct ks_span stream,
                          struct ks_err *err)
{
    size_t room = FIRST_ROOM + stream.len * RATIO_GUESS;

    for (;; room *= RATIO_GUESS) {
        uint8_t *bytes = malloc(room + KS_INFLATE_SLACK);

        if (bytes == NULL)
            return ks_fail_memory(err);
        *size = ks_inflate_up_to(inflater, stream, bytes, room);
        if (*size <= room) {
            *out = bytes;
            return KS_OK;
        }
        free(bytes);
        if (*size == SIZE_MAX)
            return ks_fail(err, KS_EFORMAT, "a loose object does not inflate");
        if (room > (size_t)LARGEST + HEADER_MAX)
            return ks_fail(err, KS_ELIMIT, "object is larger than 1 GiB");
    }
}

/* Reads the header; false if it is none or lies about the size. */
static bool take_header(struct ks_loose_object *out, size_t size)
{
    const uint8_t *end =
        memchr(out->memory, '\0', size < HEADER_MAX ? size : HEADER_MAX);
    const char *text = (const char *)out->memory;
    size_t stated = 0;

    if (end == NULL)
        return false;
    for (int type = KS_OBJECT_COMMIT; type <= KS_OBJECT_TAG; type++) {
        const char *name = ks_object_type_name((enum ks_object_type)type);
        size_t len = strlen(name);

        if (strncmp(text, name, len) == 0 && text[len] == ' ') {
            out->type = (enum ks_object_type)type;
            text += len + 1;
            break;
        }
    }
    if (out->type == KS_OBJECT_NONE || *text == '\0')
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        stated = stated * 10 + (size_t)(*text - '0');
    out->bytes =
        (struct ks_span){end + 1, size - (size_t)(end + 1 - out->memory)};
    return *text == '\0' && stated == out->bytes.len;
}

static enum ks_rc read_file(struct ks_loose_object *out, const char *path,
                            struct ks_inflater *inflater, struct ks_err *err)
{
    struct ks_buf file;
    size_t size = 0;
    enum ks_rc rc;

    *out = (struct ks_loose_object){.type = KS_OBJECT_NONE};
    ks_buf_init(&file, LARGEST);
    rc = ks_file_read(&file, path, err);
    if (rc == KS_OK)
        rc = inflate(&out->memory, &size, inflater, ks_buf_span(&file), err);
    ks_buf_release(&file);
    if (rc == KS_OK && !take_header(out, size)) {
        free(out->memory);
        rc = ks_fail(err, KS_EFORMAT, "%s: not a loose object", path);
    }
    return rc;
}

enum ks_rc ks_loose_read(struct ks_loose_object *out, const struct ks_git *git,
                         struct ks_inflater *inflater, const struct ks_oid *oid,
                         struct ks_err *err)
{
    char hex[KS_OID_HEX], path[PATH_MAX];
    enum ks_rc rc = KS_ENOENT;

    ks_oid_hex(hex, oid);
    for (size_t i = 0; i < git->object_dir_count && rc != KS_OK; i++) {
        enum ks_rc here;

        if (snprintf(path, sizeof(path), "%s%.2s/%s", git->object_dirs[i], hex,
                     hex + 2) >= (int)sizeof(path))
            continue;
        here = read_file(out, path, inflater, err);
        if (here != KS_ENOENT)
            rc = here;
    }
    return rc == KS_ENOENT ? ks_fail(err, rc, "object %s is missing", hex) : rc;
}
