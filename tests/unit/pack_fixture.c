/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_fixture.h"

#include "base/buf.h"

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARGUMENTS_MAX = 24, LINE = 72, FILE_CAP = 256 * 1024, SOME_MAX = 300 };

char *fixture_folder(void)
{
    const char *base = getenv("TMPDIR");
    char *folder = NULL;

    assert_true(asprintf(&folder, "%s/keysweep-pack-XXXXXX",
                         base == NULL ? "/tmp" : base) > 0);
    assert_non_null(mkdtemp(folder));
    return folder;
}

void fixture_remove(char *folder)
{
    fixture_run("/", NULL, "rm", "-rf", folder, NULL);
    free(folder);
}

static void child(const char *folder, const char *input, int output,
                  char *const *arguments)
{
    int from = open(input == NULL ? "/dev/null" : input, O_RDONLY);

    if (from < 0 || dup2(from, 0) < 0 || chdir(folder) != 0)
        _exit(126);
    if (output >= 0 && dup2(output, 1) < 0)
        _exit(126);
    (void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    (void)setenv("GIT_CONFIG_SYSTEM", "/dev/null", 1);
    (void)setenv("GIT_AUTHOR_NAME", "A", 1);
    (void)setenv("GIT_AUTHOR_EMAIL", "a@example.com", 1);
    (void)setenv("GIT_COMMITTER_NAME", "A", 1);
    (void)setenv("GIT_COMMITTER_EMAIL", "a@example.com", 1);
    (void)execvp(arguments[0], arguments);
    _exit(127);
}

static void run(const char *folder, const char *input, int output,
                const char *program, va_list more)
{
    char *arguments[ARGUMENTS_MAX] = {(char *)(uintptr_t)program};
    int status = 0;
    size_t count = 1;
    pid_t pid;

    while (count < ARGUMENTS_MAX &&
           (arguments[count] = va_arg(more, char *)) != NULL)
        count++;
    assert_true(count < ARGUMENTS_MAX);
    pid = fork();
    if (pid == 0)
        child(folder, input, output, arguments);
    assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (status != 0)
        fail_msg("%s %s failed", program, arguments[1]);
}

void fixture_run(const char *folder, const char *input, const char *program,
                 ...)
{
    va_list more;

    va_start(more, program);
    run(folder, input, -1, program, more);
    va_end(more);
}

char *fixture_output(const char *folder, const char *program, ...)
{
    char *line = calloc(1, 4096);
    char *path = NULL;
    va_list more;
    int fd;

    assert_true(asprintf(&path, "%s/output", folder) > 0);
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && line != NULL);
    va_start(more, program);
    run(folder, NULL, fd, program, more);
    va_end(more);
    assert_true(pread(fd, line, 4095, 0) >= 0);
    line[strcspn(line, "\n")] = '\0';
    (void)close(fd);
    free(path);
    return line;
}

uint32_t fixture_random(uint64_t *state, uint32_t limit)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((*state >> 33) % limit);
}

static void add_line(struct ks_buf *buf, uint64_t *state)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz     ";
    uint32_t len = fixture_random(state, LINE);

    for (uint32_t i = 0; i < len; i++)
        assert_int_equal(
            ks_buf_add_byte(buf, (uint8_t)letters[fixture_random(state, 31)]),
            KS_OK);
    assert_int_equal(ks_buf_add_byte(buf, '\n'), KS_OK);
}

/* A random range of a buffer. */
static struct ks_span some(const struct ks_buf *buf, uint64_t *state)
{
    struct ks_span all = ks_buf_span(buf);
    size_t from = fixture_random(state, (uint32_t)all.len + 1);
    size_t len = fixture_random(state, SOME_MAX);

    return ks_span_slice(all, from, from + len);
}

/* Replaces `of` by a version with one change: insert, delete, copy, move. */
static void edit(struct ks_buf *of, const struct ks_buf *other, uint64_t *state)
{
    struct ks_span old = ks_buf_span(of);
    size_t at = fixture_random(state, (uint32_t)old.len + 1);
    struct ks_span taken = some(of, state);
    struct ks_buf made;

    ks_buf_init(&made, FILE_CAP);
    (void)ks_buf_add(&made, ks_span_slice(old, 0, at));
    switch (fixture_random(state, 6)) {
    case 0:
        (void)ks_buf_add(&made, some(other, state));
        break;
    case 1: /* copies a range of itself */
        (void)ks_buf_add(&made, taken);
        break;
    case 2: /* deletes */
        at += fixture_random(state, SOME_MAX);
        break;
    default:
        add_line(&made, state);
    }
    (void)ks_buf_add(&made,
                     ks_span_slice(old, at < old.len ? at : old.len, old.len));
    ks_buf_release(of);
    *of = made;
}

static void put_data(FILE *out, struct ks_span bytes)
{
    (void)fprintf(out, "data %zu\n", bytes.len);
    (void)fwrite(bytes.ptr, 1, bytes.len, out);
    (void)fputc('\n', out);
}

static void put_commit(FILE *out, unsigned number, unsigned file,
                       struct ks_span bytes)
{
    (void)fprintf(out,
                  "commit refs/heads/main\ncommitter A <a@example.com> "
                  "%u +0000\n",
                  1000000000U + number);
    put_data(out, ks_span_str("a change\n"));
    (void)fprintf(out, "M 100644 inline folder%u/file%u\n", file % 3, file);
    put_data(out, bytes);
}

static void write_stream(const char *path, const struct fixture_plan *plan)
{
    FILE *out = fopen(path, "w");
    struct ks_buf *files = calloc(plan->files, sizeof(*files));
    uint64_t state = plan->seed;

    assert_true(out != NULL && files != NULL);
    for (unsigned i = 0; i < plan->files; i++) {
        ks_buf_init(&files[i], FILE_CAP);
        for (unsigned line = 0; line < plan->lines; line++)
            add_line(&files[i], &state);
    }
    for (unsigned i = 0; i < plan->commits; i++) {
        unsigned file = fixture_random(&state, plan->files);
        unsigned other = fixture_random(&state, plan->files);

        edit(&files[file], &files[other], &state);
        put_commit(out, i, file, ks_buf_span(&files[file]));
    }
    for (unsigned i = 0; i < plan->files; i++)
        ks_buf_release(&files[i]);
    free(files);
    assert_int_equal(fclose(out), 0);
}

void fixture_history(const char *folder, const char *name,
                     const struct fixture_plan *plan)
{
    char *stream = NULL;
    char *repository = NULL;

    assert_true(asprintf(&stream, "%s/stream", folder) > 0);
    assert_true(asprintf(&repository, "%s/%s", folder, name) > 0);
    write_stream(stream, plan);
    fixture_run(folder, NULL, "git", "init", "-q", "--bare", name, NULL);
    fixture_run(repository, stream, "git", "fast-import", "--quiet", NULL);
    free(stream);
    free(repository);
}

char *fixture_packed(const char *name, const struct fixture_plan *plan)
{
    char *folder = fixture_folder();

    fixture_history(folder, name, plan);
    fixture_run(folder, NULL, "git", "-C", name, "repack", "-adfq", NULL);
    fixture_run(folder, NULL, "git", "-C", name, "symbolic-ref", "HEAD",
                "refs/heads/main", NULL);
    return folder;
}

char *fixture_index(const char *folder, const char *name)
{
    glob_t found;
    char *pattern = NULL;
    char *path;

    assert_true(asprintf(&pattern, "%s/%s/objects/pack/*.idx", folder, name) >
                0);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    path = strdup(found.gl_pathv[0]);
    globfree(&found);
    free(pattern);
    return path;
}
