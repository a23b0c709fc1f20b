/* SPDX-License-Identifier: Apache-2.0 */
#include "files/frame.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HEAD = 256 * 1024, /* of a member, to see what it is */
    BLOCK = 64 * 1024,
    RATIO = 200,
    NAME = 4096,
    RECORD = 512, /* of a tar */
};

static const uint64_t allowance = (uint64_t)256 * 1024 * 1024;

/* Bytes at hand, then those of a source: for input that cannot be rewound. */
struct stream {
    const struct ks_archive_from *from;
    uint64_t given;
    uint8_t block[BLOCK];
};

/* One open archive. */
struct expansion {
    struct ks_lane lane; /* with a buffer for members */
    struct archive *archive;
    struct archive_entry *entry;
    const struct ks_archive_from *from;
    struct stream *stream;
    const char *path;
    const char *inside; /* where the archive itself lies, or NULL */
    unsigned depth;
    uint64_t *left; /* bytes that may still be expanded, of all levels */
    char name[NAME];
    bool whole;
};

static void skip(struct expansion *this, enum ks_skip reason, const char *name)
{
    ks_lane_skip(&this->lane, reason, this->path,
                 name != NULL ? name : this->inside);
}

/* The archive itself could not be read on. */
static void give_up(struct expansion *this)
{
    /* libarchive may be asked only once it has told the formats apart. */
    bool encrypted = archive_format(this->archive) != 0 &&
                     archive_read_has_encrypted_entries(this->archive) > 0;

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
        errno = EIO;
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

/* Whether all of the member is in the buffer; reads on up to `most`. */
static bool read_until(struct expansion *this, struct ks_input *input,
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
static enum ks_rc expand_member(struct expansion *this, struct ks_input *input,
                                bool *expanded)
{
    struct ks_archive_from from = {
        .bytes = ks_buf_span(&this->lane.buf),
        .fd = -1,
        .path = this->path,
    };
    enum ks_rc rc;

    if (!ks_archive_begins(from.bytes) && !ks_archive_ends(&from))
        return KS_OK;
    if (this->depth == KS_ARCHIVE_DEPTH ||
        !read_until(this, input, this->lane.window)) {
        if (input->error == 0)
            skip(this, KS_SKIP_LIMIT, this->name);
        return KS_OK;
    }
    from.bytes = ks_buf_span(&this->lane.buf);
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
    bool expanded = false;
    enum ks_rc rc;

    if (archive_entry_is_data_encrypted(this->entry)) {
        skip(this, KS_SKIP_ENCRYPTED, this->name);
        return KS_OK;
    }
    ks_buf_clear(&this->lane.buf);
    ks_lane_count(&this->lane, 1, 0);
    (void)read_until(this, &input,
                     HEAD < this->lane.window ? HEAD : this->lane.window);
    rc = expand_member(this, &input, &expanded);
    if (rc == KS_OK && !expanded)
        rc = ks_window_run(&this->lane, &input);
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
    if (archive_entry_filetype(this->entry) != AE_IFREG ||
        archive_entry_hardlink(this->entry) != NULL)
        return KS_OK;
    return scan_member(this);
}

/* Headers cost as well: millions of empty members are a bomb, too. */
static bool headers_within(struct expansion *this, uint64_t budget)
{
    la_int64_t bytes = archive_filter_bytes(this->archive, 0);

    return bytes < 0 || (uint64_t)bytes <= budget;
}

static la_ssize_t stream_read(struct archive *archive, void *ctx,
                              const void **block)
{
    struct stream *stream = ctx;
    ssize_t got;

    if (stream->given == 0) {
        stream->given = stream->from->bytes.len;
        *block = stream->from->bytes.ptr;
        return (la_ssize_t)stream->from->bytes.len;
    }
    *block = stream->block;
    got = stream->from->source.read(stream->from->source.ctx, stream->block,
                                    BLOCK);
    if (got < 0)
        archive_set_error(archive, errno, "read: %s", strerror(errno));
    else
        stream->given += (uint64_t)got;
    return got;
}

/*
 * At the archive's end: whether bytes are left that were not looked at. In a
 * source, which is read only once, they are counted.
 */
static bool has_more(struct expansion *this, bool empty)
{
    struct stream *stream = this->stream;
    uint64_t used = (uint64_t)archive_filter_bytes(this->archive, -1);
    const void *block;

    if (this->from->source.read == NULL)
        return ks_frame_has_more(this->from, used);
    if (ks_frame_of(this->from->bytes) == KS_FRAME_COMPRESSED &&
        (empty || used < stream->given ||
         stream_read(this->archive, stream, &block) > 0))
        skip(this, KS_SKIP_ARCHIVE, NULL);
    return false;
}

static enum ks_rc scan_entries(struct expansion *this)
{
    uint64_t budget = *this->left;
    bool empty = true;
    enum ks_rc rc = KS_OK;

    for (; rc == KS_OK && !ks_lane_stopped(&this->lane); empty = false) {
        int got = archive_read_next_header(this->archive, &this->entry);

        if (got == ARCHIVE_EOF) {
            this->whole = this->whole && !has_more(this, empty);
            return KS_OK;
        }
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            give_up(this);
            return KS_OK;
        }
        if (*this->left == 0 || !headers_within(this, budget)) {
            skip(this, KS_SKIP_LIMIT, NULL);
            return KS_OK;
        }
        rc = scan_entry(this);
    }
    return rc;
}

static int open_archive(struct archive *archive,
                        const struct ks_archive_from *from,
                        struct stream *stream)
{
    if (from->fd >= 0) {
        if (lseek(from->fd, 0, SEEK_SET) < 0)
            return ARCHIVE_FATAL;
        return archive_read_open_fd(archive, from->fd, BLOCK);
    }
    if (from->source.read != NULL)
        return archive_read_open(archive, stream, NULL, stream_read, NULL);
    return archive_read_open_memory(archive, from->bytes.ptr, from->bytes.len);
}

static void choose_compressed(struct archive *archive)
{
    (void)archive_read_support_format_raw(archive);
    (void)archive_read_support_filter_gzip(archive);
    (void)archive_read_support_filter_xz(archive);
    (void)archive_read_support_filter_zstd(archive);
    (void)archive_read_support_filter_bzip2(archive);
    (void)archive_read_support_filter_lz4(archive);
}

/* Whether what is compressed begins as only an empty tar does, or any data. */
static bool begins_with_zeros(const struct ks_archive_from *from)
{
    static const uint8_t zeros[RECORD];
    struct ks_archive_from head = *from;
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    uint8_t record[RECORD];
    bool all = false;

    if (archive == NULL)
        return false;
    head.source.read = NULL;
    choose_compressed(archive);
    if (open_archive(archive, &head, NULL) == ARCHIVE_OK &&
        archive_read_next_header(archive, &entry) == ARCHIVE_OK)
        all = archive_read_data(archive, record, RECORD) == RECORD &&
              memcmp(record, zeros, RECORD) == 0;
    (void)archive_read_free(archive);
    return all;
}

/* A tar goes on behind its end mark, for others may be joined to it. */
static void choose_formats(struct archive *archive,
                           const struct ks_archive_from *from)
{
    bool compressed = ks_frame_of(from->bytes) == KS_FRAME_COMPRESSED;

    if (compressed)
        choose_compressed(archive);
    if (compressed && begins_with_zeros(from))
        return;
    (void)archive_read_support_format_tar(archive);
    (void)archive_read_set_format_option(archive, "tar",
                                         "read_concatenated_archives", "1");
    if (compressed)
        return;
    (void)archive_read_support_format_zip(archive);
    (void)archive_read_support_format_7zip(archive);
    (void)archive_read_support_format_ar(archive);
}

static enum ks_rc expand(struct ks_lane *lane,
                         const struct ks_archive_from *from, const char *inside,
                         unsigned depth, uint64_t *left, bool *whole)
{
    struct expansion *this = calloc(1, sizeof(*this));
    struct stream *stream = calloc(1, sizeof(*stream));
    enum ks_rc rc = KS_OK;

    if (this != NULL)
        this->archive = archive_read_new();
    if (this == NULL || stream == NULL || this->archive == NULL) {
        rc = ks_fail_memory(lane->err);
        goto out;
    }
    ks_lane_init(&this->lane, lane->options, lane->sink, lane->worker,
                 lane->err);
    this->path = from->path;
    this->inside = inside;
    this->depth = depth;
    this->left = left;
    this->whole = true;
    this->from = from;
    this->stream = stream;
    stream->from = from;
    choose_formats(this->archive, from);
    if (open_archive(this->archive, from, stream) == ARCHIVE_OK)
        rc = scan_entries(this);
    else
        give_up(this);
    *whole = this->whole;
    ks_lane_release(&this->lane);
out:
    if (this != NULL && this->archive != NULL)
        (void)archive_read_free(this->archive);
    free(stream);
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

    left += from->size < UINT64_MAX / RATIO / 2 ? from->size * RATIO : 0;
    rc = expand(lane, from, NULL, 1, &left, whole);
    if (utf8 != (locale_t)0) {
        (void)uselocale(before);
        freelocale(utf8);
    }
    return rc;
}
