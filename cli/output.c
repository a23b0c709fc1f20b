/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "base/file.h"
#include "cli/say.h"
#include "cli/target_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { STEP = 64 * 1024 };

/* Small writes are gathered; the descriptor sees large ones. */
struct sink {
    int fd;
    const char *name;
    size_t len;
    uint8_t bytes[STEP];
};

static enum ks_rc flush(struct sink *sink, struct ks_err *err)
{
    struct ks_span span = {sink->bytes, sink->len};

    sink->len = 0;
    return ks_file_write_all(sink->fd, span, sink->name, err);
}

static enum ks_rc write_some(void *ctx, struct ks_span bytes,
                             struct ks_err *err)
{
    struct sink *sink = ctx;
    enum ks_rc rc = KS_OK;

    if (bytes.len > STEP - sink->len)
        rc = flush(sink, err);
    if (rc == KS_OK && bytes.len > STEP)
        return ks_file_write_all(sink->fd, bytes, sink->name, err);
    if (rc == KS_OK && bytes.len > 0) {
        memcpy(sink->bytes + sink->len, bytes.ptr, bytes.len);
        sink->len += bytes.len;
    }
    return rc;
}

static enum ks_rc write_to(int fd, const char *name,
                           const struct ks_report *report,
                           const struct ks_report_format *format,
                           const struct ks_report_style *style,
                           struct ks_err *err)
{
    struct sink *sink = malloc(sizeof(*sink));
    struct ks_report_out out = {write_some, sink};
    enum ks_rc rc;

    if (sink == NULL)
        return ks_fail_memory(err);
    sink->fd = fd;
    sink->name = name;
    sink->len = 0;
    rc = format->write(report, style, &out, err);
    if (rc == KS_OK)
        rc = flush(sink, err);
    free(sink);
    return rc;
}

static enum ks_rc write_file(const char *path, const struct ks_report *report,
                             const struct ks_report_format *format,
                             const struct ks_report_style *style,
                             struct ks_err *err)
{
    struct ks_target_file file;
    enum ks_rc rc = ks_target_file_open(&file, path, err);

    if (rc != KS_OK)
        return rc;
    rc = write_to(file.fd, path, report, format, style, err);
    if (rc == KS_OK)
        return ks_target_file_keep(&file, err);
    ks_target_file_drop(&file);
    return rc;
}

static void style_for_terminal(struct ks_report_style *style,
                               const struct ks_args *args)
{
    const char *no_color = getenv("NO_COLOR");
    struct winsize size;

    if (isatty(STDOUT_FILENO) != 1)
        return;
    style->color = !args->no_color && (no_color == NULL || *no_color == '\0') &&
                   ks_is_terminal(STDOUT_FILENO);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        style->width = size.ws_col;
}

static bool is_named(const char *path)
{
    return path != NULL && strcmp(path, "-") != 0;
}

enum ks_rc ks_output_check(const struct ks_args *args, struct ks_err *err)
{
    return is_named(args->output) ? ks_target_file_check(args->output, err)
                                  : KS_OK;
}

enum ks_rc ks_output_report(const struct ks_report *report,
                            const struct ks_report_format *format,
                            struct ks_report_style *style,
                            const struct ks_args *args, struct ks_err *err)
{
    const char *path = args->output;

    if (is_named(path))
        return write_file(path, report, format, style, err);
    style_for_terminal(style, args);
    return write_to(STDOUT_FILENO, "standard output", report, format, style,
                    err);
}

enum ks_rc ks_output_text(struct ks_span text, struct ks_err *err)
{
    return ks_file_write_all(STDOUT_FILENO, text, "standard output", err);
}
