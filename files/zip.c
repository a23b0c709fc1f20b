/* SPDX-License-Identifier: Apache-2.0 */
#include "files/zip.h"

#include "files/frame.h"

#include <string.h>

/* Bytes of the records, without what varies. */
enum {
    END = 22,
    END_64 = 56,
    LOCATOR_64 = 20,
    ENTRY = 46,
    LOCAL = 30,
    EXTRA = 4,
    WORD_MOST = 0xffff,
    STEP = 512,    /* of names that are compared */
    DESCRIBED = 8, /* flag: sizes stand behind the data */
};

static const uint64_t saturated = 0xffffffff; /* then zip64 tells the number */

/* Where the directory of members lies, by what its end says. */
struct directory {
    uint64_t from, to;
    uint64_t count;
    bool alone; /* nothing before the zip, behind it or in its comment */
};

/* One entry of the directory. */
struct entry {
    uint64_t size;  /* of the data as it stands in the zip */
    uint64_t local; /* where the member begins */
    unsigned flags;
    unsigned name, extra, comment; /* bytes */
};

/* Extra fields that every zip may have, and how long they are at most. */
static const struct {
    unsigned id, most;
} known_extras[] = {
    {0x0001, 28}, /* zip64 */
    {0x000a, 32}, /* times of NTFS */
    {0x5455, 13}, /* times of Unix */
    {0x5855, 12}, /* the same and owner, of old */
    {0x7855, 4},  /* owner, of old */
    {0x7875, 15}, /* owner */
    {0x9901, 7},  /* AES */
    {0xcafe, 0},  /* a jar */
};

static uint64_t number(const uint8_t *bytes, size_t len)
{
    uint64_t out = 0;

    while (len-- > 0)
        out = out << 8 | bytes[len];
    return out;
}

static bool is_record(const struct ks_archive_from *from, uint64_t at,
                      const char *magic)
{
    uint8_t bytes[4];

    return ks_frame_read(bytes, sizeof(bytes), from, at) &&
           memcmp(bytes, magic, sizeof(bytes)) == 0;
}

/*
 * Whether the last record may stand at `at`: its comment ends with the bytes,
 * or it points at a directory.
 */
static bool ends_at(const struct ks_archive_from *from, uint64_t at)
{
    uint64_t size = ks_frame_size(from), length;
    uint8_t end[END];

    if (!ks_frame_read(end, END, from, at) || memcmp(end, "PK\005\006", 4) != 0)
        return false;
    length = number(end + 12, 4);
    if (at + END + number(end + 20, 2) == size)
        return true;
    return length > 0 && length <= at &&
           is_record(from, at - length, "PK\001\002");
}

/* Finds the last record, from the end on. */
static bool find_end(uint64_t *at, const struct ks_archive_from *from)
{
    uint8_t tail[END + WORD_MOST];
    uint64_t size = ks_frame_size(from);
    size_t len = size < sizeof(tail) ? (size_t)size : sizeof(tail);

    if (len < END)
        return false;
    *at = size - END;
    if (ends_at(from, *at))
        return true;
    if (!ks_frame_read(tail, len, from, size - len))
        return false;
    for (size_t left = len - END + 4;;) {
        const uint8_t *last = memrchr(tail, '\006', left);

        if (last == NULL || last - tail < 3)
            return false;
        left = (size_t)(last - tail);
        *at = size - len + left - 3;
        if (ends_at(from, *at))
            return true;
    }
}

bool ks_zip_ends(const struct ks_archive_from *from)
{
    uint64_t at;

    return find_end(&at, from);
}

/* The numbers that did not fit the last record; false if they make no sense. */
static bool read_end_64(struct directory *out,
                        const struct ks_archive_from *from, uint64_t at)
{
    uint8_t end[END_64];

    if (at < END_64 + LOCATOR_64 ||
        !is_record(from, at - LOCATOR_64, "PK\006\007"))
        return false;
    at -= LOCATOR_64 + END_64;
    if (!ks_frame_read(end, END_64, from, at) ||
        memcmp(end, "PK\006\006", 4) != 0 || number(end + 40, 8) > at)
        return false;
    *out = (struct directory){.from = at - number(end + 40, 8),
                              .to = at,
                              .count = number(end + 32, 8),
                              .alone = out->alone};
    out->alone &= number(end + 48, 8) == out->from;
    return true;
}

static bool read_end(struct directory *out, const struct ks_archive_from *from)
{
    uint8_t end[END];
    uint64_t at, length, offset;

    if (!find_end(&at, from) || !ks_frame_read(end, END, from, at))
        return false;
    length = number(end + 12, 4);
    offset = number(end + 16, 4);
    out->alone = at + END == ks_frame_size(from);
    if (length == saturated || offset == saturated ||
        number(end + 10, 2) == WORD_MOST)
        return read_end_64(out, from, at);
    if (length > at)
        return false;
    *out = (struct directory){at - length, at, number(end + 10, 2),
                              out->alone && at - length == offset};
    return true;
}

static unsigned most_of_extra(uint64_t id, bool *known)
{
    for (size_t i = 0; i < sizeof(known_extras) / sizeof(*known_extras); i++)
        if (known_extras[i].id == id) {
            *known = true;
            return known_extras[i].most;
        }
    *known = false;
    return 0;
}

/* Replaces what zip64 tells, in this order, where the number is saturated. */
static bool widen(struct entry *entry, const uint8_t *field, uint64_t len,
                  uint64_t plain_size)
{
    uint64_t *const numbers[] = {&plain_size, &entry->size, &entry->local};

    for (size_t i = 0; i < 3; i++) {
        if (*numbers[i] != saturated)
            continue;
        if (len < 8)
            return false;
        *numbers[i] = number(field, 8);
        field += 8;
        len -= 8;
    }
    return true;
}

/* Whether all extra fields in [at, at + len) are known; of zip64 reads them. */
static bool extras_are_known(struct entry *entry, uint64_t plain_size,
                             const struct ks_archive_from *from, uint64_t at,
                             uint64_t len)
{
    while (len >= EXTRA) {
        uint8_t head[EXTRA], field[28];
        uint64_t size;
        unsigned most;
        bool known;

        if (!ks_frame_read(head, EXTRA, from, at))
            return false;
        size = number(head + 2, 2);
        most = most_of_extra(number(head, 2), &known);
        if (!known || size > most || size > len - EXTRA)
            return false;
        if (number(head, 2) == 1 && entry != NULL &&
            (!ks_frame_read(field, (size_t)size, from, at + EXTRA) ||
             !widen(entry, field, size, plain_size)))
            return false;
        at += EXTRA + size;
        len -= EXTRA + size;
    }
    return len == 0;
}

static bool read_entry(struct entry *out, const struct ks_archive_from *from,
                       uint64_t at)
{
    uint8_t bytes[ENTRY];

    if (!ks_frame_read(bytes, ENTRY, from, at) ||
        memcmp(bytes, "PK\001\002", 4) != 0)
        return false;
    *out = (struct entry){.size = number(bytes + 20, 4),
                          .local = number(bytes + 42, 4),
                          .flags = (unsigned)number(bytes + 8, 2),
                          .name = (unsigned)number(bytes + 28, 2),
                          .extra = (unsigned)number(bytes + 30, 2),
                          .comment = (unsigned)number(bytes + 32, 2)};
    return extras_are_known(out, number(bytes + 24, 4), from,
                            at + ENTRY + out->name, out->extra);
}

static bool same_bytes(const struct ks_archive_from *from, uint64_t a,
                       uint64_t b, size_t len)
{
    uint8_t x[STEP], y[STEP];

    while (len > 0) {
        size_t step = len < STEP ? len : STEP;

        if (!ks_frame_read(x, step, from, a) ||
            !ks_frame_read(y, step, from, b) || memcmp(x, y, step) != 0)
            return false;
        a += step;
        b += step;
        len -= step;
    }
    return true;
}

/* Checks what stands before the data; `*end` is where the data ends. */
static bool local_is_known(uint64_t *end, const struct entry *entry,
                           const struct ks_archive_from *from, uint64_t at)
{
    uint8_t local[LOCAL];
    uint64_t extra;

    if (!ks_frame_read(local, LOCAL, from, entry->local) ||
        memcmp(local, "PK\003\004", 4) != 0 ||
        number(local + 26, 2) != entry->name ||
        !same_bytes(from, at + ENTRY, entry->local + LOCAL, entry->name))
        return false;
    extra = number(local + 28, 2);
    *end = entry->local + LOCAL + entry->name + extra;
    if (entry->size > ks_frame_size(from) - *end)
        return false;
    if (!extras_are_known(NULL, 0, from, *end - extra, extra))
        return false;
    *end += entry->size;
    return true;
}

/* Whether the next member or the directory may follow the data at this gap. */
static bool is_gap(uint64_t gap, unsigned flags)
{
    if ((flags & DESCRIBED) == 0)
        return gap == 0;
    return gap == 12 || gap == 16 || gap == 20 || gap == 24;
}

/* Whether members fill all that lies before the directory, in its order. */
static bool is_filled(const struct directory *directory,
                      const struct ks_archive_from *from)
{
    uint64_t at = directory->from, end = 0;
    unsigned flags = 0;

    for (uint64_t i = 0; i < directory->count; i++) {
        struct entry entry;

        if (!read_entry(&entry, from, at) || entry.comment > 0 ||
            entry.local < end || !is_gap(entry.local - end, flags) ||
            !local_is_known(&end, &entry, from, at))
            return false;
        flags = entry.flags;
        at += ENTRY + entry.name + entry.extra;
    }
    return at == directory->to && end <= directory->from &&
           is_gap(directory->from - end, flags);
}

bool ks_zip_has_more(const struct ks_archive_from *from)
{
    struct directory directory = {.alone = false};

    return !read_end(&directory, from) || !directory.alone ||
           !is_filled(&directory, from);
}
