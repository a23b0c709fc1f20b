/* SPDX-License-Identifier: Apache-2.0 */
#include "files/file.h"

#include "files/archive.h"
#include "files/window.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files up to here need no fstat: they are read until their end. */
enum {
    FIRST_READ = 256 * 1024,
    HOLE = 1024 * 1024,
    POLL_SLICE = 250,
};

/* A regular file that is being read, up to the size that it had. */
struct reading {
    int fd;
    uint64_t left;
};

static ssize_t read_up_to_size(void *ctx, void *to, size_t len)
{
    struct reading *reading = ctx;
    ssize_t got;

    if (len > reading->left)
        len = (size_t)reading->left;
    if (len == 0)
        return 0;
    got = ks_source_fd(&reading->fd, to, len);
    if (got > 0)
        reading->left -= (size_t)got;
    return got;
}

/* Reads the beginning. Returns whether the end was reached; −1: errno. */
static int read_head(struct ks_lane *lane, int fd)
{
    struct ks_buf *buf = &lane->buf;
    size_t most = lane->window < FIRST_READ ? lane->window : FIRST_READ;

    ks_buf_clear(buf);
    while (buf->len < most) {
        ssize_t got = ks_buf_read(buf, fd, most - buf->len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 ? 1 : -1;
    }
    return 0;
}

static void report_end(struct ks_lane *lane, const struct ks_input *input,
                       uint64_t missing)
{
    if (input->error != 0)
        ks_lane_skip_errno(lane, input->path, input->error);
    else if (missing > 0 && !ks_lane_stopped(lane))
        ks_lane_skip(lane, KS_SKIP_CHANGED, input->path, NULL);
}

/*
 * The next run of data at or behind `at`, with holes up to HOLE taken as data.
 * 1, or 0 when nothing is left, or −1 with errno.
 */
static int next_extent(int fd, off_t at, off_t size, off_t *from, off_t *to)
{
    off_t data = lseek(fd, at, SEEK_DATA);

    if (data < 0)
        return errno == ENXIO ? 0 : -1;
    if (data >= size)
        return 0;
    *from = data;
    do {
        *to = lseek(fd, data, SEEK_HOLE);
        if (*to < 0)
            return -1;
        data = *to < size ? lseek(fd, *to, SEEK_DATA) : -1;
    } while (data >= 0 && data < size && data - *to < HOLE);
    if (*to > size)
        *to = size;
    return lseek(fd, *from, SEEK_SET) < 0 ? -1 : 1;
}

/* Hands over the runs of data: what lies between reads as zeros. */
static enum ks_rc scan_sparse(struct ks_lane *lane, struct ks_input *input,
                              int fd, off_t size)
{
    struct reading reading = {.fd = fd};
    off_t from, to = 0;
    int found;
    enum ks_rc rc = KS_OK;

    ks_buf_clear(&lane->buf);
    input->source = (struct ks_source){&reading, read_up_to_size};
    do {
        found = next_extent(fd, to, size, &from, &to);
        if (found <= 0)
            break;
        reading.left = (uint64_t)(to - from);
        ks_text_place_skip(&input->place, (uint64_t)from);
        input->more_after = to < size;
        rc = ks_window_run(lane, input);
    } while (rc == KS_OK && input->error == 0 && reading.left == 0);
    if (found < 0)
        input->error = errno;
    report_end(lane, input, reading.left);
    return rc;
}

static enum ks_rc scan_large(struct ks_lane *lane, struct ks_input *input,
                             int fd)
{
    struct reading reading = {.fd = fd, .left = INT64_MAX};
    struct stat stat;
    bool sized;
    enum ks_rc rc;

    if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode)) {
        ks_lane_skip(lane, KS_SKIP_CHANGED, input->path, NULL);
        return KS_OK;
    }
    if (stat.st_size > (off_t)lane->window &&
        stat.st_blocks < stat.st_size / 512 / 2)
        return scan_sparse(lane, input, fd, stat.st_size);
    sized = stat.st_size >= (off_t)lane->buf.len;
    if (sized) {
        reading.left = (uint64_t)stat.st_size - lane->buf.len;
        if (reading.left <= lane->window - lane->buf.len)
            (void)ks_buf_reserve(&lane->buf, (size_t)reading.left);
    }
    input->source = (struct ks_source){&reading, read_up_to_size};
    rc = ks_window_run(lane, input);
    report_end(lane, input, sized ? reading.left : 0);
    return rc;
}

static enum ks_rc scan_plain(struct ks_lane *lane, struct ks_input *input,
                             int fd, bool ended)
{
    struct ks_blob blob;

    if (!ended)
        return scan_large(lane, input, fd);
    ks_lane_count(lane, 0, lane->buf.len);
    if (lane->buf.len == 0)
        return KS_OK;
    blob = ks_blob_whole(ks_buf_span(&lane->buf), input->kind, input->path);
    return ks_lane_give(lane, &blob);
}

/* The file whose beginning is in the buffer. */
static struct ks_archive_from archive_from(const struct ks_lane *lane, int fd,
                                           const char *path, bool ended)
{
    struct ks_archive_from from = {
        .bytes = ks_buf_span(&lane->buf),
        .fd = ended ? -1 : fd,
        .size = lane->buf.len,
        .path = path,
    };
    struct stat stat;

    if (!ended && fstat(fd, &stat) == 0 && stat.st_size > 0)
        from.size = (uint64_t)stat.st_size;
    return from;
}

static enum ks_rc scan_open(struct ks_lane *lane, int fd, const char *path)
{
    struct ks_input input = {.kind = KS_BLOB_FILE, .path = path};
    int ended = read_head(lane, fd);
    struct ks_archive_from from = archive_from(lane, fd, path, ended == 1);
    bool whole = false;
    enum ks_rc rc;

    if (ended >= 0 && !lane->options->no_archives &&
        (ks_archive_begins(from.bytes) || ks_archive_ends(&from))) {
        rc = ks_archive_scan(lane, &from, &whole);
        if (rc != KS_OK || whole || ks_lane_stopped(lane)) {
            ks_lane_count(lane, 1, 0);
            return rc;
        }
        if (ended == 0 && lseek(fd, 0, SEEK_SET) == 0)
            ended = read_head(lane, fd);
    }
    if (ended < 0) {
        ks_lane_skip_errno(lane, path, errno);
        return KS_OK;
    }
    ks_lane_count(lane, 1, 0);
    return scan_plain(lane, &input, fd, ended == 1);
}

enum ks_rc ks_file_scan(struct ks_lane *lane, int dir, const char *name,
                        const char *path, bool follow)
{
    int fd = openat(dir, name,
                    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                        (follow ? 0 : O_NOFOLLOW));
    enum ks_rc rc;

    if (fd < 0) {
        ks_lane_skip_errno(lane, path, errno);
        return KS_OK;
    }
    rc = scan_open(lane, fd, path);
    (void)close(fd);
    return rc;
}

enum ks_rc ks_file_scan_link(struct ks_lane *lane, int dir, const char *name,
                             const char *path)
{
    struct ks_blob blob;
    ssize_t len;

    ks_buf_clear(&lane->buf);
    if (ks_buf_reserve(&lane->buf,
                       PATH_MAX < lane->window ? PATH_MAX : lane->window) !=
        KS_OK)
        return ks_fail_memory(lane->err);
    len = readlinkat(dir, name, (char *)lane->buf.ptr, lane->buf.room);
    if (len < 0) {
        ks_lane_skip_errno(lane, path, errno);
        return KS_OK;
    }
    lane->buf.len = (size_t)len;
    blob = ks_blob_whole(ks_buf_span(&lane->buf), KS_BLOB_LINK_TARGET, path);
    return ks_lane_give(lane, &blob);
}

/* Standard input: waits in slices, so that a wish to stop is seen. */
struct waiting {
    const struct ks_lane *lane;
    int fd;
    bool ended; /* a terminal would ask for more */
};

static ssize_t read_waiting(void *ctx, void *to, size_t len)
{
    struct waiting *waiting = ctx;
    struct pollfd poll_fd = {.fd = waiting->fd, .events = POLLIN};
    ssize_t got;

    while (!waiting->ended && poll(&poll_fd, 1, POLL_SLICE) <= 0)
        waiting->ended = ks_lane_stopped(waiting->lane);
    if (waiting->ended)
        return 0;
    got = ks_source_fd(&waiting->fd, to, len);
    waiting->ended = got == 0;
    return got;
}

/* Scans the rest as it stands; a zip that ends there remains closed. */
static enum ks_rc scan_long_stream(struct ks_lane *lane, struct ks_input *input)
{
    enum ks_rc rc = ks_window_run(lane, input);

    if (!lane->options->no_archives &&
        ks_archive_ends_here(ks_buf_span(&lane->buf)))
        ks_lane_skip(lane, KS_SKIP_ARCHIVE, NULL, NULL);
    return rc;
}

enum ks_rc ks_file_scan_stream(struct ks_lane *lane, int fd)
{
    struct waiting waiting = {lane, fd, false};
    struct ks_input input = {
        .source = {&waiting, read_waiting},
        .kind = KS_BLOB_STDIN,
    };
    struct ks_archive_from from = {.fd = -1};
    bool opens = !lane->options->no_archives;
    bool whole = false;
    enum ks_rc rc = KS_OK;

    ks_lane_count(lane, 1, 0);
    ks_buf_clear(&lane->buf);
    if (ks_window_fill(lane, &input)) {
        from.bytes = ks_buf_span(&lane->buf);
        from.size = from.bytes.len;
        if (opens && (ks_archive_begins(from.bytes) || ks_archive_ends(&from)))
            rc = ks_archive_scan(lane, &from, &whole);
        if (rc == KS_OK && !whole)
            rc = ks_window_run(lane, &input);
    } else if (opens && ks_archive_begins(ks_buf_span(&lane->buf))) {
        from.bytes = ks_buf_span(&lane->buf);
        from.source = input.source;
        rc = ks_archive_scan(lane, &from, &whole);
    } else {
        rc = scan_long_stream(lane, &input);
    }
    if (input.error != 0)
        ks_lane_skip(lane, KS_SKIP_UNREADABLE, NULL, NULL);
    return rc;
}
