/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a peer may send: JSON, problems, signatures, plans, URLs, dates. */
#include "net/http.h"
#include "revoke/plan.h"
#include "revoke/wire/json.h"
#include "revoke/wire/problem.h"
#include "revoke/wire/sign.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

enum { CAP = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The canonical form of a canonical form is itself. */
static void canonical(struct ks_span text)
{
    struct ks_buf once, twice;
    cJSON *value = NULL;

    ks_buf_init(&once, CAP);
    ks_buf_init(&twice, CAP);
    if (ks_json_parse(&value, text, NULL) == KS_OK &&
        ks_json_canonical(&once, value, NULL) == KS_OK) {
        cJSON_Delete(value);
        value = NULL;
        if (ks_json_parse(&value, ks_buf_span(&once), NULL) != KS_OK ||
            ks_json_canonical(&twice, value, NULL) != KS_OK ||
            !ks_span_equal(ks_buf_span(&once), ks_buf_span(&twice)))
            abort();
    }
    cJSON_Delete(value);
    ks_buf_release(&once);
    ks_buf_release(&twice);
}

static void as_text(const char *text)
{
    static const struct ks_signed what = {.id = "msg_1", .timestamp = 1};
    static const struct ks_sign_key key = {.kind = KS_SIGN_HMAC, .len = 24};
    struct ks_sign_key parsed;
    struct ks_url url;

    (void)ks_sign_key_parse(&parsed, ks_span_str(text), NULL);
    if (ks_sign_verify(&key, &what, text, 1, NULL) == KS_OK)
        abort();
    (void)ks_url_parse(&url, text, NULL);
    if (ks_http_retry_after(text, 0) < -1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_span bytes = {data, size};
    struct ks_plan_file plan;
    struct ks_buf out;

    ks_buf_init(&out, CAP);
    canonical(bytes);
    (void)ks_problem_read(&out, bytes);
    (void)ks_json_clean(&out, bytes);
    if (ks_plan_read(&plan, bytes, NULL) == KS_OK)
        ks_buf_release(&plan.json);
    ks_buf_clear(&out);
    if (ks_buf_add(&out, bytes) == KS_OK && ks_buf_text(&out) != NULL)
        as_text(ks_buf_text(&out));
    ks_buf_release(&out);
    return 0;
}
