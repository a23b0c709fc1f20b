/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/problem.h"

#include "revoke/wire/json.h"

#include <cjson/cJSON.h>

enum { SHOWN = 200 };

static enum ks_rc add_plain(struct ks_buf *out, const char *text, size_t end)
{
    for (; text != NULL && *text != '\0' && out->len < end; text++) {
        char c = *text >= 0x20 && *text < 0x7f ? *text : '?';
        enum ks_rc rc = ks_buf_add_byte(out, (uint8_t)c);

        if (rc != KS_OK)
            return rc;
    }
    return KS_OK;
}

enum ks_rc ks_problem_read(struct ks_buf *out, struct ks_span body)
{
    size_t end = out->len + SHOWN;
    const char *title, *detail;
    cJSON *json = NULL;
    enum ks_rc rc;

    if (ks_json_parse(&json, body, NULL) != KS_OK)
        return KS_OK;
    title = ks_wire_text(json, "title");
    detail = ks_wire_text(json, "detail");
    rc = add_plain(out, title, end);
    if (rc == KS_OK && title != NULL && detail != NULL)
        rc = add_plain(out, ": ", end);
    if (rc == KS_OK)
        rc = add_plain(out, detail, end);
    cJSON_Delete(json);
    return rc;
}

enum ks_rc ks_problem_write(struct ks_buf *out, unsigned status,
                            const char *title, const char *detail)
{
    enum ks_rc rc = ks_buf_printf(out,
                                  "{\"type\":\"about:blank\",\"status\":%u"
                                  ",\"title\":",
                                  status);

    if (rc == KS_OK)
        rc = ks_json_add_string(out, ks_span_str(title));
    if (rc == KS_OK && detail != NULL)
        rc = ks_buf_add_str(out, ",\"detail\":");
    if (rc == KS_OK && detail != NULL)
        rc = ks_json_add_string(out, ks_span_str(detail));
    return rc != KS_OK ? rc : ks_buf_add_str(out, "}\n");
}
