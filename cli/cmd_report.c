/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_report.c: keysweep report FILE: a JSON report in another format. */
#include "cli/baseline.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "report/read.h"

static const struct ks_option own[] = {
    {'f', "format", KS_OPTION_TEXT, "FORMAT",
     "text, json, jsonl, sarif, gitlab, gitleaks, junit, csv",
     KS_FIELD(format)},
    {'o', "output", KS_OPTION_TEXT, "FILE",
     "write it there, whole or not at all; mode kept, new files 0600",
     KS_FIELD(output)},
    {0, "explain", KS_OPTION_FLAG, NULL, "say why each finding is one",
     KS_FIELD(explain)},
    {0, "no-color", KS_OPTION_FLAG, NULL, "no colours on a terminal",
     KS_FIELD(no_color)},
};

static enum ks_rc convert(int *status, const struct ks_args *args,
                          const struct ks_report_format *format,
                          struct ks_err *err)
{
    const char *name = args->operands.items[0];
    struct ks_report_style style = {.explain = args->explain};
    struct ks_report_file *file = NULL;
    struct ks_buf text;
    enum ks_rc rc = ks_report_file_text(&text, name, err);

    if (rc == KS_OK)
        rc = ks_report_read(&file, ks_buf_span(&text), name, err);
    ks_buf_release(&text);
    if (rc == KS_OK) {
        const struct ks_report *report = ks_report_file_report(file);

        *status = report->finding_count > 0                ? KS_EXIT_FINDINGS
                  : ks_coverage_complete(report->coverage) ? KS_EXIT_CLEAN
                                                           : KS_EXIT_INCOMPLETE;
        rc = ks_output_report(report, format, &style, args, err);
    }
    ks_report_file_free(file);
    return rc;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    const char *name = args->format == NULL ? "text" : args->format;
    const struct ks_report_format *format = ks_report_format_find(name);
    int status = KS_EXIT_ERROR;

    (void)command;
    if (args->operands.len != 1)
        (void)ks_fail(err, KS_EINVAL,
                      "give one report, as --format=json or jsonl wrote it");
    else if (format == NULL)
        (void)ks_fail(err, KS_EINVAL,
                      "there is no format '%s' (text, json, jsonl, sarif, "
                      "gitlab, gitleaks, junit, csv)",
                      name);
    else if (convert(&status, args, format, err) != KS_OK)
        status = KS_EXIT_ERROR;
    return status;
}

const struct ks_command ks_cmd_report = {
    .name = "report",
    .operands = "FILE",
    .summary = "convert a JSON report to another format",
    .about =
        "Reads a report that --format=json or jsonl wrote ('-' is standard "
        "input) and writes\nit in another format. The exit code is that of "
        "the scan.",
    .example = "keysweep report --format=sarif --output=leaks.sarif leaks.json",
    .options = {KS_OPTIONS(own), {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
