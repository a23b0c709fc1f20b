/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 64 * 1024, REPORT_MODE = 0600 };

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
    char temporary[PATH_MAX];
    int used = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    enum ks_rc rc;
    int fd;

    if (used < 0 || (size_t)used >= sizeof(temporary))
        return ks_fail(err, KS_EINVAL, "--output %s: the name is too long",
                       path);
    fd = mkstemp(temporary);
    if (fd < 0)
        return ks_fail(err, KS_EIO, "create a file beside %s: %s", path,
                       strerror(errno));
    rc = write_to(fd, path, report, format, style, err);
    if (rc == KS_OK && (fchmod(fd, REPORT_MODE) < 0 || fsync(fd) < 0))
        rc = ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    if (close(fd) < 0 && rc == KS_OK)
        rc = ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    if (rc == KS_OK && rename(temporary, path) < 0)
        rc = ks_fail(err, KS_EIO, "replace %s: %s", path, strerror(errno));
    if (rc != KS_OK)
        (void)unlink(temporary);
    return rc;
}

/* A device or pipe that the user names is written to, not replaced. */
static bool is_special(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) &&
           !S_ISDIR(info.st_mode);
}

static enum ks_rc write_special(const char *path,
                                const struct ks_report *report,
                                const struct ks_report_format *format,
                                const struct ks_report_style *style,
                                struct ks_err *err)
{
    FILE *file = fopen(path, "w");
    enum ks_rc rc;

    if (file == NULL)
        return ks_fail(err, KS_EIO, "open %s: %s", path, strerror(errno));
    rc = write_to(fileno(file), path, report, format, style, err);
    if (fclose(file) != 0 && rc == KS_OK)
        rc = ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    return rc;
}

static void style_for_terminal(struct ks_report_style *style,
                               const struct ks_args *args)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    struct winsize size;

    if (isatty(STDOUT_FILENO) != 1)
        return;
    style->color = !args->no_color && (no_color == NULL || *no_color == '\0') &&
                   (term == NULL || strcmp(term, "dumb") != 0);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        style->width = size.ws_col;
}

enum ks_rc ks_output_report(const struct ks_report *report,
                            const struct ks_report_format *format,
                            struct ks_report_style *style,
                            const struct ks_args *args, struct ks_err *err)
{
    const char *path = args->output;

    if (path != NULL && strcmp(path, "-") != 0)
        return is_special(path)
                   ? write_special(path, report, format, style, err)
                   : write_file(path, report, format, style, err);
    style_for_terminal(style, args);
    return write_to(STDOUT_FILENO, "standard output", report, format, style,
                    err);
}

enum ks_rc ks_output_text(struct ks_span text, struct ks_err *err)
{
    return ks_file_write_all(STDOUT_FILENO, text, "standard output", err);
}
