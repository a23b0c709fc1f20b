/* SPDX-License-Identifier: Apache-2.0 */
#include "git/family.h"

#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

enum {
    DIGIT = 11, /* bits of a radix sort's step */
    WEIGHT_SHIFT = 4,
    UNKNOWN = 0xff, /* type of a delta whose base was not looked at */
    STEP = 4096,    /* headers that a thread reads at a time */
};

struct placed {
    uint64_t offset;
    uint32_t name;
};

/* A table from offset / 2^shift to the first entry there. */
struct buckets {
    uint32_t *first;
    size_t count;
    unsigned shift;
};

/* What building needs and then throws away. */
struct building {
    struct ks_families *families;
    struct buckets buckets;
    atomic_uint next;    /* first entry whose header nobody reads yet */
    atomic_bool forward; /* a base stands behind its delta */
};

static void radix_step(struct placed *to, const struct placed *from,
                       uint32_t count, unsigned shift)
{
    uint32_t at[1U << DIGIT] = {0};
    uint32_t sum = 0;

    for (uint32_t i = 0; i < count; i++)
        at[(from[i].offset >> shift) & ((1U << DIGIT) - 1)]++;
    for (size_t i = 0; i < 1U << DIGIT; i++) {
        uint32_t here = at[i];

        at[i] = sum;
        sum += here;
    }
    for (uint32_t i = 0; i < count; i++)
        to[at[(from[i].offset >> shift) & ((1U << DIGIT) - 1)]++] = from[i];
}

/* Sorts by offset; returns whichever of the two arrays holds the result. */
static struct placed *sort_placed(struct placed *items, struct placed *spare,
                                  uint32_t count, uint64_t largest)
{
    for (unsigned shift = 0; shift < 64 && largest >> shift != 0;
         shift += DIGIT) {
        struct placed *swap = items;

        radix_step(spare, items, count, shift);
        items = spare;
        spare = swap;
    }
    return items;
}

/* Offsets out of the pack all become its end, where no entry parses. */
static enum ks_rc number_entries(struct ks_families *families,
                                 struct ks_err *err)
{
    const struct ks_pack *pack = families->pack;
    uint32_t count = families->count;
    struct placed *items = malloc(((size_t)count + 1) * sizeof(*items));
    struct placed *spare = malloc(((size_t)count + 1) * sizeof(*spare));
    const struct placed *sorted;

    if (items == NULL || spare == NULL) {
        free(items);
        free(spare);
        return ks_fail_memory(err);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = ks_pack_index_offset(&pack->index, i);

        items[i].offset = offset < pack->end ? offset : pack->end;
        items[i].name = i;
    }
    sorted = sort_placed(items, spare, count, pack->end);
    for (uint32_t i = 0; i < count; i++) {
        families->offsets[i] = sorted[i].offset;
        families->names[i] = sorted[i].name;
    }
    families->offsets[count] = pack->end;
    free(items);
    free(spare);
    return KS_OK;
}

static bool fill_buckets(struct buckets *buckets,
                         const struct ks_families *families)
{
    uint64_t end = families->pack->end;
    uint32_t entry = 0;

    while (end >> buckets->shift > families->count)
        buckets->shift++;
    buckets->count = (size_t)(end >> buckets->shift) + 2;
    buckets->first = malloc(buckets->count * sizeof(*buckets->first));
    if (buckets->first == NULL)
        return false;
    for (size_t i = 0; i < buckets->count; i++) {
        while (entry < families->count &&
               families->offsets[entry] >> buckets->shift < i)
            entry++;
        buckets->first[i] = entry;
    }
    return true;
}

static uint32_t entry_at(const struct building *building, uint64_t offset)
{
    const struct ks_families *families = building->families;
    size_t bucket = (size_t)(offset >> building->buckets.shift);
    uint32_t from;
    uint32_t to;

    if (offset >= families->pack->end)
        return KS_FAMILY_NONE;
    from = building->buckets.first[bucket];
    to = building->buckets.first[bucket + 1];
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (families->offsets[middle] < offset)
            from = middle + 1;
        else
            to = middle;
    }
    return from < families->count && families->offsets[from] == offset
               ? from
               : KS_FAMILY_NONE;
}

static uint32_t find_base(const struct building *building,
                          const struct ks_pack_entry *header)
{
    const struct ks_pack *pack = building->families->pack;
    uint32_t position;

    if (header->base_name == NULL)
        return entry_at(building, header->base_at);
    if (!ks_pack_index_find(&pack->index, header->base_name, &position))
        return KS_FAMILY_NONE;
    return entry_at(building, ks_pack_index_offset(&pack->index, position));
}

/* The type of a whole object, the base of a delta. */
static void read_header(struct building *building, uint32_t entry)
{
    struct ks_families *families = building->families;
    struct ks_pack_entry header;

    families->bases[entry] = KS_FAMILY_NONE;
    families->types[entry] = KS_OBJECT_NONE;
    if (!ks_pack_entry_at(&header, families->pack, families->offsets[entry]))
        return;
    families->types[entry] = (uint8_t)header.type;
    if (header.type != KS_OBJECT_NONE)
        return;
    families->bases[entry] = find_base(building, &header);
    if (families->bases[entry] == KS_FAMILY_NONE)
        return;
    families->types[entry] = UNKNOWN;
    if (families->bases[entry] >= entry)
        atomic_store(&building->forward, true);
}

static enum ks_rc read_headers(void *ctx, unsigned worker, struct ks_err *err)
{
    struct building *building = ctx;
    uint32_t count = building->families->count;
    uint32_t from;

    (void)worker;
    (void)err;
    while ((from = atomic_fetch_add(&building->next, STEP)) < count)
        for (uint32_t i = from; i < count && i - from < STEP; i++)
            read_header(building, i);
    return KS_OK;
}

/* Fills `first_child` and `children`. */
static void link_children(struct ks_families *families)
{
    uint32_t *first = families->first_child;
    uint32_t count = families->count;
    uint32_t sum = 0;

    memset(first, 0, ((size_t)count + 1) * sizeof(*first));
    for (uint32_t i = 0; i < count; i++)
        if (families->bases[i] != KS_FAMILY_NONE)
            first[families->bases[i]]++;
    for (uint32_t i = 0; i <= count; i++) {
        sum += first[i];
        first[i] = sum;
    }
    for (uint32_t i = count; i-- > 0;)
        if (families->bases[i] != KS_FAMILY_NONE)
            families->children[--first[families->bases[i]]] = i;
}

/*
 * Lists bases before their deltas. Entries that no root leads to (cycles) are
 * left out.
 */
static enum ks_rc order_from_roots(struct ks_families *families,
                                   struct ks_err *err)
{
    uint32_t len = 0;

    families->order =
        malloc(((size_t)families->count + 1) * sizeof(*families->order));
    if (families->order == NULL)
        return ks_fail_memory(err);
    for (uint32_t i = 0; i < families->count; i++)
        if (families->bases[i] == KS_FAMILY_NONE)
            families->order[len++] = i;
    for (uint32_t at = 0; at < len; at++) {
        uint32_t here = families->order[at];

        for (uint32_t c = families->first_child[here];
             c < families->first_child[here + 1]; c++)
            families->order[len++] = families->children[c];
    }
    families->ordered = len;
    return KS_OK;
}

static uint32_t in_order(const struct ks_families *families, uint32_t at)
{
    return families->order == NULL ? at : families->order[at];
}

/* Gives deltas the type of their base. */
static void spread_types(struct ks_families *families)
{
    for (uint32_t at = 0; at < families->ordered; at++) {
        uint32_t i = in_order(families, at);

        if (families->types[i] == UNKNOWN)
            families->types[i] = families->types[families->bases[i]];
    }
    for (uint32_t i = 0; i < families->count; i++)
        if (families->types[i] == UNKNOWN)
            families->types[i] = KS_OBJECT_NONE;
}

static uint32_t weight_of(const struct ks_families *families, uint32_t entry)
{
    uint64_t bytes = families->offsets[entry + 1] - families->offsets[entry];

    bytes = (bytes >> WEIGHT_SHIFT) + 1;
    return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

bool ks_family_wanted(const struct ks_families *families,
                      const struct ks_family_choice *choice, uint32_t entry)
{
    uint32_t name = families->names[entry];

    return (choice->types >> families->types[entry] & 1) != 0 &&
           (choice->wanted == NULL ||
            (choice->wanted[name / 8] >> (name % 8) & 1) != 0);
}

static void add_weight(uint32_t *to, uint32_t weight)
{
    if (__builtin_add_overflow(*to, weight, to))
        *to = UINT32_MAX;
}

/* Deltas before bases: an entry counts if it or a descendant is wanted. */
static void sum_weights(struct ks_families *families,
                        const struct ks_family_choice *choice)
{
    uint32_t *weights = families->weights;

    memset(weights, 0, (size_t)families->count * sizeof(*weights));
    for (uint32_t at = families->ordered; at-- > 0;) {
        uint32_t i = in_order(families, at);

        if (families->types[i] == KS_OBJECT_NONE ||
            (weights[i] == 0 && !ks_family_wanted(families, choice, i)))
            continue;
        add_weight(&weights[i], weight_of(families, i));
        if (families->bases[i] != KS_FAMILY_NONE)
            add_weight(&weights[families->bases[i]], weights[i]);
    }
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;

    *a = *b;
    *b = kept;
}

/* The wanted in front, the heaviest of them last. */
static void arrange_children(struct ks_families *families, uint32_t entry)
{
    uint32_t *child = families->children + families->first_child[entry];
    uint32_t count =
        families->first_child[entry + 1] - families->first_child[entry];
    uint32_t wanted = 0;
    uint32_t heaviest = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t weight = families->weights[child[i]];

        if (weight == 0)
            continue;
        swap(&child[wanted], &child[i]);
        if (weight >= families->weights[child[heaviest]])
            heaviest = wanted;
        wanted++;
    }
    /* The others keep their order, in which neighbours are alike. */
    for (uint32_t i = heaviest; i + 1 < wanted; i++)
        swap(&child[i], &child[i + 1]);
}

static enum ks_rc allocate(struct ks_families *families, struct ks_err *err)
{
    size_t room = (size_t)families->count + 1;

    families->offsets = malloc(room * sizeof(*families->offsets));
    families->names = malloc(room * sizeof(*families->names));
    families->bases = malloc(room * sizeof(*families->bases));
    families->first_child = malloc(room * sizeof(*families->first_child));
    families->children = malloc(room * sizeof(*families->children));
    families->weights = calloc(room, sizeof(*families->weights));
    families->types = malloc(room);
    if (families->offsets == NULL || families->names == NULL ||
        families->bases == NULL || families->first_child == NULL ||
        families->children == NULL || families->weights == NULL ||
        families->types == NULL)
        return ks_fail_memory(err);
    return KS_OK;
}

static enum ks_rc build(struct building *building, unsigned jobs,
                        struct ks_err *err)
{
    struct ks_families *families = building->families;
    enum ks_rc rc;

    if (!fill_buckets(&building->buckets, families))
        return ks_fail_memory(err);
    rc = ks_pool_run(jobs, read_headers, building, err);
    if (rc != KS_OK)
        return rc;
    link_children(families);
    families->ordered = families->count;
    if (atomic_load(&building->forward))
        rc = order_from_roots(families, err);
    if (rc == KS_OK)
        spread_types(families);
    return rc;
}

enum ks_rc ks_families_build(struct ks_families *out,
                             const struct ks_pack *pack, unsigned jobs,
                             struct ks_err *err)
{
    struct ks_families families = {.pack = pack, .count = pack->index.count};
    struct building building = {.families = &families};
    enum ks_rc rc = allocate(&families, err);

    if (rc == KS_OK)
        rc = number_entries(&families, err);
    if (rc == KS_OK)
        rc = build(&building, jobs, err);
    free(building.buckets.first);
    if (rc != KS_OK) {
        ks_families_release(&families);
        return rc;
    }
    *out = families;
    return KS_OK;
}

void ks_families_choose(struct ks_families *families,
                        const struct ks_family_choice *choice)
{
    sum_weights(families, choice);
    for (uint32_t i = 0; i < families->count; i++)
        if (families->first_child[i + 1] - families->first_child[i] > 1)
            arrange_children(families, i);
}

void ks_families_release(struct ks_families *families)
{
    free(families->offsets);
    free(families->names);
    free(families->bases);
    free(families->first_child);
    free(families->children);
    free(families->weights);
    free(families->types);
    free(families->order);
    *families = (struct ks_families){0};
}
