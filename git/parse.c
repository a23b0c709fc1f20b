/* SPDX-License-Identifier: Apache-2.0 */
/* What commits, tags and trees say: git's own object formats. */
#include "base/hash.h"
#include "git/object.h"

#include <string.h>

/* Takes one line off `text`, without its LF; false if there is none. */
static bool take_line(struct ks_span *line, struct ks_span *text)
{
    const uint8_t *end;

    if (text->len == 0)
        return false;
    end = memchr(text->ptr, '\n', text->len);
    if (end == NULL)
        return false;
    *line = (struct ks_span){text->ptr, (size_t)(end - text->ptr)};
    *text = ks_span_slice(*text, line->len + 1, text->len);
    return true;
}

/* Whether the line begins with the word and a blank; what follows it. */
static bool field(struct ks_span *value, struct ks_span line, const char *word)
{
    size_t len = strlen(word);

    if (line.len < len + 1 || memcmp(line.ptr, word, len) != 0 ||
        line.ptr[len] != ' ')
        return false;
    *value = ks_span_slice(line, len + 1, line.len);
    return true;
}

static bool read_oid(struct ks_oid *out, struct ks_span hex, size_t oid_len)
{
    uint8_t bytes[KS_OID_MAX];

    if (hex.len != 2 * oid_len ||
        !ks_unhex(bytes, oid_len, (const char *)hex.ptr))
        return false;
    *out = ks_oid_from(bytes, oid_len);
    return true;
}

/* "name <email> seconds zone", from the right as git reads it. */
struct ks_person ks_person_parse(struct ks_span line)
{
    struct ks_person person = {0};
    const uint8_t *open, *close;
    size_t at;
    bool minus = false;
    int zone = 0;

    if (line.len == 0)
        return person;
    open = memchr(line.ptr, '<', line.len);
    if (open == NULL)
        return (struct ks_person){.name = line};
    person.name = ks_span_slice(line, 0, (size_t)(open - line.ptr));
    while (person.name.len > 0 && person.name.ptr[person.name.len - 1] == ' ')
        person.name.len--;
    close = memrchr(line.ptr, '>', line.len);
    if (close == NULL || close < open)
        return person;
    person.email = (struct ks_span){open + 1, (size_t)(close - open - 1)};
    at = (size_t)(close - line.ptr) + 1;
    while (at < line.len && line.ptr[at] == ' ')
        at++;
    while (at < line.len && line.ptr[at] >= '0' && line.ptr[at] <= '9' &&
           person.time < INT64_MAX / 10 - 10)
        person.time = person.time * 10 + (line.ptr[at++] - '0');
    while (at < line.len && line.ptr[at] == ' ')
        at++;
    if (at < line.len && (line.ptr[at] == '-' || line.ptr[at] == '+'))
        minus = line.ptr[at++] == '-';
    for (int i = 0;
         i < 4 && at < line.len && line.ptr[at] >= '0' && line.ptr[at] <= '9';
         i++)
        zone = zone * 10 + (line.ptr[at++] - '0');
    zone = zone / 100 * 60 + zone % 100;
    person.offset = minus ? -zone : zone;
    return person;
}

bool ks_commit_parse(struct ks_commit_view *out, struct ks_span bytes,
                     size_t oid_len)
{
    struct ks_commit_view view = {0};
    struct ks_span line, value, start;

    if (!take_line(&line, &bytes) || !field(&value, line, "tree") ||
        !read_oid(&view.tree, value, oid_len))
        return false;
    start = bytes;
    while (take_line(&line, &bytes) && line.len > 0) {
        if (field(&value, line, "parent") && view.author.ptr == NULL)
            view.parents =
                (struct ks_span){start.ptr, (size_t)(bytes.ptr - start.ptr)};
        else if (field(&value, line, "author"))
            view.author = value;
        else if (field(&value, line, "committer"))
            view.time = ks_person_parse(value).time;
    }
    view.message = bytes;
    *out = view;
    return true;
}

bool ks_commit_next_parent(struct ks_oid *out, struct ks_span *parents,
                           size_t oid_len)
{
    struct ks_span line, value;

    return take_line(&line, parents) && field(&value, line, "parent") &&
           read_oid(out, value, oid_len);
}

static enum ks_object_type type_of(struct ks_span word)
{
    static const char *const words[] = {
        [KS_OBJECT_COMMIT] = "commit",
        [KS_OBJECT_TREE] = "tree",
        [KS_OBJECT_BLOB] = "blob",
        [KS_OBJECT_TAG] = "tag",
    };

    for (size_t i = KS_OBJECT_COMMIT; i <= KS_OBJECT_TAG; i++)
        if (ks_span_equal(word, ks_span_str(words[i])))
            return (enum ks_object_type)i;
    return KS_OBJECT_NONE;
}

bool ks_tag_parse(struct ks_tag_view *out, struct ks_span bytes, size_t oid_len)
{
    struct ks_tag_view view = {0};
    struct ks_span line, value;

    if (!take_line(&line, &bytes) || !field(&value, line, "object") ||
        !read_oid(&view.target, value, oid_len))
        return false;
    if (!take_line(&line, &bytes) || !field(&value, line, "type"))
        return false;
    view.type = type_of(value);
    if (view.type == KS_OBJECT_NONE)
        return false;
    while (take_line(&line, &bytes) && line.len > 0)
        if (field(&value, line, "tagger"))
            view.tagger = value;
    view.message = bytes;
    *out = view;
    return true;
}

int ks_tree_next(struct ks_tree_entry *out, struct ks_span *tree,
                 size_t oid_len)
{
    unsigned mode = 0;
    size_t at = 0;
    const uint8_t *end;

    if (tree->len == 0)
        return 0;
    while (at < tree->len && tree->ptr[at] >= '0' && tree->ptr[at] <= '7' &&
           at < 7)
        mode = mode * 8 + (unsigned)(tree->ptr[at++] - '0');
    if (at == 0 || at == tree->len || tree->ptr[at] != ' ')
        return -1;
    at++;
    end = memchr(tree->ptr + at, '\0', tree->len - at);
    if (end == NULL || (size_t)(tree->ptr + tree->len - end) < oid_len + 1)
        return -1;
    out->name =
        (struct ks_span){tree->ptr + at, (size_t)(end - tree->ptr) - at};
    out->oid = end + 1;
    out->kind = ks_entry_kind(mode);
    *tree = ks_span_slice(*tree, (size_t)(end - tree->ptr) + 1 + oid_len,
                          tree->len);
    return 1;
}
