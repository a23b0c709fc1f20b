/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats.h"

#include <string.h>

static const struct ks_report_format formats[] = {
    {"text", "for people: grouped by secret", ".txt", ks_report_text},
    {"json", "everything, as keysweep.report/1", ".json", ks_report_json},
    {"jsonl", "the same, one finding a line", ".jsonl", ks_report_jsonl},
    {"sarif", "SARIF 2.1.0, for code scanning", ".sarif", ks_report_sarif},
    {"gitlab", "GitLab secret detection 15.1", ".json", ks_report_gitlab},
    {"gitleaks", "JSON as gitleaks writes it", ".json", ks_report_gitleaks},
    {"junit", "JUnit XML, one test case a secret", ".xml", ks_report_junit},
    {"csv", "RFC 4180, one place a row", ".csv", ks_report_csv},
};

const struct ks_report_format *ks_report_formats(size_t *count)
{
    *count = sizeof(formats) / sizeof(*formats);
    return formats;
}

const struct ks_report_format *ks_report_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}
