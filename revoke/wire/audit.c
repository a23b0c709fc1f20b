/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/audit.h"

#include "base/file.h"
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    /* Room for the lines of the last batch and its checkpoints. */
    TAIL = (KS_AUDIT_BATCH + 4) * KS_AUDIT_LINE,
    PENDING = 2 * TAIL,
    SIGNATURE_TEXT = 96,
};

struct ks_audit {
    int fd;
    const char *path; /* owned by the string behind the struct */
    const struct ks_sign_key *key;
    off_t end;           /* of what is durable */
    struct ks_buf tail;  /* the last lines at open */
    struct ks_buf added; /* lines since the last sync */
    struct ks_audit_head head, synced;
    int64_t sealed, synced_sealed; /* number of the last checkpoint */
    char name[];
};

void ks_audit_time(char out[KS_AUDIT_TIME])
{
    struct timespec now;
    struct tm utc;
    char seconds[KS_AUDIT_TIME];

    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(out, KS_AUDIT_TIME, "%.19s.%03dZ", seconds,
                   (int)(now.tv_nsec / 1000000) % 1000);
}

static void hash_line(char out[KS_SHA256_HEX], struct ks_span line)
{
    uint8_t digest[KS_SHA256_LEN];

    ks_sha256(digest, line);
    ks_hex(out, digest, sizeof(digest));
}

static enum ks_rc io_error(const struct ks_audit *log, const char *doing,
                           struct ks_err *err)
{
    return ks_fail(err, errno == ENOSPC ? KS_ELIMIT : KS_EIO, "%s %s: %s",
                   doing, log->path, strerror(errno));
}

static enum ks_rc read_tail(struct ks_audit *log, struct ks_err *err)
{
    struct stat st;
    off_t from;

    if (fstat(log->fd, &st) < 0)
        return io_error(log, "stat", err);
    from = st.st_size > TAIL ? st.st_size - TAIL : 0;
    if (ks_buf_reserve(&log->tail, (size_t)(st.st_size - from) + 1) != KS_OK)
        return ks_fail_memory(err);
    while (from + (off_t)log->tail.len < st.st_size) {
        ssize_t got = pread(log->fd, log->tail.ptr + log->tail.len,
                            (size_t)(st.st_size - from) - log->tail.len,
                            from + (off_t)log->tail.len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return io_error(log, "read", err);
        log->tail.len += (size_t)got;
    }
    log->end = st.st_size;
    return KS_OK;
}

/* Drops a line without an end. */
static enum ks_rc mend(struct ks_audit *log, struct ks_err *err)
{
    size_t len = log->tail.len;

    while (len > 0 && log->tail.ptr[len - 1] != '\n')
        len--;
    if (len == log->tail.len)
        return KS_OK;
    if (len == 0 && log->end > TAIL)
        return ks_fail(err, KS_EFORMAT, "%s: not an audit log", log->path);
    log->end -= (off_t)(log->tail.len - len);
    log->tail.len = len;
    if (ftruncate(log->fd, log->end) < 0)
        return io_error(log, "mend", err);
    return KS_OK;
}

/* The line before offset `end` of `text`, without its line feed. */
static struct ks_span last_line(struct ks_span text, size_t end)
{
    size_t from = end - 1;

    while (from > 0 && text.ptr[from - 1] != '\n')
        from--;
    return ks_span_slice(text, from, end - 1);
}

static enum ks_rc find_head(struct ks_audit *log, struct ks_err *err)
{
    struct ks_span text = ks_buf_span(&log->tail);
    cJSON *line = NULL;

    (void)memset(log->head.hash, '0', KS_SHA256_HEX - 1);
    if (text.len == 0)
        return KS_OK;
    text = last_line(text, text.len);
    if (ks_json_parse(&line, text, NULL) == KS_OK)
        log->head.seq = ks_wire_integer(line, "seq", 0);
    cJSON_Delete(line);
    if (log->head.seq <= 0)
        return ks_fail(err, KS_EFORMAT,
                       "%s: the last line is not of an audit log", log->path);
    hash_line(log->head.hash, text);
    return KS_OK;
}

/* Without a checkpoint in sight the next one is due at once. */
static void find_sealed(struct ks_audit *log)
{
    struct ks_span text = ks_buf_span(&log->tail);
    size_t end = text.len;

    for (int64_t seq = log->head.seq; end > 0; seq--) {
        struct ks_span line = last_line(text, end);

        if (ks_span_find(line, 0, ks_span_str("\"event\":\"checkpoint\"")) !=
            SIZE_MAX) {
            log->sealed = seq;
            return;
        }
        end = (size_t)(line.ptr - text.ptr);
    }
}

static enum ks_rc open_locked(struct ks_audit *log, struct ks_err *err)
{
    struct stat st;

    log->fd = open(log->path,
                   O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log->fd < 0)
        return io_error(log, "open", err);
    if (fstat(log->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return ks_fail(err, KS_EIO, "%s: not a regular file", log->path);
    while (flock(log->fd, LOCK_EX) < 0) {
        if (errno != EINTR)
            return io_error(log, "lock", err);
    }
    return KS_OK;
}

enum ks_rc ks_audit_open(struct ks_audit **out, const char *path,
                         const struct ks_sign_key *key, struct ks_err *err)
{
    size_t len = strlen(path) + 1;
    struct ks_audit *log = calloc(1, sizeof(*log) + len);
    enum ks_rc rc;

    if (log == NULL)
        return ks_fail_memory(err);
    memcpy(log->name, path, len);
    log->path = log->name;
    log->key = key;
    log->fd = -1;
    ks_buf_init(&log->tail, TAIL + 1);
    ks_buf_init(&log->added, PENDING);
    rc = open_locked(log, err);
    if (rc == KS_OK)
        rc = read_tail(log, err);
    if (rc == KS_OK)
        rc = mend(log, err);
    if (rc == KS_OK)
        rc = find_head(log, err);
    if (rc != KS_OK) {
        ks_audit_close(log);
        return rc;
    }
    find_sealed(log);
    log->synced = log->head;
    log->synced_sealed = log->sealed;
    *out = log;
    return KS_OK;
}

static bool is_there(const struct ks_audit *log, const char *id)
{
    char member[160];
    int len = snprintf(member, sizeof(member), "\"id\":\"%s\"", id);
    struct ks_span needle = {(const uint8_t *)member, (size_t)len};

    if (len < 0 || (size_t)len >= sizeof(member))
        return false;
    return ks_span_find(ks_buf_span(&log->tail), 0, needle) != SIZE_MAX ||
           ks_span_find(ks_buf_span(&log->added), 0, needle) != SIZE_MAX;
}

static bool set_text(cJSON *object, const char *name, const char *text)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    return cJSON_AddStringToObject(object, name, text) != NULL;
}

static enum ks_rc add_line(struct ks_audit *log, cJSON *event,
                           struct ks_err *err)
{
    size_t from = log->added.len;
    enum ks_rc rc = ks_json_canonical(&log->added, event, err);

    if (rc == KS_OK && log->added.len - from >= KS_AUDIT_LINE)
        rc = ks_fail(err, KS_ELIMIT, "an audit line would be too long");
    if (rc == KS_OK)
        rc = ks_buf_add_byte(&log->added, '\n');
    if (rc != KS_OK) {
        log->added.len = from;
        return rc;
    }
    log->head.seq++;
    hash_line(log->head.hash, ks_span_slice(ks_buf_span(&log->added), from,
                                            log->added.len - 1));
    return KS_OK;
}

static enum ks_rc link_event(const struct ks_audit *log, cJSON *event,
                             struct ks_err *err)
{
    cJSON_DeleteItemFromObjectCaseSensitive(event, "seq");
    if (cJSON_AddNumberToObject(event, "seq", (double)(log->head.seq + 1)) ==
            NULL ||
        !set_text(event, "prev", log->head.hash))
        return ks_fail_memory(err);
    return KS_OK;
}

enum ks_rc ks_audit_add(struct ks_audit *log, struct cJSON *event,
                        struct ks_err *err)
{
    const char *id = ks_wire_text(event, "id");
    enum ks_rc rc;

    if (id == NULL || ks_wire_text(event, "event") == NULL ||
        ks_wire_text(event, "time") == NULL)
        return ks_fail(err, KS_EINVAL, "an audit event without id or name");
    if (is_there(log, id))
        return KS_OK;
    rc = link_event(log, event, err);
    return rc != KS_OK ? rc : add_line(log, event, err);
}

enum ks_rc ks_audit_signed_text(struct ks_buf *out, const struct cJSON *line,
                                struct ks_err *err)
{
    enum ks_rc rc = ks_buf_add_str(out, "keysweep-audit-1\n");

    return rc != KS_OK ? ks_fail_memory(err)
                       : ks_json_canonical(out, line, err);
}

static enum ks_rc sign_line(const struct ks_audit *log, cJSON *line,
                            struct ks_err *err)
{
    uint8_t signature[crypto_sign_BYTES];
    char text[SIGNATURE_TEXT];
    struct ks_buf bytes;
    enum ks_rc rc;

    ks_buf_init(&bytes, KS_AUDIT_LINE);
    rc = ks_audit_signed_text(&bytes, line, err);
    if (rc == KS_OK) {
        (void)crypto_sign_detached(signature, NULL, bytes.ptr, bytes.len,
                                   log->key->bytes);
        (void)sodium_bin2base64(text, sizeof(text), signature,
                                sizeof(signature),
                                sodium_base64_VARIANT_ORIGINAL);
        if (!set_text(line, "signature", text))
            rc = ks_fail_memory(err);
    }
    ks_buf_release(&bytes);
    return rc;
}

static enum ks_rc add_checkpoint(struct ks_audit *log, struct ks_err *err)
{
    cJSON *line = cJSON_CreateObject();
    char time[KS_AUDIT_TIME];
    char id[40];
    struct ks_buf key;
    enum ks_rc rc;

    ks_buf_init(&key, 128);
    ks_audit_time(time);
    (void)snprintf(id, sizeof(id), "checkpoint-%" PRId64, log->head.seq + 1);
    rc = ks_sign_key_public(&key, log->key, err);
    if (rc == KS_OK &&
        (line == NULL || ks_buf_text(&key) == NULL ||
         !set_text(line, "event", "checkpoint") || !set_text(line, "id", id) ||
         !set_text(line, "time", time) ||
         !set_text(line, "key", ks_buf_text(&key))))
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = link_event(log, line, err);
    if (rc == KS_OK)
        rc = sign_line(log, line, err);
    if (rc == KS_OK)
        rc = add_line(log, line, err);
    if (rc == KS_OK)
        log->sealed = log->head.seq;
    cJSON_Delete(line);
    ks_buf_release(&key);
    return rc;
}

/* Nothing of a batch stays behind when it cannot be written whole. */
static enum ks_rc write_added(struct ks_audit *log, struct ks_err *err)
{
    enum ks_rc rc =
        ks_file_write_all(log->fd, ks_buf_span(&log->added), log->path, err);

    if (rc == KS_OK && fdatasync(log->fd) < 0)
        rc = io_error(log, "write", err);
    if (rc != KS_OK) {
        if (ftruncate(log->fd, log->end) == 0)
            (void)fdatasync(log->fd);
        return rc;
    }
    log->end += (off_t)log->added.len;
    return KS_OK;
}

enum ks_rc ks_audit_sync(struct ks_audit *log, bool seal, struct ks_err *err)
{
    bool due = log->head.seq - log->sealed >= KS_AUDIT_EVERY ||
               (seal && log->head.seq > log->sealed);
    enum ks_rc rc = KS_OK;

    if (due && log->key != NULL)
        rc = add_checkpoint(log, err);
    if (rc == KS_OK && log->added.len > 0)
        rc = write_added(log, err);
    if (rc != KS_OK) {
        log->head = log->synced;
        log->sealed = log->synced_sealed;
    }
    log->synced = log->head;
    log->synced_sealed = log->sealed;
    ks_buf_clear(&log->added);
    return rc;
}

struct ks_audit_head ks_audit_head_of(const struct ks_audit *log)
{
    return log->synced;
}

void ks_audit_close(struct ks_audit *log)
{
    if (log == NULL)
        return;
    if (log->fd >= 0)
        (void)close(log->fd);
    ks_buf_release(&log->tail);
    ks_buf_release(&log->added);
    free(log);
}
