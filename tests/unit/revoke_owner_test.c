/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process that has ended called itself. */
static void dead_process(char out[KS_OWNER_TEXT])
{
    struct ks_owner owner;
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        ks_owner_init(&owner);
        _exit(write(ends[1], owner.process, KS_OWNER_TEXT) == KS_OWNER_TEXT
                  ? 0
                  : 1);
    }
    assert_int_equal(read(ends[0], out, KS_OWNER_TEXT), KS_OWNER_TEXT);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void knows_the_living(void **state)
{
    char other[KS_OWNER_TEXT];
    struct ks_owner me;

    (void)state;
    ks_owner_init(&me);
    assert_false(ks_owner_is_gone(me.process));
    dead_process(other);
    assert_true(ks_owner_is_gone(other));
    other[0] = other[0] == '0' ? '1' : '0'; /* another boot: not known */
    assert_false(ks_owner_is_gone(other));
    assert_false(ks_owner_is_gone(""));
    /* The pid is used again: by a process that began at another time. */
    memcpy(other, me.process, sizeof(other));
    *strrchr(other, ' ') = '\0';
    (void)strncat(other, " 1", sizeof(other) - strlen(other) - 1);
    assert_true(ks_owner_is_gone(other));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_living),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
