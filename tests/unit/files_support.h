/* SPDX-License-Identifier: Apache-2.0 */
/* files_support.h: a folder for one test, and a sink that keeps blobs. */
#ifndef KS_TESTS_FILES_SUPPORT_H
#define KS_TESTS_FILES_SUPPORT_H

#include "files/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

struct kept {
    struct ks_blob blob;
    char *path, *archive;
    uint8_t *bytes;
};

/* What one walk gave. */
struct take {
    pthread_mutex_t lock;
    struct kept *items;
    size_t len;
    size_t fail_at; /* 1 + index of the blob that the sink refuses; 0: none */
    struct ks_stop *stop_at_first;
    struct ks_coverage *coverage;
    char folder[64];
};

static inline enum ks_rc keep(void *ctx, unsigned worker,
                              const struct ks_blob *blob, void **memo,
                              struct ks_err *err)
{
    struct take *take = ctx;
    struct kept *kept;
    enum ks_rc rc = KS_OK;

    (void)worker;
    (void)memo;
    pthread_mutex_lock(&take->lock);
    take->items = realloc(take->items, (take->len + 1) * sizeof(*take->items));
    kept = &take->items[take->len++];
    *kept = (struct kept){.blob = *blob};
    kept->path = blob->path != NULL ? strdup(blob->path) : NULL;
    kept->archive = blob->archive != NULL ? strdup(blob->archive) : NULL;
    kept->bytes = malloc(blob->bytes.len + 1);
    if (blob->bytes.len > 0)
        memcpy(kept->bytes, blob->bytes.ptr, blob->bytes.len);
    kept->bytes[blob->bytes.len] = '\0';
    if (take->fail_at == take->len)
        rc = ks_fail(err, KS_EFORMAT, "refused");
    if (take->stop_at_first != NULL)
        atomic_store(&take->stop_at_first->wanted, true);
    pthread_mutex_unlock(&take->lock);
    return rc;
}

static inline void take_clear(struct take *take)
{
    for (size_t i = 0; i < take->len; i++) {
        free(take->items[i].path);
        free(take->items[i].archive);
        free(take->items[i].bytes);
    }
    free(take->items);
    take->items = NULL;
    take->len = 0;
    ks_coverage_free(take->coverage);
    assert_int_equal(ks_coverage_new(&take->coverage, NULL), KS_OK);
}

/* Makes a folder, and makes it the working directory. */
static inline int take_setup(void **state)
{
    struct take *take = calloc(1, sizeof(*take));

    pthread_mutex_init(&take->lock, NULL);
    strncpy(take->folder, "/tmp/keysweep-test-XXXXXX",
            sizeof(take->folder) - 1);
    if (mkdtemp(take->folder) == NULL || chdir(take->folder) < 0)
        return -1;
    take_clear(take);
    *state = take;
    return 0;
}

static inline int take_teardown(void **state)
{
    struct take *take = *state;
    char command[128];

    take_clear(take);
    ks_coverage_free(take->coverage);
    (void)chdir("/");
    (void)snprintf(command, sizeof(command), "%s", take->folder);
    if (fork() == 0)
        execlp("rm", "rm", "-rf", command, (char *)NULL);
    (void)wait(NULL);
    free(take);
    return 0;
}

static inline enum ks_rc take_walk(struct take *take,
                                   struct ks_files_options options,
                                   const char *path, struct ks_err *err)
{
    struct ks_blob_sink sink = {.ctx = take, .take = keep};

    take_clear(take);
    options.coverage = take->coverage;
    return ks_files_walk(&path, 1, &options, &sink, err);
}

static inline void put_file(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    (void)close(fd);
}

static inline void put_text(const char *path, const char *text)
{
    put_file(path, text, strlen(text));
}

/* The one blob of that kind, path and member, or NULL. */
static inline const struct kept *find(const struct take *take,
                                      enum ks_blob_kind kind, const char *path,
                                      const char *archive)
{
    const struct kept *found = NULL;

    for (size_t i = 0; i < take->len; i++) {
        const struct kept *kept = &take->items[i];

        if (kept->blob.kind != kind || kept->path == NULL ||
            strcmp(kept->path, path) != 0 ||
            (archive == NULL) != (kept->archive == NULL) ||
            (archive != NULL && strcmp(archive, kept->archive) != 0))
            continue;
        assert_null(found);
        found = kept;
    }
    return found;
}

static inline size_t count_kind(const struct take *take, enum ks_blob_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < take->len; i++)
        count += take->items[i].blob.kind == kind;
    return count;
}

static inline uint64_t skips(const struct take *take, enum ks_skip reason)
{
    return ks_coverage_skipped(take->coverage, reason)->count;
}

#endif
