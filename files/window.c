/* SPDX-License-Identifier: Apache-2.0 */
#include "files/window.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { STEP = 1024 * 1024 };

ssize_t ks_source_fd(void *fd, void *to, size_t len)
{
    ssize_t got;

    do
        got = read(*(int *)fd, to, len);
    while (got < 0 && errno == EINTR);
    return got;
}

bool ks_window_fill(struct ks_lane *lane, struct ks_input *input)
{
    struct ks_buf *buf = &lane->buf;

    while (buf->len < lane->window) {
        size_t room = lane->window - buf->len;
        size_t step = room < STEP ? room : STEP;
        ssize_t got;

        if (ks_buf_reserve(buf, step) != KS_OK) {
            input->error = ENOMEM;
            return true;
        }
        got = input->source.read(input->source.ctx, buf->ptr + buf->len, step);
        if (got < 0)
            input->error = errno;
        if (got <= 0)
            return true;
        buf->len += (size_t)got;
    }
    return false;
}

/* Forgets the first `len` bytes. */
static void advance(struct ks_lane *lane, struct ks_input *input, size_t len)
{
    struct ks_buf *buf = &lane->buf;

    ks_text_place_advance(&input->place,
                          ks_span_slice(ks_buf_span(buf), 0, len));
    memmove(buf->ptr, buf->ptr + len, buf->len - len);
    buf->len -= len;
}

enum ks_rc ks_window_run(struct ks_lane *lane, struct ks_input *input)
{
    struct ks_buf *buf = &lane->buf;
    size_t own_from = 0;
    bool ended = false;
    enum ks_rc rc = KS_OK;

    do {
        struct ks_blob blob;

        ended = ks_window_fill(lane, input);
        if (input->place.at == 0)
            input->place.form = ks_text_form_of(ks_buf_span(buf));
        blob = (struct ks_blob){
            .bytes = ks_buf_span(buf),
            .kind = input->kind,
            .path = input->path,
            .archive = input->archive,
            .window_at = input->place.at,
            .line_at = input->place.line,
            .column_at = input->place.column,
            .form = input->place.form,
            .own_from = own_from,
            .own_to = ended ? SIZE_MAX : buf->len - lane->overlap,
            .more_before = input->place.at > 0,
            .more_after = !ended || input->more_after || input->error != 0,
        };
        ks_lane_count(lane, 0, buf->len - 2 * own_from);
        if (buf->len > 0)
            rc = ks_lane_give(lane, &blob);
        if (!ended)
            advance(lane, input, buf->len - 2 * lane->overlap);
        own_from = lane->overlap;
    } while (!ended && rc == KS_OK && !ks_lane_stopped(lane));
    if (input->more_after)
        advance(lane, input, buf->len);
    return rc;
}
