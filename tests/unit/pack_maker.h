/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_maker.h: packs made by hand, entry by entry, and what a walk and a
 * reader come to with them.
 */
#ifndef KS_TESTS_UNIT_PACK_MAKER_H
#define KS_TESTS_UNIT_PACK_MAKER_H

#include "base/buf.h"
#include "git/walk.h"

struct libdeflate_compressor;

enum {
    COMMIT = 1,
    BLOB = 3,
    OFFSET_DELTA = 6,
    REFERENCE_DELTA = 7,
    ENTRIES_MAX = 4096,
    PACK_CAP = 64 * 1024 * 1024,
};

/* A pack in the making; entry i is called by the name of i unless told. */
struct maker {
    struct ks_buf pack;
    uint8_t names[ENTRIES_MAX][20];
    uint64_t offsets[ENTRIES_MAX];
    uint32_t count;
    struct libdeflate_compressor *deflater;
};

/* What a walk came to. */
struct maker_tally {
    unsigned visited;
    unsigned left[2];
    uint8_t *bytes; /* of the last object visited */
    size_t len;
    bool check_names;
};

/* Begins a pack; it ends with maker_end or maker_open. */
void maker_start(struct maker *maker);

/* Appends a byte, or a number of four. */
void maker_put(struct ks_buf *buf, uint64_t byte);

void maker_put32(struct ks_buf *buf, uint32_t value);

/* The SHA-1 of a head with its NUL (or none) and bytes. */
void maker_sha1(uint8_t out[20], const char *head, struct ks_span bytes);

/* Appends a zlib stream. */
void maker_deflate(struct maker *maker, struct ks_span bytes);

/* Begins an entry that claims a size; returns its number. */
uint32_t maker_begin(struct maker *maker, unsigned kind, uint64_t size);

/* Appends an entry; returns its number. */
uint32_t maker_blob(struct maker *maker, struct ks_span bytes);

/* Appends the distance to a base, or a size in front of a delta. */
void maker_distance(struct ks_buf *buf, uint64_t distance);

void maker_size(struct ks_buf *buf, uint64_t size);

/* Appends a delta against an entry, or against a name; returns its number. */
uint32_t maker_delta(struct maker *maker, uint32_t base, struct ks_span delta);

uint32_t maker_reference(struct maker *maker, const uint8_t *base,
                         struct ks_span delta);

/* Writes a file into a folder. */
void maker_write(const char *folder, const char *name, struct ks_span bytes);

/* Ends the pack. */
void maker_end(struct maker *maker);

/* An index of version 2; names rise with numbers. */
void maker_index(struct ks_buf *index, const struct maker *maker);

/* Counts in a tally what a walk leaves: for visitors. */
enum ks_rc maker_left(void *ctx, unsigned worker, const struct ks_oid *oid,
                      enum ks_walk_left why, struct ks_err *err);

/* Walks all of a pack. */
void maker_walk(struct maker_tally *tally, const struct ks_pack *pack,
                size_t largest);

/* Reads every name through the reader; returns how many could be had. */
unsigned maker_read_all(const char *folder);

/* Ends the pack, writes it with an index of ours and opens it. */
struct ks_pack *maker_open(const char *folder, struct maker *maker);

/* Makes, walks and reads a pack, and checks what came of it. */
void maker_expect(void **state, struct maker *maker, unsigned visited,
                  unsigned corrupt, unsigned large);

/* A folder for a pack, as cmocka sets up and tears down. */
int maker_set_up(void **state);
int maker_tear_down(void **state);

#define MAKER_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, maker_set_up, maker_tear_down)

static const struct ks_span text = {(const uint8_t *)"0123456789abcdef", 16};

/* Deltas over `text`; as a string literal with its length. */
#define DELTA(literal)                                                         \
    (struct ks_span)                                                           \
    {                                                                          \
        (const uint8_t *)(literal), sizeof(literal) - 1                        \
    }

#endif
