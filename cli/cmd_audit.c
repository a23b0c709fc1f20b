/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_audit.c: keysweep audit verify [FILE] */
#include "base/file.h"
#include "base/plural.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/revoke_step.h"
#include "cli/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_CAP = 4096 };

static const struct ks_option own[] = {
    {0, "revocation", KS_OPTION_TEXT, "FILE",
     "configuration: where the log is and how long it must be",
     KS_FIELD(revocation)},
    {0, "key", KS_OPTION_TEXT, "FILE",
     "public key (whpk_...) that must have signed the checkpoints",
     KS_FIELD(key)},
    {0, "head", KS_OPTION_TEXT, "N:HASH", "last line as it was noted elsewhere",
     KS_FIELD(head)},
};

static enum ks_rc read_key(struct ks_sign_key *out, const char *path,
                           struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, KEY_CAP);
    rc = ks_file_read(&text, path, err);
    if (rc == KS_OK)
        rc = ks_sign_key_parse(out, ks_buf_span(&text), err);
    if (rc == KS_OK && out->kind == KS_SIGN_HMAC)
        rc = ks_fail(err, KS_EINVAL, "%s: not an ed25519 key", path);
    ks_buf_wipe(&text);
    return rc;
}

static enum ks_rc read_head(struct ks_audit_head *out, const char *text,
                            struct ks_err *err)
{
    char *end = NULL;
    long long seq = strtoll(text, &end, 10);

    if (seq <= 0 || *end != ':' || strlen(end + 1) != KS_SHA256_HEX - 1)
        return ks_fail(err, KS_EINVAL,
                       "--head takes a line's number and hash, as N:HASH");
    out->seq = seq;
    (void)snprintf(out->hash, sizeof(out->hash), "%s", end + 1);
    return KS_OK;
}

/* With a configuration the spool tells where the log must end. */
static enum ks_rc ask_spool(struct ks_audit_head *head,
                            const struct ks_revoke_config *config,
                            struct ks_err *err)
{
    struct ks_spool *spool = NULL;
    enum ks_rc rc;

    if (config->spool == NULL)
        return KS_OK;
    rc = ks_spool_open(&spool, config, err);
    if (rc == KS_OK)
        rc = ks_spool_audit_head(head, spool, err);
    ks_spool_close(spool);
    return rc;
}

static enum ks_rc gather(struct ks_audit_expect *expect,
                         struct ks_sign_key *key, const char **path,
                         const struct ks_revoke_config *config,
                         const struct ks_args *args, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    if (args->operands.len > 1)
        *path = args->operands.items[1];
    else if (config != NULL)
        *path = config->audit_log;
    if (*path == NULL)
        return ks_fail(err, KS_EINVAL,
                       "audit verify needs a file, or --revocation");
    if (config != NULL)
        rc = ask_spool(&expect->head, config, err);
    if (rc == KS_OK && args->head != NULL)
        rc = read_head(&expect->head, args->head, err);
    if (rc == KS_OK && args->key != NULL) {
        rc = read_key(key, args->key, err);
        expect->key = key;
    }
    return rc;
}

static void print_result(const struct ks_audit_result *result,
                         const struct ks_audit_expect *expect)
{
    (void)printf("%" PRId64 " line%s in order, %" PRId64
                 " checkpoint%s, sealed "
                 "up to line %" PRId64 "\nhead %" PRId64 ":%s\n",
                 result->lines, ks_plural((uint64_t)result->lines),
                 result->checkpoints, ks_plural((uint64_t)result->checkpoints),
                 result->sealed, result->head.seq, result->head.hash);
    if (result->key[0] != '\0')
        (void)printf("signed with %s%s\n", result->key,
                     expect->key == NULL ? " (not checked: give --key)" : "");
    if (expect->head.seq == 0)
        (void)printf("whether the last lines are missing is not known: give "
                     "--revocation or --head\n");
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    struct ks_audit_expect expect = {0};
    struct ks_audit_result result = {0};
    struct ks_revoke_config *config = NULL;
    struct ks_sign_key key = {0};
    const char *path = NULL;
    enum ks_rc rc = KS_OK;

    (void)command;
    if (args->operands.len == 0 ||
        strcmp(args->operands.items[0], "verify") != 0) {
        (void)ks_fail(err, KS_EINVAL, "audit takes verify");
        return KS_EXIT_ERROR;
    }
    if (args->revocation != NULL)
        rc = ks_revoke_config_load(&config, args->revocation, err);
    if (rc == KS_OK)
        rc = gather(&expect, &key, &path, config, args, err);
    if (rc == KS_OK)
        rc = ks_audit_verify(&result, path, &expect, err);
    if (rc == KS_OK && !args->quiet)
        print_result(&result, &expect);
    ks_sign_key_wipe(&key);
    ks_revoke_config_free(config);
    if (rc == KS_EFORMAT) {
        ks_say("", err->text);
        return KS_EXIT_FINDINGS;
    }
    return rc == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

const struct ks_command ks_cmd_audit = {
    .name = "audit",
    .operands = "verify [FILE]",
    .summary = "check that an audit log is whole and unchanged",
    .about =
        "verify reads the log of revocations and names the first line that "
        "was changed,\ndropped, moved or cut. Exit code 1: the log does "
        "not hold.",
    .example = "keysweep audit verify --key=audit.pub audit.jsonl",
    .options = {KS_OPTIONS(own), {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
