/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/hs_cache.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/vec.h"

#include <hs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LARGEST = 256 * 1024 * 1024,
    READ_STEP = 1024 * 1024,
    KEPT = 8, /* databases that pruning leaves */
};

static const char suffix[] = ".hsdb";

struct header {
    char magic[16];
    uint8_t digest[KS_SHA256_LEN];
};

static const char magic[16] = "keysweep hsdb 1\n";

/* Version, features and mode, as a database compiled here names them. */
static enum ks_rc platform(struct ks_sha256 *hash, struct ks_err *err)
{
    hs_database_t *trivial = NULL;
    hs_compile_error_t *fault = NULL;
    char *info = NULL;

    if (hs_compile("keysweep", 0, HS_MODE_BLOCK, NULL, &trivial, &fault) !=
        HS_SUCCESS) {
        (void)hs_free_compile_error(fault);
        return ks_fail(err, KS_ENOMEM, "Hyperscan cannot compile");
    }
    if (hs_database_info(trivial, &info) == HS_SUCCESS)
        ks_sha256_add_field(hash, ks_span_str(info));
    free(info);
    (void)hs_free_database(trivial);
    return KS_OK;
}

enum ks_rc ks_hs_cache_key(char out[KS_HS_KEY],
                           const struct ks_triggers *triggers,
                           struct ks_err *err)
{
    struct ks_sha256 *hash = NULL;
    uint8_t digest[KS_SHA256_LEN];
    enum ks_rc rc = ks_sha256_new(&hash, err);

    if (rc != KS_OK)
        return rc;
    ks_sha256_add_field(hash, (struct ks_span){(const uint8_t *)magic,
                                               sizeof(magic)});
    for (size_t i = 0; i < triggers->len; i++) {
        const struct ks_trigger *trigger = &triggers->items[i];
        const uint8_t flags[3] = {trigger->literal, trigger->caseless,
                                  (uint8_t)trigger->run};

        ks_sha256_add(hash, (struct ks_span){flags, sizeof(flags)});
        ks_sha256_add_field(hash, ks_span_str(trigger->text));
    }
    rc = platform(hash, err);
    ks_sha256_finish(hash, digest);
    ks_sha256_free(hash);
    ks_hex(out, digest, sizeof(digest));
    return rc;
}

/* Whether nobody but the user and root could have written it. */
static bool trusted(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 &&
           (info.st_uid == geteuid() || info.st_uid == 0) &&
           (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int open_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && !trusted(fd)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static bool read_file(struct ks_buf *bytes, int fd)
{
    ssize_t got;

    while ((got = ks_buf_read(bytes, fd, READ_STEP)) != 0)
        if (got < 0 && errno != EINTR)
            return false;
    return true;
}

static hs_database_t *parse(struct ks_span bytes)
{
    struct header header;
    uint8_t digest[KS_SHA256_LEN];
    hs_database_t *database = NULL;
    struct ks_span payload = ks_span_slice(bytes, sizeof(header), bytes.len);

    if (bytes.len <= sizeof(header))
        return NULL;
    memcpy(&header, bytes.ptr, sizeof(header));
    ks_sha256(digest, payload);
    if (memcmp(header.magic, magic, sizeof(magic)) != 0 ||
        memcmp(header.digest, digest, sizeof(digest)) != 0 ||
        hs_deserialize_database((const char *)payload.ptr, payload.len,
                                &database) != HS_SUCCESS)
        return NULL;
    return database;
}

static bool file_name(char *out, size_t room, const char *key)
{
    int len = snprintf(out, room, "%s%s", key, suffix);

    return len > 0 && (size_t)len < room;
}

hs_database_t *ks_hs_cache_load(const char *directory, const char *key)
{
    char name[KS_HS_KEY + sizeof(suffix)];
    hs_database_t *database = NULL;
    struct ks_buf bytes;
    int dir = open_directory(directory);
    int fd;

    if (dir < 0 || !file_name(name, sizeof(name), key)) {
        if (dir >= 0)
            (void)close(dir);
        return NULL;
    }
    fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    ks_buf_init(&bytes, LARGEST);
    if (fd >= 0 && trusted(fd) && read_file(&bytes, fd)) {
        database = parse(ks_buf_span(&bytes));
        if (database == NULL)
            (void)unlinkat(dir, name, 0);
    }
    ks_buf_release(&bytes);
    if (fd >= 0)
        (void)close(fd);
    (void)close(dir);
    return database;
}

/* Creates the directory and those above it. */
static void make_directories(const char *directory, unsigned mode)
{
    char *path = strdup(directory);

    if (path == NULL || *path == '\0') {
        free(path);
        return;
    }
    for (char *c = path + 1; *c != '\0'; c++)
        if (*c == '/') {
            *c = '\0';
            (void)mkdir(path, mode);
            *c = '/';
        }
    (void)mkdir(path, mode);
    free(path);
}

struct aged {
    struct timespec time;
    char name[KS_HS_KEY + sizeof(suffix)];
};

KS_VEC(aged_files, struct aged);

static int newest_first(const void *a, const void *b)
{
    const struct aged *x = a, *y = b;

    if (x->time.tv_sec != y->time.tv_sec)
        return x->time.tv_sec < y->time.tv_sec ? 1 : -1;
    if (x->time.tv_nsec != y->time.tv_nsec)
        return x->time.tv_nsec < y->time.tv_nsec ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void prune_old(const char *directory)
{
    struct aged_files files = {0};
    DIR *dir = opendir(directory);
    struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        struct aged file = {0};
        struct stat info;

        if (len != KS_HS_KEY - 1 + sizeof(suffix) - 1 ||
            strcmp(entry->d_name + KS_HS_KEY - 1, suffix) != 0 ||
            fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        file.time = info.st_mtim;
        memcpy(file.name, entry->d_name, len + 1);
        if (!KS_VEC_PUSH(&files, file))
            break;
    }
    if (files.len > KEPT)
        qsort(files.items, files.len, sizeof(*files.items), newest_first);
    for (size_t i = KEPT; i < files.len; i++)
        (void)unlinkat(dirfd(dir), files.items[i].name, 0);
    KS_VEC_RELEASE(&files);
    (void)closedir(dir);
}

static enum ks_rc write_database(const char *path, const char *payload,
                                 size_t len, struct ks_err *err)
{
    struct ks_span span = {(const uint8_t *)payload, len};
    struct header header = {{0}, {0}};
    struct ks_buf bytes;
    enum ks_rc rc;

    memcpy(header.magic, magic, sizeof(magic));
    ks_sha256(header.digest, span);
    ks_buf_init(&bytes, LARGEST);
    rc = ks_buf_add(&bytes, (struct ks_span){(const uint8_t *)&header,
                                             sizeof(header)});
    if (rc == KS_OK)
        rc = ks_buf_add(&bytes, span);
    if (rc != KS_OK)
        rc = ks_fail(err, rc, "%s: database too large", path);
    else
        rc = ks_file_replace(path, ks_buf_span(&bytes), 0644, err);
    ks_buf_release(&bytes);
    return rc;
}

enum ks_rc ks_hs_cache_store(const char *directory, unsigned mode,
                             const char *key, const hs_database_t *database,
                             bool prune, struct ks_err *err)
{
    char *payload = NULL;
    size_t len = 0;
    struct ks_buf path;
    enum ks_rc rc;
    int dir;

    make_directories(directory, mode);
    dir = open_directory(directory);
    if (dir < 0)
        return ks_fail(err, KS_EIO, "%s: cannot keep databases there",
                       directory);
    (void)close(dir);
    if (hs_serialize_database(database, &payload, &len) != HS_SUCCESS)
        return ks_fail_memory(err);
    ks_buf_init(&path, 1 << 16);
    rc = ks_buf_printf(&path, "%s/%s%s", directory, key, suffix);
    if (rc == KS_OK && ks_buf_text(&path) != NULL)
        rc = write_database((const char *)path.ptr, payload, len, err);
    else
        rc = ks_fail_memory(err);
    ks_buf_release(&path);
    free(payload);
    if (rc == KS_OK && prune)
        prune_old(directory);
    return rc;
}
