/* SPDX-License-Identifier: Apache-2.0 */
#include "files/list.h"

#include "files/below.h"
#include "files/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    ENTRIES = 32 * 1024, /* bytes of directory entries that are read at once */
    BATCH = 8 * 1024,    /* bytes of names that make a job */
};

/* A directory while it is listed. */
struct listing {
    struct ks_lane *lane;
    struct ks_file_queue *queue;
    struct ks_dir *dir;
    struct ks_batch *batch; /* being filled; room for BATCH bytes */
    _Alignas(struct dirent64) char entries[ENTRIES];
};

/* The path of an entry, valid until the next call; NULL without memory. */
static const char *path_of(struct ks_lane *lane, const struct ks_dir *dir,
                           const char *name)
{
    ks_buf_clear(&lane->names);
    if (ks_buf_add_str(&lane->names, dir->path) != KS_OK ||
        ks_buf_add_str(&lane->names, name) != KS_OK)
        return NULL;
    return ks_buf_text(&lane->names);
}

/* By the user's configuration, or as git would. */
static bool excluded(struct ks_lane *lane, const struct ks_dir *dir,
                     const char *path, bool is_dir)
{
    if (lane->options->honor_gitignore && ks_dir_ignores(dir, path, is_dir)) {
        lane->ignored++;
        return true;
    }
    return lane->options->excluded != NULL &&
           lane->options->excluded(lane->options->excluded_ctx, path);
}

static enum ks_rc scan_name(struct ks_lane *lane, const struct ks_dir *dir,
                            char type, const char *name)
{
    bool users_own = dir->fd == AT_FDCWD;
    const char *path = path_of(lane, dir, name);
    enum ks_rc rc;

    if (path == NULL)
        return ks_fail_memory(lane->err);
    if (excluded(lane, dir, path, false))
        return KS_OK;
    rc = ks_lane_give_name(lane, path, NULL, strlen(dir->path));
    if (rc != KS_OK)
        return rc;
    if (type == 'l')
        return ks_file_scan_link(lane, dir->fd, name, path);
    return ks_file_scan(lane, dir->fd, name, path,
                        users_own && lane->options->follow_root_link);
}

enum ks_rc ks_list_batch(struct ks_lane *lane, const struct ks_dir *dir,
                         const char *names, size_t len)
{
    enum ks_rc rc = KS_OK;

    for (size_t at = 0; at < len && rc == KS_OK && !ks_lane_stopped(lane);) {
        rc = scan_name(lane, dir, names[at], names + at + 1);
        at += strlen(names + at) + 1;
    }
    return rc;
}

/* Gives the batch away, or works on it if nobody waits for it. */
static enum ks_rc flush(struct listing *this)
{
    struct ks_job job = {this->dir, this->batch};
    enum ks_rc rc;

    if (this->batch == NULL || this->batch->len == 0)
        return KS_OK;
    ks_dir_use(this->dir);
    if (ks_file_queue_offer(this->queue, job)) {
        this->batch = NULL;
        return KS_OK;
    }
    ks_dir_done(this->dir);
    rc = ks_list_batch(this->lane, this->dir, this->batch->names,
                       this->batch->len);
    this->batch->len = 0;
    return rc;
}

static enum ks_rc add_file(struct listing *this, char type, const char *name)
{
    size_t len = strlen(name) + 1;
    enum ks_rc rc = KS_OK;

    if (this->batch != NULL && this->batch->len + 1 + len > BATCH)
        rc = flush(this);
    if (rc != KS_OK)
        return rc;
    if (this->batch == NULL) {
        this->batch = malloc(sizeof(*this->batch) + BATCH);
        if (this->batch == NULL)
            return ks_fail_memory(this->lane->err);
        this->batch->len = 0;
    }
    this->batch->names[this->batch->len++] = type;
    memcpy(this->batch->names + this->batch->len, name, len);
    this->batch->len += len;
    return KS_OK;
}

/* Whether `name` is the object store of a git directory. */
static bool is_object_store(const struct ks_dir *dir, const char *name)
{
    return strcmp(name, "objects") == 0 &&
           faccessat(dir->fd, "HEAD", F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
           faccessat(dir->fd, "refs", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum ks_rc add_dir(struct listing *this, const char *name)
{
    struct ks_lane *lane = this->lane;
    const char *path = path_of(lane, this->dir, name);
    struct ks_dir *below;
    enum ks_rc rc;

    if (path == NULL)
        return ks_fail_memory(lane->err);
    if (excluded(lane, this->dir, path, true))
        return KS_OK;
    if (is_object_store(this->dir, name)) {
        ks_log(lane->options->log, KS_LOG_INFO,
               "%s: history is not scanned; `keysweep git` does that", path);
        return KS_OK;
    }
    rc = ks_lane_give_name(lane, path, NULL, strlen(this->dir->path));
    if (rc != KS_OK)
        return rc;
    below = ks_dir_new(this->dir, this->dir->root, ks_span_str(path));
    if (below == NULL)
        return ks_fail_memory(lane->err);
    if (!ks_file_queue_put(this->queue, (struct ks_job){below, NULL})) {
        ks_dir_release(below);
        return ks_fail_memory(lane->err);
    }
    return KS_OK;
}

/* The type as readdir says it, for file systems that do not. */
static unsigned char type_of(const struct listing *this,
                             const struct dirent64 *entry)
{
    struct stat stat;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(this->dir->fd, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
        return DT_REG; /* opening it will tell what is wrong */
    return (unsigned char)IFTODT(stat.st_mode);
}

static enum ks_rc add_entry(struct listing *this, const struct dirent64 *entry)
{
    const char *name = entry->d_name;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return KS_OK;
    switch (type_of(this, entry)) {
    case DT_DIR:
        return add_dir(this, name);
    case DT_REG:
        return add_file(this, 'f', name);
    case DT_LNK:
        return add_file(this, 'l', name);
    default:
        return KS_OK;
    }
}

static enum ks_rc list_entries(struct listing *this)
{
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !ks_lane_stopped(this->lane)) {
        ssize_t len = getdents64(this->dir->fd, this->entries, ENTRIES);

        if (len < 0)
            ks_lane_skip_errno(this->lane, this->dir->path, errno);
        if (len <= 0)
            break;
        for (ssize_t at = 0; at < len && rc == KS_OK;) {
            struct dirent64 *entry =
                (struct dirent64 *)(void *)(this->entries + at);

            rc = add_entry(this, entry);
            at += entry->d_reclen;
        }
    }
    return rc;
}

/* File systems of the kernel's own making: nobody keeps files there. */
static bool is_made_up(int fd)
{
    static const long magics[] = {
        PROC_SUPER_MAGIC,   SYSFS_MAGIC,         DEVPTS_SUPER_MAGIC,
        DEBUGFS_MAGIC,      TRACEFS_MAGIC,       SECURITYFS_MAGIC,
        CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, BPF_FS_MAGIC,
        PSTOREFS_MAGIC,     EFIVARFS_MAGIC,      SELINUX_MAGIC,
    };
    struct statfs stat;

    if (fstatfs(fd, &stat) < 0)
        return false;
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
        if ((long)stat.f_type == magics[i])
            return true;
    return false;
}

/* Opens the directory; false if it is not to be listed, which is counted. */
static bool open_dir(struct ks_lane *lane, struct ks_dir *dir)
{
    const char *shown = dir->path[0] != '\0' ? dir->path : ".";
    struct stat stat;

    dir->fd = ks_below_open(dir->root, dir->path + dir->below);
    if (dir->fd < 0 || fstat(dir->fd, &stat) < 0) {
        ks_lane_skip_errno(lane, shown, errno);
        return false;
    }
    dir->dev = stat.st_dev;
    dir->ino = stat.st_ino;
    if (ks_dir_loops(dir)) {
        ks_log(lane->options->log, KS_LOG_INFO, "%s: contains itself", shown);
        return false;
    }
    if (dir->parent != NULL && dir->parent->dev != dir->dev &&
        is_made_up(dir->fd)) {
        ks_log(lane->options->log, KS_LOG_INFO,
               "%s: made up by the kernel, not scanned", shown);
        return false;
    }
    return true;
}

/* The directory's own .gitignore comes before what is known from above. */
static enum ks_rc read_ignore(struct ks_lane *lane, struct ks_dir *dir)
{
    struct ks_ignore *own;

    if (!lane->options->honor_gitignore)
        return KS_OK;
    if (ks_ignore_read(&own, dir->fd) != KS_OK)
        return ks_fail_memory(lane->err);
    ks_ignore_append(&own, dir->ignore);
    dir->ignore = own;
    return KS_OK;
}

enum ks_rc ks_list_dir(struct ks_lane *lane, struct ks_file_queue *queue,
                       struct ks_dir *dir)
{
    struct listing this = {.lane = lane, .queue = queue, .dir = dir};
    enum ks_rc rc = KS_OK;

    ks_dir_use(dir);
    if (open_dir(lane, dir)) {
        rc = read_ignore(lane, dir);
        if (rc == KS_OK)
            rc = list_entries(&this);
        if (rc == KS_OK && this.batch != NULL)
            rc = ks_list_batch(lane, dir, this.batch->names, this.batch->len);
        free(this.batch);
    }
    ks_dir_done(dir);
    return rc;
}
