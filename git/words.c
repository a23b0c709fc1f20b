/* SPDX-License-Identifier: Apache-2.0 */
#include "git/words.h"

static struct ks_span subject_of(struct ks_span message)
{
    while (message.len > 0 && message.ptr[0] == '\n')
        message = ks_span_slice(message, 1, message.len);
    return ks_span_line_at(message, 0);
}

static enum ks_rc keep(struct ks_git_words *out, struct ks_arena *arena,
                       struct ks_span who, struct ks_span message,
                       struct ks_err *err)
{
    struct ks_person person = ks_person_parse(who);
    struct ks_git_words words = {
        .name = ks_arena_text(arena, person.name),
        .email = ks_arena_text(arena, person.email),
        .subject = ks_arena_text(arena, subject_of(message)),
        .time = person.time,
        .offset = person.offset,
        .known = true,
    };

    if (words.name == NULL || words.email == NULL || words.subject == NULL)
        return ks_fail_memory(err);
    *out = words;
    return KS_OK;
}

enum ks_rc ks_git_words_read(struct ks_git_words *out, struct ks_arena *arena,
                             struct ks_objects *objects,
                             const struct ks_oid *oid, struct ks_err *err)
{
    struct ks_span who = {0}, message = {0};
    struct ks_object object;
    struct ks_commit_view commit;
    struct ks_tag_view tag;
    enum ks_rc rc = ks_objects_read(&object, objects, oid, err);

    if (rc == KS_ENOMEM)
        return rc;
    if (rc != KS_OK)
        object = (struct ks_object){.type = KS_OBJECT_NONE};
    if (object.type == KS_OBJECT_COMMIT &&
        ks_commit_parse(&commit, object.bytes, oid->len)) {
        who = commit.author;
        message = commit.message;
    } else if (object.type == KS_OBJECT_TAG &&
               ks_tag_parse(&tag, object.bytes, oid->len)) {
        who = tag.tagger;
        message = tag.message;
    }
    rc = keep(out, arena, who, message, err);
    ks_object_release(&object);
    return rc;
}
