/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For people: grouped by secret, the gravest first, with what to do next, and
 * at the end what was not scanned.
 */
#include "base/blob.h"
#include "base/plural.h"
#include "report/formats.h"
#include "report/sheet.h"

#include <stdio.h>
#include <string.h>

enum { PLACES_SHOWN = 10, SHORT_OID = 10, SHORT_DATE = 10 };

enum paint { PLAIN, BOLD, DIM, RED, YELLOW, CYAN };

static const char *const codes[] = {
    [PLAIN] = "\033[0m",  [BOLD] = "\033[1m",    [DIM] = "\033[2m",
    [RED] = "\033[1;31m", [YELLOW] = "\033[33m", [CYAN] = "\033[36m",
};

static const enum paint severity_paint[] = {
    [KS_SEVERITY_LOW] = CYAN,
    [KS_SEVERITY_MEDIUM] = YELLOW,
    [KS_SEVERITY_HIGH] = RED,
    [KS_SEVERITY_CRITICAL] = RED,
};

static void paint(struct ks_sheet *sheet, enum paint how)
{
    if (sheet->style->color)
        ks_pen_str(&sheet->pen, codes[how]);
}

static void painted(struct ks_sheet *sheet, enum paint how, const char *text)
{
    paint(sheet, how);
    ks_pen_str(&sheet->pen, text);
    paint(sheet, PLAIN);
}

static void shown(struct ks_sheet *sheet, const char *text)
{
    ks_pen_bytes(&sheet->pen, ks_sheet_shown(sheet, text));
}

/* The label column of a finding's lines. */
static void label(struct ks_sheet *sheet, const char *name)
{
    ks_pen_printf(&sheet->pen, "  %-10s", name);
}

static void headline(struct ks_sheet *sheet, const struct ks_finding *finding)
{
    painted(sheet, severity_paint[finding->severity],
            ks_severity_name(finding->severity));
    ks_pen_str(&sheet->pen, "  ");
    paint(sheet, BOLD);
    shown(sheet, finding->rule->name);
    paint(sheet, PLAIN);
    ks_pen_printf(&sheet->pen, "  (%s)\n", finding->rule->id);
}

static void secret_line(struct ks_sheet *sheet,
                        const struct ks_finding *finding)
{
    label(sheet, "secret");
    ks_pen_bytes(&sheet->pen, ks_sheet_secret(sheet, finding));
    if (finding->proof != KS_PROOF_NONE)
        ks_pen_printf(&sheet->pen, "  proven by %s",
                      ks_proof_name(finding->proof));
    ks_pen_printf(&sheet->pen, "  confidence %u.%02u",
                  finding->confidence / 1000, finding->confidence % 1000 / 10);
    for (size_t i = 0; i < finding->fact_count; i++) {
        ks_pen_printf(&sheet->pen, "  %s ", finding->facts[i].name);
        shown(sheet, finding->facts[i].value);
    }
    ks_pen_byte(&sheet->pen, '\n');
}

static void part_lines(struct ks_sheet *sheet, const struct ks_finding *finding)
{
    for (size_t i = 0; i < finding->part_count; i++) {
        const struct ks_finding *part = finding->parts[i];

        if (part == NULL)
            continue;
        label(sheet, "with");
        shown(sheet, part->rule->name);
        ks_pen_byte(&sheet->pen, ' ');
        ks_pen_bytes(&sheet->pen, ks_sheet_secret(sheet, part));
        ks_pen_byte(&sheet->pen, '\n');
    }
}

static void commit_line(struct ks_sheet *sheet, const struct ks_commit *commit)
{
    char hex[KS_OID_HEX], date[KS_DATE];

    ks_oid_hex(hex, &commit->oid);
    ks_date_local(date, commit->time, commit->offset);
    ks_pen_printf(&sheet->pen, "    %.*s %.*s ", SHORT_OID, hex, SHORT_DATE,
                  date);
    shown(sheet, commit->author.name);
    ks_pen_str(&sheet->pen, " <");
    shown(sheet, commit->author.email);
    ks_pen_str(&sheet->pen, "> ");
    paint(sheet, DIM);
    shown(sheet, commit->message);
    paint(sheet, PLAIN);
    ks_pen_byte(&sheet->pen, '\n');
}

static void place_line(struct ks_sheet *sheet,
                       const struct ks_location *location)
{
    ks_pen_str(&sheet->pen, "  ");
    paint(sheet, BOLD);
    ks_pen_bytes(&sheet->pen, ks_sheet_place_shown(sheet, location));
    paint(sheet, PLAIN);
    ks_pen_printf(&sheet->pen, ":%zu:%zu", location->start_line,
                  location->start_column);
    if (location->kind == KS_BLOB_PATH_NAME)
        ks_pen_str(&sheet->pen, "  (in the name)");
    if (location->kind == KS_BLOB_LINK_TARGET)
        ks_pen_str(&sheet->pen, "  (in the link's target)");
    if (location->decoded != NULL) {
        ks_pen_str(&sheet->pen, "  (decoded from ");
        shown(sheet, location->decoded);
        ks_pen_byte(&sheet->pen, ')');
    }
    ks_pen_byte(&sheet->pen, '\n');
}

static bool same_commit(const struct ks_commit *a, const struct ks_commit *b)
{
    return b != NULL && ks_oid_compare(&a->oid, &b->oid) == 0;
}

static void place_lines(struct ks_sheet *sheet,
                        const struct ks_finding *finding)
{
    size_t count = finding->location_count;
    const struct ks_commit *last = NULL;

    if (!sheet->style->explain && count > PLACES_SHOWN)
        count = PLACES_SHOWN;
    for (size_t i = 0; i < count; i++) {
        const struct ks_location *location = &finding->locations[i];

        place_line(sheet, location);
        if (location->commit != NULL && !same_commit(location->commit, last))
            commit_line(sheet, location->commit);
        last = location->commit;
    }
    if (count < finding->location_count)
        ks_pen_printf(&sheet->pen,
                      "  … and %zu more places (--format json lists all)\n",
                      finding->location_count - count);
}

static bool in_history(const struct ks_report *report)
{
    return report->kind == KS_SCAN_GIT;
}

/* What is known of where the secret is now. */
static const char *state_of(const struct ks_report *report,
                            const struct ks_finding *finding)
{
    size_t unreachable = 0, placed = 0;
    bool stopped =
        ks_coverage_skipped(report->coverage, KS_SKIP_INTERRUPTED)->count > 0;

    if (finding->present_at_tip)
        return "still there at the tip of a branch or tag\n";
    for (size_t i = 0; i < finding->location_count; i++) {
        unreachable += finding->locations[i].unreachable;
        placed += finding->locations[i].commit != NULL;
    }
    if (unreachable == finding->location_count)
        return "in no history: only objects that nothing leads to hold it\n";
    if (placed == 0 && stopped)
        return "not known: the scan ended before its commits were found\n";
    return "gone from every tip, but anyone can read it in history\n";
}

static void tip_line(struct ks_sheet *sheet, const struct ks_finding *finding)
{
    if (!in_history(sheet->report))
        return;
    label(sheet, "state");
    ks_pen_str(&sheet->pen, state_of(sheet->report, finding));
}

static void text_lines(struct ks_sheet *sheet, const char *name,
                       struct ks_texts texts)
{
    for (size_t i = 0; i < texts.len; i++) {
        label(sheet, i == 0 ? name : "");
        shown(sheet, texts.items[i]);
        ks_pen_byte(&sheet->pen, '\n');
    }
}

static void next_lines(struct ks_sheet *sheet, const struct ks_finding *finding)
{
    struct ks_texts steps = finding->rule->remediation;

    if (!sheet->style->explain && steps.len > 1)
        steps.len = 1;
    text_lines(sheet, "next", steps);
    label(sheet, "id");
    ks_pen_printf(&sheet->pen, "%s", finding->id);
    if (!sheet->style->explain)
        ks_pen_printf(&sheet->pen, "  more: keysweep explain %s",
                      finding->rule->id);
    ks_pen_byte(&sheet->pen, '\n');
}

static void finding_block(struct ks_sheet *sheet,
                          const struct ks_finding *finding)
{
    headline(sheet, finding);
    place_lines(sheet, finding);
    secret_line(sheet, finding);
    part_lines(sheet, finding);
    tip_line(sheet, finding);
    if (sheet->style->explain) {
        text_lines(sheet, "because", finding->reasons);
        text_lines(sheet, "see", finding->rule->references);
    }
    next_lines(sheet, finding);
    ks_pen_byte(&sheet->pen, '\n');
}

static void finding_blocks(struct ks_sheet *sheet, enum ks_severity severity)
{
    for (size_t i = 0; i < sheet->report->finding_count; i++)
        if (sheet->report->findings[i].severity == severity)
            finding_block(sheet, &sheet->report->findings[i]);
}

static void amount(struct ks_sheet *sheet, uint64_t bytes)
{
    static const char *const units[] = {"byte", "kB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 1000 && unit + 1 < sizeof(units) / sizeof(*units)) {
        value /= 1000;
        unit++;
    }
    ks_pen_printf(&sheet->pen, "%.*f %s%s", unit == 0 ? 0 : 1, value,
                  units[unit], unit == 0 ? ks_plural(bytes) : "");
}

static void scanned_line(struct ks_sheet *sheet)
{
    struct ks_amounts amounts = ks_coverage_amounts(sheet->report->coverage);

    ks_pen_printf(&sheet->pen, "Scanned %llu %s%s, ",
                  (unsigned long long)amounts.blobs,
                  in_history(sheet->report) ? "object" : "file",
                  ks_plural((size_t)amounts.blobs));
    amount(sheet, amounts.bytes);
    if (in_history(sheet->report))
        ks_pen_printf(&sheet->pen, ", in %llu commit%s",
                      (unsigned long long)amounts.commits,
                      ks_plural((size_t)amounts.commits));
    if (sheet->report->suppressed > 0)
        ks_pen_printf(&sheet->pen, "; %zu finding%s allowed",
                      sheet->report->suppressed,
                      ks_plural(sheet->report->suppressed));
    ks_pen_str(&sheet->pen, ".\n");
}

static void severity_counts(struct ks_sheet *sheet)
{
    size_t counts[KS_SEVERITY_CRITICAL + 1] = {0};
    const char *before = ": ";

    for (size_t i = 0; i < sheet->report->finding_count; i++)
        counts[sheet->report->findings[i].severity]++;
    for (size_t grade = KS_SEVERITY_CRITICAL + 1; grade-- > 0;) {
        if (counts[grade] == 0)
            continue;
        ks_pen_printf(&sheet->pen, "%s%zu %s", before, counts[grade],
                      ks_severity_name((enum ks_severity)grade));
        before = ", ";
    }
}

static void summary(struct ks_sheet *sheet)
{
    size_t findings = sheet->report->finding_count;
    size_t places = ks_report_places(sheet->report);

    scanned_line(sheet);
    paint(sheet, BOLD);
    if (findings == 0) {
        ks_pen_str(&sheet->pen, "No secrets found");
    } else {
        ks_pen_printf(&sheet->pen, "%zu secret%s in %zu place%s", findings,
                      ks_plural(findings), places, ks_plural(places));
        severity_counts(sheet);
    }
    ks_pen_str(&sheet->pen, ks_coverage_complete(sheet->report->coverage)
                                ? "."
                                : " in what could be scanned.");
    paint(sheet, PLAIN);
    ks_pen_byte(&sheet->pen, '\n');
}

static void skip_line(struct ks_sheet *sheet, enum ks_skip reason)
{
    const struct ks_skipped *skip =
        ks_coverage_skipped(sheet->report->coverage, reason);

    if (skip->count == 0)
        return;
    ks_pen_printf(&sheet->pen, "  %s: %llu\n", ks_skip_name(reason),
                  (unsigned long long)skip->count);
    for (size_t i = 0; i < KS_SKIP_EXAMPLES && skip->examples[i] != NULL; i++) {
        ks_pen_str(&sheet->pen, "    ");
        shown(sheet, skip->examples[i]);
        ks_pen_byte(&sheet->pen, '\n');
    }
    ks_pen_printf(&sheet->pen, "    to do: %s\n", ks_skip_advice(reason));
}

static void incomplete(struct ks_sheet *sheet)
{
    if (ks_coverage_complete(sheet->report->coverage))
        return;
    ks_pen_byte(&sheet->pen, '\n');
    painted(sheet, RED, "INCOMPLETE: not everything was scanned");
    ks_pen_byte(&sheet->pen, '\n');
    for (unsigned i = 0; i < KS_SKIP_COUNT; i++)
        skip_line(sheet, (enum ks_skip)i);
}

KS_REPORT_WRITER(ks_report_text)
{
    struct ks_sheet sheet;

    ks_sheet_init(&sheet, report, style, out, err);
    for (size_t grade = KS_SEVERITY_CRITICAL + 1; grade-- > 0;)
        finding_blocks(&sheet, (enum ks_severity)grade);
    if (!style->quiet)
        summary(&sheet);
    incomplete(&sheet);
    return ks_sheet_finish(&sheet);
}
