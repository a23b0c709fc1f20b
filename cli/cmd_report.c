/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_report.c: keysweep report FILE|-: a JSON report in another format. */
#include "base/file.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/session.h"
#include "report/read.h"

#include <string.h>

/* Larger ones are no reports. */
static const size_t largest = (size_t)4 << 30;

static const struct ks_option own[] = {
    {'f', "format", KS_OPTION_TEXT, "FORMAT",
     "text, json, jsonl, sarif, gitlab, gitleaks, junit, csv",
     KS_FIELD(format)},
    {'o', "output", KS_OPTION_TEXT, "FILE",
     "write the report there, whole or not at all", KS_FIELD(output)},
    {0, "explain", KS_OPTION_FLAG, NULL, "say why each finding is one",
     KS_FIELD(explain)},
    {0, "no-color", KS_OPTION_FLAG, NULL, "no colours on a terminal",
     KS_FIELD(no_color)},
};

static enum ks_rc convert(struct ks_session *s, struct ks_span text,
                          const char *name, struct ks_err *err)
{
    struct ks_report_style style = {.redaction = s->redaction,
                                    .explain = s->args->explain};
    struct ks_report_file *file;
    enum ks_rc rc = ks_report_read(&file, text, name, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_output_report(ks_report_file_report(file), s->format, &style,
                          s->args, err);
    ks_report_file_free(file);
    return rc;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    const char *path =
        args->operands.len == 1 ? args->operands.items[0] : NULL;
    struct ks_session session;
    struct ks_buf text;
    enum ks_rc rc;

    (void)command;
    if (path == NULL) {
        (void)ks_fail(err, KS_EINVAL, "give one report in the json or jsonl "
                                      "format, or '-'");
        return KS_EXIT_ERROR;
    }
    ks_buf_init(&text, largest);
    rc = ks_session_open(&session, args, err);
    if (rc == KS_OK)
        rc = ks_file_read(&text,
                          strcmp(path, "-") == 0 ? "/dev/stdin" : path, err);
    if (rc == KS_OK)
        rc = convert(&session, ks_buf_span(&text), path, err);
    ks_buf_wipe(&text);
    ks_session_close(&session);
    return rc == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

const struct ks_command ks_cmd_report = {
    .name = "report",
    .operands = "FILE|-",
    .summary = "convert a JSON report to another format",
    .about = "Writes a report that was made with --format json or jsonl in "
             "another format.\nRedacted secrets stay redacted. The exit code "
             "is 0 if that worked, whatever\nthe report says.",
    .example = "keysweep report --format=sarif --output=leaks.sarif leaks.json",
    .options = {KS_OPTIONS(own), {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
