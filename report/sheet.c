/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sheet.h"

#include "base/blob.h"
#include "report/utf8.h"

#include <stdio.h>
#include <time.h>

/* A text of the longest size still fits when every byte becomes \xNN. */
enum {
    LONGEST_TEXT = 128 * 1024,
    LONGEST_PART = LONGEST_TEXT / 2 - 1,
    BUFFER = 8 * LONGEST_TEXT,
    SHORT_OID = 10,
};

void ks_sheet_init(struct ks_sheet *sheet, const struct ks_report *report,
                   const struct ks_report_style *style,
                   const struct ks_report_out *out, struct ks_err *err)
{
    sheet->report = report;
    sheet->style = style;
    ks_pen_init(&sheet->pen, out, err);
    ks_buf_init(&sheet->clean, BUFFER);
    ks_buf_init(&sheet->work, BUFFER);
    ks_pen_fail(&sheet->pen,
                ks_mask_init(&sheet->mask, report, &style->redaction));
}

enum ks_rc ks_sheet_finish(struct ks_sheet *sheet)
{
    ks_mask_release(&sheet->mask);
    ks_buf_wipe(&sheet->clean);
    ks_buf_wipe(&sheet->work);
    return ks_pen_finish(&sheet->pen);
}

/* Masks into `clean`; what is longer than LONGEST_TEXT is cut. */
static struct ks_span clean(struct ks_sheet *sheet, struct ks_span text)
{
    ks_buf_clear(&sheet->clean);
    ks_pen_fail(&sheet->pen, ks_mask_apply(&sheet->clean, &sheet->mask,
                                           ks_span_slice(text, 0, LONGEST_TEXT),
                                           sheet->style->redaction));
    return ks_buf_span(&sheet->clean);
}

static struct ks_span shown(struct ks_sheet *sheet, struct ks_span text)
{
    ks_buf_clear(&sheet->work);
    ks_pen_fail(&sheet->pen, ks_utf8_shown(&sheet->work, text));
    return ks_buf_span(&sheet->work);
}

struct ks_span ks_sheet_clean(struct ks_sheet *sheet, const char *text)
{
    return clean(sheet, ks_span_str(text == NULL ? "" : text));
}

struct ks_span ks_sheet_shown(struct ks_sheet *sheet, const char *text)
{
    return shown(sheet, ks_sheet_clean(sheet, text));
}

struct ks_span ks_sheet_secret(struct ks_sheet *sheet,
                               const struct ks_finding *finding)
{
    ks_buf_clear(&sheet->clean);
    ks_pen_fail(&sheet->pen, ks_secret_redact(&sheet->clean, finding->secret,
                                              sheet->style->redaction));
    return ks_buf_span(&sheet->clean);
}

static enum ks_rc add_message_place(struct ks_buf *out,
                                    const struct ks_location *location)
{
    const struct ks_oid *oid =
        location->commit != NULL ? &location->commit->oid : &location->blob;
    char hex[KS_OID_HEX];

    ks_oid_hex(hex, oid);
    return ks_buf_printf(out, "(message of %s %.*s)",
                         location->kind == KS_BLOB_TAG_MESSAGE ? "tag"
                                                               : "commit",
                         SHORT_OID, hex);
}

/* A git blob of which no path is known. */
static enum ks_rc add_blob_place(struct ks_buf *out,
                                 const struct ks_location *location)
{
    char hex[KS_OID_HEX];

    ks_oid_hex(hex, &location->blob);
    return ks_buf_printf(out, "(%s %.*s)",
                         location->unreachable ? "unreachable object"
                                               : "object",
                         SHORT_OID, hex);
}

static enum ks_rc add_part(struct ks_buf *out, const char *text)
{
    return ks_buf_add(out, ks_span_slice(ks_span_str(text), 0, LONGEST_PART));
}

static enum ks_rc add_place(struct ks_buf *out,
                            const struct ks_location *location)
{
    enum ks_rc rc;

    if (location->kind == KS_BLOB_COMMIT_MESSAGE ||
        location->kind == KS_BLOB_TAG_MESSAGE)
        return add_message_place(out, location);
    if (location->path == NULL && location->blob.len > 0)
        rc = add_blob_place(out, location);
    else
        rc = add_part(out, location->path != NULL ? location->path
                                                  : "(standard input)");
    if (rc == KS_OK && location->archive != NULL)
        rc = ks_buf_add_byte(out, '!');
    if (rc == KS_OK && location->archive != NULL)
        rc = add_part(out, location->archive);
    return rc;
}

struct ks_span ks_sheet_place(struct ks_sheet *sheet,
                              const struct ks_location *location)
{
    ks_buf_clear(&sheet->work);
    ks_pen_fail(&sheet->pen, add_place(&sheet->work, location));
    return clean(sheet, ks_buf_span(&sheet->work));
}

struct ks_span ks_sheet_place_shown(struct ks_sheet *sheet,
                                    const struct ks_location *location)
{
    return shown(sheet, ks_sheet_place(sheet, location));
}

size_t ks_report_places(const struct ks_report *report)
{
    size_t count = 0;

    for (size_t i = 0; i < report->finding_count; i++)
        count += report->findings[i].location_count;
    return count;
}

const char *ks_location_kind_name(const struct ks_location *location)
{
    switch ((enum ks_blob_kind)location->kind) {
    case KS_BLOB_FILE:
        return "file";
    case KS_BLOB_STDIN:
        return "stdin";
    case KS_BLOB_LINK_TARGET:
        return "link-target";
    case KS_BLOB_GIT_BLOB:
        return "git-blob";
    case KS_BLOB_COMMIT_MESSAGE:
        return "commit-message";
    case KS_BLOB_TAG_MESSAGE:
        return "tag-message";
    case KS_BLOB_PATH_NAME:
        return "path-name";
    }
    return "file";
}

static size_t date(char out[KS_DATE], int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&time, &parts) == NULL || parts.tm_year < -1900 ||
        parts.tm_year > 9999 - 1900) {
        time = 0;
        (void)gmtime_r(&time, &parts);
    }
    return strftime(out, KS_DATE, "%Y-%m-%dT%H:%M:%S", &parts);
}

void ks_date_utc(char out[KS_DATE], int64_t time)
{
    size_t len = date(out, time);

    (void)snprintf(out + len, KS_DATE - len, "Z");
}

void ks_date_local(char out[KS_DATE], int64_t time, int offset)
{
    int minutes = offset < 0 ? -offset : offset;
    size_t len;

    if (minutes >= 24 * 60)
        offset = minutes = 0;
    len = date(out, time + (int64_t)offset * 60);
    (void)snprintf(out + len, KS_DATE - len, "%c%02d:%02d",
                   offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
