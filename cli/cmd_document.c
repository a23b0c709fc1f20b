/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_document.c: what the build installs beside the program. */
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/session.h"

#include <string.h>

enum { TEXT_CAP = 4 << 20 };

static const struct {
    const char *name;
    enum ks_rc (*make)(struct ks_buf *out);
} documents[] = {
    {"man", ks_help_man},
    {"bash", ks_help_bash},
    {"zsh", ks_help_zsh},
    {"fish", ks_help_fish},
};

static enum ks_rc print(const char *name, struct ks_err *err)
{
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
        struct ks_buf text;
        enum ks_rc rc;

        if (strcmp(documents[i].name, name) != 0)
            continue;
        ks_buf_init(&text, TEXT_CAP);
        rc = documents[i].make(&text);
        rc = rc == KS_OK ? ks_output_text(ks_buf_span(&text), err)
                         : ks_fail_memory(err);
        ks_buf_release(&text);
        return rc;
    }
    return ks_fail(err, KS_EINVAL, "man, bash, zsh or fish, not '%s'", name);
}

/* Writes the compiled prefilter of the built-in rules into a directory. */
static enum ks_rc ship(const struct ks_args *args, const char *directory,
                       struct ks_err *err)
{
    struct ks_session session;
    enum ks_rc rc = ks_session_open(&session, args, err);

    if (rc == KS_OK)
        rc = ks_session_configure(&session, NULL, KS_TRUST_NEVER, err);
    if (rc == KS_OK)
        rc = ks_prefilter_ship(ks_matcher_triggers(session.matcher), directory,
                               err);
    ks_session_close(&session);
    return rc;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    const struct ks_words *words = &args->operands;
    enum ks_rc rc;

    (void)command;
    if (words->len == 2 && strcmp(words->items[0], "database") == 0)
        rc = ship(args, words->items[1], err);
    else if (words->len == 1)
        rc = print(words->items[0], err);
    else
        rc = ks_fail(err, KS_EINVAL, "document man|bash|zsh|fish|database DIR");
    return rc == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

const struct ks_command ks_cmd_document = {
    .name = "document",
    .operands = "man|bash|zsh|fish|database DIR",
    .summary = "man page, completions, compiled rules",
    .about = "Prints what is installed beside the program.",
    .example = "keysweep document man > keysweep.1",
    .options = {{ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
    .hidden = true,
};
