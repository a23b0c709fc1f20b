/* SPDX-License-Identifier: Apache-2.0 */
#include "files/feed.h"

#include "files/frame.h"

#include <archive.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static la_ssize_t count(struct ks_feed *feed, size_t len)
{
    feed->given += len;
    *feed->left += (uint64_t)len * KS_ARCHIVE_RATIO;
    return (la_ssize_t)len;
}

static la_ssize_t give(struct archive *archive, void *ctx, const void **block)
{
    struct ks_feed *feed = ctx;
    const struct ks_archive_from *from = feed->from;
    ssize_t got;

    if (feed->given == 0) {
        *block = from->bytes.ptr;
        return count(feed, from->bytes.len);
    }
    *block = feed->block;
    got = from->source.read(from->source.ctx, feed->block, KS_FEED_BLOCK);
    if (got >= 0)
        return count(feed, (size_t)got);
    archive_set_error(archive, errno, "read: %s", strerror(errno));
    return -1;
}

int ks_feed_open(struct ks_feed *feed, struct archive *archive,
                 const struct ks_archive_from *from, uint64_t *left)
{
    feed->from = from;
    feed->given = 0;
    feed->left = left;
    if (from->fd >= 0) {
        if (lseek(from->fd, 0, SEEK_SET) < 0)
            return ARCHIVE_FATAL;
        return archive_read_open_fd(archive, from->fd, KS_FEED_BLOCK);
    }
    if (from->source.read != NULL)
        return archive_read_open(archive, feed, NULL, give, NULL);
    return archive_read_open_memory(archive, from->bytes.ptr, from->bytes.len);
}

bool ks_feed_has_more(struct ks_feed *feed, struct archive *archive,
                      uint64_t used)
{
    const void *block;

    if (feed->from->source.read == NULL)
        return used < ks_frame_size(feed->from);
    return used < feed->given || give(archive, feed, &block) > 0;
}
