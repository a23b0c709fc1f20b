/* SPDX-License-Identifier: Apache-2.0 */
#include "git/pack_reader.h"

#include "git/buffers.h"
#include "git/delta.h"
#include "git/inflate.h"

#include <stdlib.h>

enum {
    CACHE = 16 * 1024 * 1024,
    SLOTS = 8192,               /* a power of two */
    KEPT_MAX = 2 * 1024 * 1024, /* larger objects are not kept */
    LARGEST = 1024 * 1024 * 1024,
    RATIO = 1032, /* DEFLATE makes at most this many bytes of one */
};

/* Bytes of an object, held by the cache and by whoever reads it. */
struct ks_packed_cell {
    unsigned holders;
    enum ks_object_type type;
    size_t size;
    uint8_t bytes[];
};

struct slot {
    uint64_t offset;
    uint32_t pack;
    struct ks_packed_cell *cell; /* NULL: empty */
};

/* A delta on the way from an object to what it is made from. */
struct step {
    uint64_t offset;
    struct ks_pack_entry entry;
};

struct ks_pack_reader {
    const struct ks_packs *packs;
    struct ks_inflater *inflater;
    struct ks_buffers buffers;
    struct ks_buffer delta;
    KS_VEC(, struct step) steps;
    uint32_t hint;
    size_t cache;
    size_t kept;
    size_t hand; /* next slot to empty when too much is kept */
    struct slot slots[SLOTS];
};

static void release_cell(struct ks_packed_cell *cell)
{
    if (cell != NULL && --cell->holders == 0)
        free(cell);
}

static enum ks_rc make_cell(struct ks_packed_cell **out, uint64_t size,
                            enum ks_object_type type, struct ks_err *err)
{
    struct ks_packed_cell *cell = NULL;

    if (size > LARGEST)
        return ks_fail(err, KS_ELIMIT, "object is larger than 1 GiB");
    cell = malloc(sizeof(*cell) + (size_t)size + KS_INFLATE_SLACK);
    if (cell == NULL)
        return ks_fail_memory(err);
    cell->holders = 1;
    cell->type = type;
    cell->size = (size_t)size;
    *out = cell;
    return KS_OK;
}

static struct slot *slot_of(struct ks_pack_reader *reader, uint32_t pack,
                            uint64_t offset)
{
    uint64_t mixed = (offset + pack) * 0x9e3779b97f4a7c15U;

    return &reader->slots[mixed >> 51];
}

static void empty_slot(struct ks_pack_reader *reader, struct slot *slot)
{
    if (slot->cell == NULL)
        return;
    reader->kept -= slot->cell->size;
    release_cell(slot->cell);
    slot->cell = NULL;
}

static void keep(struct ks_pack_reader *reader, uint32_t pack, uint64_t offset,
                 struct ks_packed_cell *cell)
{
    struct slot *slot = slot_of(reader, pack, offset);

    if (cell->size > KEPT_MAX)
        return;
    empty_slot(reader, slot);
    while (reader->kept + cell->size > reader->cache && reader->kept > 0) {
        reader->hand = (reader->hand + 1) % SLOTS;
        empty_slot(reader, &reader->slots[reader->hand]);
    }
    cell->holders++;
    reader->kept += cell->size;
    *slot = (struct slot){offset, pack, cell};
}

/* A kept object with a reference for the caller, or NULL. */
static struct ks_packed_cell *kept(struct ks_pack_reader *reader, uint32_t pack,
                                   uint64_t offset)
{
    struct slot *slot = slot_of(reader, pack, offset);

    if (slot->cell == NULL || slot->offset != offset || slot->pack != pack)
        return NULL;
    slot->cell->holders++;
    return slot->cell;
}

static enum ks_rc damaged(struct ks_err *err, const struct ks_pack *pack,
                          uint64_t offset)
{
    return ks_fail(err, KS_EFORMAT, "%s: damaged at offset %llu", pack->path,
                   (unsigned long long)offset);
}

static bool plausible(const struct ks_pack *pack,
                      const struct ks_pack_entry *entry)
{
    return entry->size / RATIO <= ks_pack_stream(pack, entry->data_at).len;
}

static enum ks_rc read_whole(struct ks_pack_reader *reader,
                             struct ks_packed_cell **out,
                             const struct ks_pack *pack,
                             const struct step *step, struct ks_err *err)
{
    struct ks_packed_cell *cell = NULL;
    enum ks_rc rc;

    if (!plausible(pack, &step->entry))
        return damaged(err, pack, step->offset);
    rc = make_cell(&cell, step->entry.size, step->entry.type, err);
    if (rc != KS_OK)
        return rc;
    if (!ks_inflate(reader->inflater, ks_pack_stream(pack, step->entry.data_at),
                    cell->bytes, cell->size)) {
        free(cell);
        return damaged(err, pack, step->offset);
    }
    *out = cell;
    return KS_OK;
}

/* Inflates a delta to the reader's own buffer. */
static enum ks_rc read_delta(struct ks_pack_reader *reader, struct ks_span *out,
                             const struct ks_pack *pack,
                             const struct step *step, struct ks_err *err)
{
    size_t size = (size_t)step->entry.size;

    if (!plausible(pack, &step->entry))
        return damaged(err, pack, step->offset);
    if (step->entry.size > LARGEST)
        return ks_fail(err, KS_ELIMIT, "delta is larger than 1 GiB");
    if (reader->delta.ptr == NULL || reader->delta.room < size) {
        ks_buffers_give(&reader->buffers, reader->delta);
        reader->delta = ks_buffers_take(&reader->buffers, size);
        if (reader->delta.ptr == NULL)
            return ks_fail_memory(err);
    }
    if (!ks_inflate(reader->inflater, ks_pack_stream(pack, step->entry.data_at),
                    reader->delta.ptr, size))
        return damaged(err, pack, step->offset);
    *out = (struct ks_span){reader->delta.ptr, size};
    return KS_OK;
}

static enum ks_rc apply(struct ks_pack_reader *reader,
                        struct ks_packed_cell **out,
                        const struct ks_packed_cell *base,
                        const struct ks_pack *pack, const struct step *step,
                        struct ks_err *err)
{
    struct ks_packed_cell *cell = NULL;
    struct ks_delta_head head;
    struct ks_span delta;
    enum ks_rc rc = read_delta(reader, &delta, pack, step, err);

    if (rc != KS_OK)
        return rc;
    if (ks_delta_head(&head, delta) != KS_OK)
        return damaged(err, pack, step->offset);
    rc = make_cell(&cell, head.result_size, base->type, err);
    if (rc != KS_OK)
        return rc;
    rc = ks_delta_apply(cell->bytes, &head,
                        (struct ks_span){base->bytes, base->size}, delta, NULL);
    if (rc != KS_OK) {
        free(cell);
        return damaged(err, pack, step->offset);
    }
    *out = cell;
    return KS_OK;
}

static uint64_t base_offset(const struct ks_pack *pack,
                            const struct ks_pack_entry *entry)
{
    uint32_t position;

    if (entry->base_name == NULL)
        return entry->base_at;
    if (!ks_pack_index_find(&pack->index, entry->base_name, &position))
        return UINT64_MAX;
    return ks_pack_index_offset(&pack->index, position);
}

/*
 * Goes from an object to its bases until one is kept or whole. Leaves the
 * deltas passed in `steps`, the whole one as the last if none was kept.
 */
static enum ks_rc collect(struct ks_pack_reader *reader,
                          struct ks_packed_cell **base, uint32_t number,
                          uint64_t offset, struct ks_err *err)
{
    const struct ks_pack *pack = reader->packs->all.items[number];

    reader->steps.len = 0;
    for (;;) {
        struct step step = {.offset = offset};

        *base = kept(reader, number, offset);
        if (*base != NULL)
            return KS_OK;
        if (reader->steps.len > pack->index.count ||
            !ks_pack_entry_at(&step.entry, pack, offset))
            return damaged(err, pack, offset);
        if (!KS_VEC_PUSH(&reader->steps, step))
            return ks_fail_memory(err);
        if (step.entry.type != KS_OBJECT_NONE)
            return KS_OK;
        offset = base_offset(pack, &step.entry);
    }
}

enum ks_rc ks_pack_reader_read_at(struct ks_packed *out,
                                  struct ks_pack_reader *reader,
                                  uint32_t number, uint64_t offset,
                                  struct ks_err *err)
{
    const struct ks_pack *pack = reader->packs->all.items[number];
    struct ks_packed_cell *base;
    enum ks_rc rc = collect(reader, &base, number, offset, err);

    if (rc != KS_OK)
        return rc;
    while (reader->steps.len > 0 && rc == KS_OK) {
        const struct step *step = &reader->steps.items[--reader->steps.len];
        struct ks_packed_cell *next = NULL;

        rc = base == NULL ? read_whole(reader, &next, pack, step, err)
                          : apply(reader, &next, base, pack, step, err);
        release_cell(base);
        base = next;
        if (rc == KS_OK)
            keep(reader, number, step->offset, base);
    }
    if (rc != KS_OK)
        return rc;
    *out = (struct ks_packed){base->type, {base->bytes, base->size}, base};
    return KS_OK;
}

/* Tries the packs behind the one whose copy is damaged. */
static enum ks_rc read_elsewhere(struct ks_packed *out,
                                 struct ks_pack_reader *reader,
                                 const uint8_t *name, uint32_t tried,
                                 enum ks_rc rc, struct ks_err *err)
{
    for (uint32_t i = 0; i < reader->packs->all.len; i++) {
        const struct ks_pack_index *index = &reader->packs->all.items[i]->index;
        uint32_t position;

        if (i == tried || !ks_pack_index_find(index, name, &position))
            continue;
        if (ks_pack_reader_read_at(out, reader, i,
                                   ks_pack_index_offset(index, position),
                                   NULL) == KS_OK)
            return KS_OK;
    }
    (void)err; /* holds the words of the first failure */
    return rc;
}

enum ks_rc ks_pack_reader_read(struct ks_packed *out,
                               struct ks_pack_reader *reader,
                               const uint8_t *name, struct ks_err *err)
{
    struct ks_packed_at at;
    const struct ks_pack_index *index;
    enum ks_rc rc;

    if (!ks_packs_find(&at, reader->packs, name, &reader->hint))
        return ks_fail(err, KS_ENOENT, "object is in no pack");
    index = &reader->packs->all.items[at.pack]->index;
    rc = ks_pack_reader_read_at(out, reader, at.pack,
                                ks_pack_index_offset(index, at.position), err);
    if (rc == KS_EFORMAT)
        return read_elsewhere(out, reader, name, at.pack, rc, err);
    return rc;
}

void ks_packed_release(struct ks_packed *packed)
{
    release_cell(packed->cell);
    *packed = (struct ks_packed){0};
}

enum ks_rc ks_pack_reader_new(struct ks_pack_reader **out,
                              const struct ks_packs *packs, size_t cache,
                              struct ks_err *err)
{
    struct ks_pack_reader *reader = calloc(1, sizeof(*reader));
    enum ks_rc rc = reader == NULL ? ks_fail_memory(err)
                                   : ks_inflater_new(&reader->inflater, err);

    if (rc != KS_OK) {
        free(reader);
        return rc;
    }
    reader->packs = packs;
    reader->cache = cache == 0 ? CACHE : cache;
    *out = reader;
    return KS_OK;
}

void ks_pack_reader_free(struct ks_pack_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        empty_slot(reader, &reader->slots[i]);
    ks_inflater_free(reader->inflater);
    ks_buffers_give(&reader->buffers, reader->delta);
    ks_buffers_release(&reader->buffers);
    KS_VEC_RELEASE(&reader->steps);
    free(reader);
}
