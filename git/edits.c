/* SPDX-License-Identifier: Apache-2.0 */
#include "git/edits.h"

#include <string.h>

enum {
    MOST_EDITS = 1 << 20, /* of one text */
    MOST_BYTES = 4 << 20, /* put into it */
    WORD = 8,
    LEAST_GAIN = 32, /* bytes for which another copy is worth it */
};

/* Beside an edit at an end of the text nothing is copied. */
static const uint32_t no_copy = UINT32_MAX;

void ks_edits_init(struct ks_edits *edits)
{
    *edits = (struct ks_edits){.list = {0}};
    ks_buf_init(&edits->bytes, MOST_BYTES + 1);
}

enum ks_rc ks_edits_note(struct ks_edits *edits, const struct ks_copies *copies,
                         struct ks_span text, struct ks_err *err)
{
    struct ks_edit edit = {.left = no_copy};
    size_t put_in = text.len;

    edits->list.len = 0;
    ks_buf_clear(&edits->bytes);
    for (size_t i = 0; i < copies->len; i++)
        put_in -= copies->items[i].len;
    if (copies->len >= MOST_EDITS || put_in > MOST_BYTES)
        return KS_OK;
    if (ks_buf_reserve(&edits->bytes, put_in + 1) != KS_OK)
        return ks_fail_memory(err);
    for (size_t i = 0; i <= copies->len; i++) {
        const struct ks_copy *next = i < copies->len ? &copies->items[i] : NULL;

        edit.right = next == NULL ? no_copy : next->from;
        edit.len = (next == NULL ? (uint32_t)text.len : next->to) - edit.at;
        edit.bytes = (uint32_t)edits->bytes.len;
        memcpy(edits->bytes.ptr + edit.bytes, text.ptr + edit.at, edit.len);
        edits->bytes.len += edit.len;
        if (!KS_VEC_PUSH(&edits->list, edit))
            return ks_fail_memory(err);
        if (next != NULL) {
            edit.left = next->from + next->len;
            edit.at = next->to + next->len;
        }
    }
    return KS_OK;
}

void ks_edits_release(struct ks_edits *edits)
{
    KS_VEC_RELEASE(&edits->list);
    ks_buf_release(&edits->bytes);
}

/* A text that is the same in both, going on. */
struct stretch {
    bool open;
    size_t edit;           /* own edit that it began at */
    uint32_t own, sibling; /* where it begins */
    uint32_t end;          /* of it, in the own text, so far */
    uint32_t gain;         /* what the own copies do not tell of it */
};

/* The edits of a text and of its sibling, side by side. */
struct sharing {
    struct ks_copies *out;
    const struct ks_copies *copies;
    size_t copied; /* own copies before this are done with */
    const struct ks_edits *own, *sibling;
    struct stretch stretch;
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* How many bytes are the same from `a` and `b` on. */
static uint32_t same_on(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t at = 0;

    while (most - at >= WORD && memcmp(a + at, b + at, WORD) == 0)
        at += WORD;
    while (at < most && a[at] == b[at])
        at++;
    return at;
}

/* How many bytes are the same in front of `a` and `b`. */
static uint32_t same_back(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t count = 0;

    while (most - count >= WORD &&
           memcmp(a - count - WORD, b - count - WORD, WORD) == 0)
        count += WORD;
    while (count < most && *(a - count - 1) == *(b - count - 1))
        count++;
    return count;
}

/* Adds a copy, in order, as struct ks_blob wants them. */
static bool add(struct ks_copies *out, struct ks_copy copy)
{
    uint32_t over = 0;

    if (copy.len == 0)
        return true;
    while (out->len > 0) {
        const struct ks_copy *last = &out->items[out->len - 1];
        uint32_t done = last->to + last->len;

        if (copy.to + copy.len <= done)
            return true;
        over = done > copy.to ? done - copy.to : 0;
        if (last->to < copy.to)
            break;
        out->len--;
        over = 0;
    }
    if (over < KS_COPY_OVERLAP) {
        copy.to += over;
        copy.from += over;
        copy.len -= over;
    }
    return KS_VEC_PUSH(out, copy);
}

/* Adds the own copies before number `to`. */
static bool add_own(struct sharing *s, size_t to)
{
    bool memory = true;

    for (; s->copied < to && memory; s->copied++)
        memory = add(s->out, s->copies->items[s->copied]);
    return memory;
}

/* Length of what is copied in front of an edit. */
static uint32_t copied_before(const struct ks_edits *edits, size_t i)
{
    const struct ks_edit *edit = &edits->list.items[i];

    return i == 0 ? 0 : edit->at - (edit[-1].at + edit[-1].len);
}

static uint32_t copied_behind(const struct ks_edits *edits, size_t i)
{
    return i + 1 == edits->list.len ? 0 : copied_before(edits, i + 1);
}

/* Begins a stretch `before` bytes before these places in both texts. */
static void begin(struct sharing *s, size_t i, uint32_t own, uint32_t sibling,
                  uint32_t before)
{
    s->stretch = (struct stretch){.open = true,
                                  .edit = i,
                                  .own = own - before,
                                  .sibling = sibling - before,
                                  .end = own};
}

/* Ends the stretch, if there is one, before own copy number `i`. */
static bool finish(struct sharing *s, size_t i)
{
    struct stretch stretch = s->stretch;

    s->stretch.open = false;
    if (!stretch.open || stretch.gain < LEAST_GAIN)
        return true;
    if (!add_own(s, stretch.edit))
        return false;
    s->copied = i;
    return add(s->out, (struct ks_copy){.to = stretch.own,
                                        .from = stretch.sibling,
                                        .len = stretch.end - stretch.own,
                                        .source = KS_COPY_SIBLING});
}

/* Goes on over what both copy behind edits that end alike. */
static bool go_on_behind(struct sharing *s, size_t i, size_t j)
{
    uint32_t own = copied_behind(s->own, i);
    uint32_t sibling = copied_behind(s->sibling, j);

    s->stretch.end += least(own, sibling);
    return own == sibling || finish(s, i);
}

/* Whether it says that the text begins as the base does. */
static bool no_edit(const struct ks_edit *edit)
{
    return edit->len == 0 && edit->left == no_copy && edit->right == 0;
}

/* Takes two edits that begin or end at one place of the base. */
static bool take_pair(struct sharing *s, size_t i, size_t j)
{
    const struct ks_edit *a = &s->own->list.items[i];
    const struct ks_edit *b = &s->sibling->list.items[j];
    const uint8_t *own = s->own->bytes.ptr + a->bytes;
    const uint8_t *sibling = s->sibling->bytes.ptr + b->bytes;
    uint32_t most = least(a->len, b->len), same = 0;

    if (a->left == b->left) {
        if (!s->stretch.open)
            begin(
                s, i, a->at, b->at,
                least(copied_before(s->own, i), copied_before(s->sibling, j)));
        same = same_on(own, sibling, most);
        s->stretch.end += same;
        s->stretch.gain += same;
        if (a->right == b->right && a->len == b->len && same == a->len) {
            s->stretch.gain += no_edit(a) ? 0 : LEAST_GAIN;
            return go_on_behind(s, i, j);
        }
    }
    if (!finish(s, i))
        return false;
    if (a->right != b->right)
        return true;
    same = same_back(own + a->len, sibling + b->len, most);
    begin(s, i, a->at + a->len, b->at + b->len, same);
    s->stretch.gain = same;
    return go_on_behind(s, i, j);
}

/* Before, in the base. */
static bool comes_before(const struct ks_edit *a, const struct ks_edit *b)
{
    return a->left + 1 < b->left + 1; /* the one at the start is 0 */
}

enum ks_rc ks_edits_share(struct ks_copies *out, const struct ks_copies *copies,
                          const struct ks_edits *own,
                          const struct ks_edits *sibling, struct ks_err *err)
{
    struct sharing s = {
        .out = out, .copies = copies, .own = own, .sibling = sibling};
    size_t i = 0, j = 0;
    bool memory = true;

    out->len = 0;
    while (i < own->list.len && j < sibling->list.len && memory) {
        const struct ks_edit *a = &own->list.items[i];
        const struct ks_edit *b = &sibling->list.items[j];

        if (a->left == b->left || a->right == b->right) {
            memory = take_pair(&s, i++, j++);
        } else {
            memory = finish(&s, i);
            i += !comes_before(b, a);
            j += !comes_before(a, b);
        }
    }
    if (memory)
        memory = finish(&s, i) && add_own(&s, copies->len);
    return memory ? KS_OK : ks_fail_memory(err);
}
