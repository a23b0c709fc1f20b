/* SPDX-License-Identifier: Apache-2.0 */
#include "files/decompress.h"
#include "files/feed.h"
#include "files/frame.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024, NAME = 4096 };

static const uint64_t allowance = (uint64_t)256 * 1024 * 1024;

/* One open archive. */
struct expansion {
    struct ks_lane lane; /* with a buffer for members */
    struct archive *archive;
    struct archive_entry *entry;
    struct ks_decompressor *decompressor; /* before it, or NULL */
    struct ks_feed *feed;                 /* of it, without a decompressor */
    const struct ks_archive_from *from;
    const char *path;
    const char *inside; /* where the archive itself lies, or NULL */
    unsigned depth;
    uint64_t *left; /* bytes that may still be expanded, of all levels */
    char name[NAME];
    bool whole;
    bool limited; /* that a bound was reached has been counted */
};

static void skip(struct expansion *this, enum ks_skip reason, const char *name)
{
    ks_lane_skip(&this->lane, reason, this->path,
                 name != NULL ? name : this->inside);
    this->limited |= reason == KS_SKIP_LIMIT;
}

/* Whether what is compressed holds more than the bound allows. */
static bool is_over(const struct expansion *this)
{
    return this->decompressor != NULL &&
           ks_decompressor_is_over(this->decompressor);
}

/* The archive itself could not be read on. */
static void give_up(struct expansion *this)
{
    /* libarchive may be asked only once it has told the formats apart. */
    bool encrypted = archive_format(this->archive) != 0 &&
                     archive_read_has_encrypted_entries(this->archive) > 0;

    if (is_over(this)) {
        skip(this, KS_SKIP_LIMIT, NULL);
        return;
    }
    ks_log(this->lane.options->log, KS_LOG_DEBUG, "%s: %s",
           this->path != NULL ? this->path : "-",
           archive_error_string(this->archive));
    this->whole = false;
    skip(this, encrypted ? KS_SKIP_ENCRYPTED : KS_SKIP_ARCHIVE, NULL);
}

/* A source over the present member; errno EFBIG when the bound is reached. */
static ssize_t read_member(void *ctx, void *to, size_t len)
{
    struct expansion *this = ctx;
    la_ssize_t got;

    if (*this->left == 0) {
        errno = EFBIG;
        return -1;
    }
    if (len > *this->left)
        len = (size_t) * this->left;
    got = archive_read_data(this->archive, to, len);
    if (got < 0) {
        errno = is_over(this) ? EFBIG : EIO;
        return -1;
    }
    *this->left -= (size_t)got;
    return got;
}

/* What compressed single files hold has their name without its suffix. */
static void name_of_raw(char *out, const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    const char *base = slash != NULL ? slash + 1 : path != NULL ? path : "";
    const char *dot = strrchr(base, '.');
    size_t len = dot != NULL && dot > base ? (size_t)(dot - base) : 0;

    if (len == 0 || len >= NAME / 2)
        (void)snprintf(out, NAME, "data");
    else
        (void)snprintf(out, NAME, "%.*s", (int)len, base);
}

static void name_member(struct expansion *this)
{
    bool raw = archive_format(this->archive) == ARCHIVE_FORMAT_RAW;
    const char *name = archive_entry_pathname_utf8(this->entry);
    char plain[NAME];

    if (name == NULL)
        name = archive_entry_pathname(this->entry);
    if (raw)
        name_of_raw(plain, this->inside != NULL ? this->inside : this->path);
    else
        (void)snprintf(plain, sizeof(plain), "%s",
                       name != NULL ? name : "(unnamed)");
    (void)snprintf(this->name, sizeof(this->name), "%s%s%s",
                   this->inside != NULL ? this->inside : "",
                   this->inside != NULL ? "!" : "", plain);
}

static enum ks_rc expand(struct ks_lane *lane,
                         const struct ks_archive_from *from, const char *inside,
                         unsigned depth, uint64_t *left, bool *whole);

/* Reads up to `most` bytes; returns whether that is all of the member. */
static bool read_member_up_to(struct expansion *this, struct ks_input *input,
                              size_t most)
{
    struct ks_buf *buf = &this->lane.buf;

    while (buf->len < most && input->error == 0) {
        size_t step = most - buf->len < BLOCK ? most - buf->len : BLOCK;
        ssize_t got;

        if (ks_buf_reserve(buf, step) != KS_OK) {
            input->error = ENOMEM;
            return false;
        }
        got = read_member(this, buf->ptr + buf->len, step);
        if (got < 0)
            input->error = errno;
        if (got <= 0)
            return got == 0;
        buf->len += (size_t)got;
    }
    return false;
}

/* Opens the archive that the present member is, if it is one that may be. */
static enum ks_rc expand_member(struct expansion *this, bool all,
                                bool *expanded)
{
    struct ks_archive_from from = {
        .bytes = ks_buf_span(&this->lane.buf),
        .fd = -1,
        .path = this->path,
    };
    enum ks_rc rc;

    if (!ks_archive_begins(from.bytes) && !(all && ks_archive_ends(&from)))
        return KS_OK;
    if (this->depth == KS_ARCHIVE_DEPTH || !all) {
        skip(this, KS_SKIP_LIMIT, this->name);
        return KS_OK;
    }
    rc = expand(&this->lane, &from, this->name, this->depth + 1, this->left,
                expanded);
    return rc;
}

static enum ks_rc scan_member(struct expansion *this)
{
    struct ks_input input = {
        .source = {this, read_member},
        .kind = KS_BLOB_FILE,
        .path = this->path,
        .archive = this->name,
    };
    bool expanded = false, all;
    enum ks_rc rc = KS_OK;

    if (archive_entry_is_data_encrypted(this->entry)) {
        skip(this, KS_SKIP_ENCRYPTED, this->name);
        return KS_OK;
    }
    ks_buf_clear(&this->lane.buf);
    ks_lane_count(&this->lane, 1, 0);
    all = read_member_up_to(this, &input, this->lane.window);
    if (input.error == 0)
        rc = expand_member(this, all, &expanded);
    if (rc == KS_OK && !expanded) {
        rc = ks_window_run(&this->lane, &input);
        if (!all && ks_archive_ends_here(ks_buf_span(&this->lane.buf)))
            skip(this, KS_SKIP_LIMIT, this->name);
    }
    if (input.error == EFBIG) {
        skip(this, KS_SKIP_LIMIT, this->name);
    } else if (input.error != 0) {
        skip(this, KS_SKIP_ARCHIVE, this->name);
        this->whole = false;
    }
    return rc;
}

static enum ks_rc scan_entry(struct expansion *this)
{
    const char *link = archive_entry_symlink(this->entry);
    struct ks_blob blob;
    enum ks_rc rc;

    name_member(this);
    if (archive_format(this->archive) != ARCHIVE_FORMAT_RAW) {
        rc = ks_lane_give_name(&this->lane, this->path, this->name, 0);
        if (rc != KS_OK)
            return rc;
    }
    if (link != NULL) {
        blob =
            ks_blob_whole(ks_span_str(link), KS_BLOB_LINK_TARGET, this->path);
        blob.archive = this->name;
        return ks_lane_give(&this->lane, &blob);
    }
    if ((archive_entry_filetype(this->entry) != AE_IFREG ||
         archive_entry_hardlink(this->entry) != NULL) &&
        archive_entry_size_is_set(this->entry) &&
        archive_entry_size(this->entry) == 0)
        return KS_OK;
    return scan_member(this);
}

/*
 * At the archive's end: whether bytes are left that were not looked at. In a
 * source, which is read only once, they are counted.
 */
static bool has_more(struct expansion *this)
{
    bool stream = this->from->source.read != NULL;
    bool more = this->decompressor != NULL
                    ? ks_decompressor_has_more(this->decompressor)
                    : ks_frame_has_more(this->from);

    if (more && stream)
        skip(this, KS_SKIP_ARCHIVE, NULL);
    return more && !stream;
}

static enum ks_rc scan_entries(struct expansion *this)
{
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !ks_lane_stopped(&this->lane)) {
        int got;

        /* Before the next header: what is left of a member is read for it. */
        if (*this->left == 0 || is_over(this)) {
            if (!this->limited)
                skip(this, KS_SKIP_LIMIT, NULL);
            return KS_OK;
        }
        got = archive_read_next_header(this->archive, &this->entry);
        if (got == ARCHIVE_EOF) {
            this->whole = this->whole && !has_more(this);
            return KS_OK;
        }
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            give_up(this);
            return KS_OK;
        }
        rc = scan_entry(this);
    }
    return rc;
}

/* A tar goes on behind its end mark, for others may be joined to it. */
static void choose_tar(struct archive *archive)
{
    (void)archive_read_support_format_tar(archive);
    (void)archive_read_set_format_option(archive, "tar",
                                         "read_concatenated_archives", "1");
}

static la_ssize_t give_decompressed(struct archive *archive, void *ctx,
                                    const void **block)
{
    struct expansion *this = ctx;
    ssize_t got = ks_decompressor_read(this->decompressor, block);

    if (got < 0)
        archive_set_error(archive, errno, "%s",
                          ks_decompressor_error(this->decompressor));
    return got;
}

/* A tar, or any data: what begins with zeros is data, or a tar of nothing. */
static enum ks_rc scan_compressed(struct expansion *this)
{
    enum ks_rc rc = ks_decompressor_new(&this->decompressor, this->from,
                                        this->left, this->lane.err);

    if (rc != KS_OK)
        return rc;
    if (ks_decompressor_is_empty(this->decompressor)) {
        this->whole = !has_more(this);
        return KS_OK;
    }
    (void)archive_read_support_format_raw(this->archive);
    if (!ks_decompressor_begins_with_zeros(this->decompressor))
        choose_tar(this->archive);
    if (archive_read_open(this->archive, this, NULL, give_decompressed, NULL) ==
        ARCHIVE_OK)
        return scan_entries(this);
    give_up(this);
    return KS_OK;
}

static enum ks_rc scan_container(struct expansion *this)
{
    this->feed = calloc(1, sizeof(*this->feed));
    if (this->feed == NULL)
        return ks_fail_memory(this->lane.err);
    choose_tar(this->archive);
    (void)archive_read_support_format_zip(this->archive);
    (void)archive_read_support_format_7zip(this->archive);
    (void)archive_read_support_format_ar(this->archive);
    if (ks_feed_open(this->feed, this->archive, this->from, this->left) ==
        ARCHIVE_OK)
        return scan_entries(this);
    give_up(this);
    return KS_OK;
}

static enum ks_rc expand(struct ks_lane *lane,
                         const struct ks_archive_from *from, const char *inside,
                         unsigned depth, uint64_t *left, bool *whole)
{
    struct expansion *this = calloc(1, sizeof(*this));
    enum ks_rc rc;

    if (this != NULL)
        this->archive = archive_read_new();
    if (this == NULL || this->archive == NULL) {
        free(this);
        return ks_fail_memory(lane->err);
    }
    ks_lane_init(&this->lane, lane->options, lane->sink, lane->worker,
                 lane->err);
    this->path = from->path;
    this->inside = inside;
    this->depth = depth;
    this->left = left;
    this->whole = true;
    this->from = from;
    rc = ks_frame_of(from->bytes) == KS_FRAME_COMPRESSED ? scan_compressed(this)
                                                         : scan_container(this);
    *whole = this->whole;
    ks_lane_release(&this->lane);
    (void)archive_read_free(this->archive);
    ks_decompressor_free(this->decompressor);
    free(this->feed);
    free(this);
    return rc;
}

enum ks_rc ks_archive_scan(struct ks_lane *lane,
                           const struct ks_archive_from *from, bool *whole)
{
    uint64_t left = allowance;
    /* Names come as UTF-8, whatever the user's locale. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;
    enum ks_rc rc;

    left += from->size < UINT64_MAX / KS_ARCHIVE_RATIO / 2
                ? from->size * KS_ARCHIVE_RATIO
                : 0;
    rc = expand(lane, from, NULL, 1, &left, whole);
    if (utf8 != (locale_t)0) {
        (void)uselocale(before);
        freelocale(utf8);
    }
    return rc;
}
