/* SPDX-License-Identifier: Apache-2.0 */
#include "files/ignore.h"

#include "base/buf.h"
#include "base/vec.h"
#include "files/glob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 1024 * 1024, STEP = 16 * 1024, LONGEST_PATH = 1024 * 1024 };

struct line {
    struct ks_span pattern; /* in `text` */
    bool negated, dirs_only, anchored;
};

struct ks_ignore {
    struct ks_buf text;
    KS_VEC(, struct line) lines;
    char *prefix; /* from the file's directory to the paths asked about */
    struct ks_ignore *above;
};

/* Without the line's blanks at the end, unless they are escaped. */
static struct ks_span trimmed(struct ks_span text)
{
    while (text.len > 0 && text.ptr[text.len - 1] == ' ' &&
           (text.len < 2 || text.ptr[text.len - 2] != '\\'))
        text.len--;
    return text;
}

static bool add_line(struct ks_ignore *ignore, struct ks_span text)
{
    struct line line = {0};

    text = trimmed(text);
    if (text.len == 0 || text.ptr[0] == '#')
        return true;
    line.negated = text.ptr[0] == '!';
    text = ks_span_slice(text, line.negated, text.len);
    line.dirs_only = text.len > 0 && text.ptr[text.len - 1] == '/';
    text = ks_span_slice(text, 0, text.len - line.dirs_only);
    line.anchored = ks_span_find(text, 0, ks_span_str("/")) != SIZE_MAX;
    if (text.len > 0 && text.ptr[0] == '/')
        text = ks_span_slice(text, 1, text.len);
    line.pattern = text;
    return text.len == 0 || KS_VEC_PUSH(&ignore->lines, line);
}

static bool parse(struct ks_ignore *ignore)
{
    struct ks_span text = ks_buf_span(&ignore->text);

    for (size_t at = 0; at < text.len;) {
        size_t end = ks_span_find(text, at, ks_span_str("\n"));

        if (end == SIZE_MAX)
            end = text.len;
        if (!add_line(ignore, ks_span_slice(text, at, end)))
            return false;
        at = end + 1;
    }
    return true;
}

static bool read_all(struct ks_buf *buf, int fd)
{
    for (;;) {
        ssize_t got = ks_buf_read(buf, fd, STEP);

        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
    }
}

enum ks_rc ks_ignore_read(struct ks_ignore **out, int dir)
{
    int fd = openat(dir, ".gitignore",
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct ks_ignore *ignore;
    bool read;

    *out = NULL;
    if (fd < 0)
        return KS_OK;
    ignore = calloc(1, sizeof(*ignore));
    if (ignore == NULL) {
        (void)close(fd);
        return KS_ENOMEM;
    }
    ks_buf_init(&ignore->text, LARGEST);
    read = read_all(&ignore->text, fd);
    (void)close(fd);
    if (read && !parse(ignore)) {
        ks_ignore_free(ignore);
        return KS_ENOMEM;
    }
    *out = ignore;
    return KS_OK;
}

void ks_ignore_append(struct ks_ignore **ignore, struct ks_ignore *above)
{
    while (*ignore != NULL)
        ignore = &(*ignore)->above;
    *ignore = above;
}

void ks_ignore_free(struct ks_ignore *ignore)
{
    while (ignore != NULL) {
        struct ks_ignore *above = ignore->above;

        ks_buf_release(&ignore->text);
        KS_VEC_RELEASE(&ignore->lines);
        free(ignore->prefix);
        free(ignore);
        ignore = above;
    }
}

/* Reads the file of the directory `path[0..len)`; `prefix` leads back. */
static enum ks_rc read_at(struct ks_ignore **out, const char *path, size_t len,
                          const char *prefix)
{
    char *name = strndup(path, len);
    int dir = name != NULL ? open(len > 0 ? name : "/",
                                  O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                           : -1;
    struct ks_ignore *read = NULL;
    enum ks_rc rc = name == NULL ? KS_ENOMEM : KS_OK;

    if (dir >= 0) {
        rc = ks_ignore_read(&read, dir);
        (void)close(dir);
    }
    free(name);
    if (read != NULL) {
        read->prefix = strdup(prefix);
        if (read->prefix == NULL)
            rc = KS_ENOMEM;
    }
    ks_ignore_append(out, read);
    return rc;
}

static bool holds_git(const char *path, size_t len)
{
    char *name = malloc(len + sizeof("/.git"));
    bool holds;

    if (name == NULL)
        return true;
    memcpy(name, path, len);
    memcpy(name + len, "/.git", sizeof("/.git"));
    holds = access(name, F_OK) == 0;
    free(name);
    return holds;
}

/* Length of the beginning of `path` that is the nearest work tree's top. */
static size_t top_of(const char *path)
{
    size_t len = strlen(path);

    while (len > 0 && !holds_git(path, len))
        while (len > 0 && path[--len] != '/')
            ;
    return len;
}

enum ks_rc ks_ignore_read_above(struct ks_ignore **out, const char *path)
{
    char *real = realpath(*path == '\0' ? "." : path, NULL);
    struct ks_ignore *chain = NULL;
    enum ks_rc rc = KS_OK;
    size_t top, len;

    *out = NULL;
    if (real == NULL)
        return errno == ENOMEM ? KS_ENOMEM : KS_OK;
    top = top_of(real);
    for (len = strlen(real); rc == KS_OK && top > 0 && len > top;) {
        while (real[--len] != '/')
            ;
        rc = read_at(&chain, real, len, real + len + 1);
    }
    free(real);
    if (rc != KS_OK) {
        ks_ignore_free(chain);
        return rc;
    }
    *out = chain;
    return KS_OK;
}

static bool fits(const struct line *line, struct ks_span path, bool is_dir)
{
    size_t name = path.len;

    if (line->dirs_only && !is_dir)
        return false;
    if (line->anchored)
        return ks_glob_path(line->pattern, path);
    while (name > 0 && path.ptr[name - 1] != '/')
        name--;
    return ks_glob_name(line->pattern, ks_span_slice(path, name, path.len));
}

/* The last line that fits decides. */
static enum ks_ignored file_says(const struct ks_ignore *ignore,
                                 struct ks_span path, bool is_dir)
{
    for (size_t i = ignore->lines.len; i-- > 0;)
        if (fits(&ignore->lines.items[i], path, is_dir))
            return ignore->lines.items[i].negated ? KS_IGNORED_NO
                                                  : KS_IGNORED_YES;
    return KS_IGNORED_UNSAID;
}

static enum ks_ignored says_below(const struct ks_ignore *ignore,
                                  const char *path, bool is_dir)
{
    enum ks_ignored said = KS_IGNORED_UNSAID;
    struct ks_buf whole;

    if (ignore->prefix == NULL)
        return file_says(ignore, ks_span_str(path), is_dir);
    ks_buf_init(&whole, LONGEST_PATH);
    if (ks_buf_printf(&whole, "%s/%s", ignore->prefix, path) == KS_OK)
        said = file_says(ignore, ks_buf_span(&whole), is_dir);
    ks_buf_release(&whole);
    return said;
}

enum ks_ignored ks_ignore_says(const struct ks_ignore *ignore, const char *path,
                               bool is_dir)
{
    enum ks_ignored said = KS_IGNORED_UNSAID;

    while (ignore != NULL && said == KS_IGNORED_UNSAID) {
        said = says_below(ignore, path, is_dir);
        ignore = ignore->above;
    }
    return said;
}
