/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "revoke/wire/db.h"
#include "revoke/wire/json.h"
#include "revoke/wire/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS = 150, LARGEST = 16 * 1024 * 1024 };

struct place {
    char folder[64];
    char log[96];
    char db[96];
    struct ks_sign_key key;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    struct ks_buf text;

    if (place == NULL)
        return -1;
    (void)snprintf(place->folder, sizeof(place->folder), "/tmp/audit.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->log, sizeof(place->log), "%s/log", place->folder);
    (void)snprintf(place->db, sizeof(place->db), "%s/db", place->folder);
    ks_buf_init(&text, 256);
    assert_int_equal(ks_sign_key_generate(&text, KS_SIGN_ED25519_SECRET, NULL),
                     KS_OK);
    assert_int_equal(ks_sign_key_parse(&place->key, ks_buf_span(&text), NULL),
                     KS_OK);
    ks_buf_release(&text);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"log", "db", "db-wal", "db-shm"};
    struct place *place = *state;
    char path[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(place->folder);
    free(place);
    return 0;
}

static struct sqlite3 *open_db(const struct place *place)
{
    struct sqlite3 *db = NULL;
    struct ks_err err = {0};

    if (ks_db_open(&db, place->db, KS_OUTBOX_SCHEMA, 1, &err) != KS_OK)
        fail_msg("%s", err.text);
    return db;
}

static void store_event(struct sqlite3 *db, int number)
{
    cJSON *event = cJSON_CreateObject();

    assert_non_null(cJSON_AddStringToObject(event, "event", "test"));
    assert_non_null(cJSON_AddNumberToObject(event, "number", number));
    assert_int_equal(ks_outbox_add(db, event, NULL), KS_OK);
    cJSON_Delete(event);
}

static void write_log(const struct place *place, int events)
{
    struct sqlite3 *db = open_db(place);
    struct ks_err err = {0};

    for (int i = 0; i < events; i++)
        store_event(db, i);
    if (ks_outbox_flush(db, place->log, &place->key, true, &err) != KS_OK)
        fail_msg("%s", err.text);
    ks_db_close(db);
}

static enum ks_rc verify(const struct place *place,
                         struct ks_audit_result *result, struct ks_err *err)
{
    struct sqlite3 *db = open_db(place);
    struct ks_audit_expect expect = {.key = &place->key};
    enum ks_rc rc;

    assert_int_equal(ks_outbox_head(&expect.head, db, NULL), KS_OK);
    ks_db_close(db);
    rc = ks_audit_verify(result, place->log, &expect, err);
    return rc;
}

static void whole_log_verifies(void **state)
{
    struct ks_audit_result result = {0};
    struct ks_err err = {0};

    write_log(*state, EVENTS);
    write_log(*state, EVENTS);
    if (verify(*state, &result, &err) != KS_OK)
        fail_msg("%s", err.text);
    assert_true(result.checkpoints >= 2 * EVENTS / KS_AUDIT_EVERY);
    assert_int_equal(result.lines, 2 * EVENTS + result.checkpoints);
    assert_int_equal(result.sealed, result.lines);
}

/* One way to spoil a log's bytes; `lines` are the offsets of its lines. */
typedef void (*spoil_fn)(struct ks_buf *text, const size_t *lines);

static void change_byte(struct ks_buf *text, const size_t *lines)
{
    char *number = strstr((char *)text->ptr + lines[7], "\"number\":");

    number[sizeof("\"number\":") - 1] ^= 1;
}

static void change_last(struct ks_buf *text, const size_t *lines)
{
    char *at = strstr((char *)text->ptr + lines[EVENTS], "\"time\":\"2");

    at[sizeof("\"time\":\"2") - 1] ^= 1;
}

static void drop_line(struct ks_buf *text, const size_t *lines)
{
    memmove(text->ptr + lines[3], text->ptr + lines[4], text->len - lines[4]);
    text->len -= lines[4] - lines[3];
}

static void swap_lines(struct ks_buf *text, const size_t *lines)
{
    size_t a = lines[4] - lines[3], b = lines[5] - lines[4];
    uint8_t *copy = malloc(a);

    assert_non_null(copy);
    memcpy(copy, text->ptr + lines[3], a);
    memmove(text->ptr + lines[3], text->ptr + lines[4], b);
    memcpy(text->ptr + lines[3] + b, copy, a);
    free(copy);
}

static void cut_end(struct ks_buf *text, const size_t *lines)
{
    text->len = lines[EVENTS - 10];
}

static void cut_in_line(struct ks_buf *text, const size_t *lines)
{
    (void)lines;
    text->len -= 5;
}

static void empty(struct ks_buf *text, const size_t *lines)
{
    (void)lines;
    text->len = 0;
}

static void add_space(struct ks_buf *text, const size_t *lines)
{
    assert_int_equal(ks_buf_reserve(text, 1), KS_OK);
    memmove(text->ptr + lines[5] + 2, text->ptr + lines[5] + 1,
            text->len - lines[5] - 1);
    text->ptr[lines[5] + 1] = ' ';
    text->len++;
}

static void spoiled_log_is_found(void **state)
{
    static const spoil_fn ways[] = {
        change_byte, change_last, drop_line, swap_lines,
        cut_end,     cut_in_line, empty,     add_space,
    };
    const struct place *place = *state;
    struct ks_buf whole, text;
    size_t lines[2 * EVENTS];
    size_t count = 1;

    write_log(place, EVENTS);
    ks_buf_init(&whole, LARGEST);
    assert_int_equal(ks_file_read(&whole, place->log, NULL), KS_OK);
    lines[0] = 0;
    for (size_t i = 0; i < whole.len; i++)
        if (whole.ptr[i] == '\n')
            lines[count++] = i + 1;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct ks_audit_result result;
        struct ks_err err = {0};

        ks_buf_init(&text, LARGEST);
        assert_int_equal(ks_buf_add(&text, ks_buf_span(&whole)), KS_OK);
        assert_non_null(ks_buf_text(&text));
        ways[i](&text, lines);
        assert_int_equal(
            ks_file_replace(place->log, ks_buf_span(&text), 0600, NULL), KS_OK);
        if (verify(place, &result, &err) != KS_EFORMAT)
            fail_msg("way %zu was not found: %s", i, err.text);
        ks_buf_release(&text);
    }
    ks_buf_release(&whole);
}

/* Whoever writes a whole new log cannot sign it. */
static void forged_log_is_found(void **state)
{
    struct place forger = *(struct place *)*state;
    struct ks_audit_result result;
    struct ks_buf text;

    ks_buf_init(&text, 256);
    assert_int_equal(ks_sign_key_generate(&text, KS_SIGN_ED25519_SECRET, NULL),
                     KS_OK);
    assert_int_equal(ks_sign_key_parse(&forger.key, ks_buf_span(&text), NULL),
                     KS_OK);
    ks_buf_release(&text);
    write_log(&forger, 3);
    assert_int_equal(verify(*state, &result, NULL), KS_EFORMAT);
    assert_int_equal(verify(&forger, &result, NULL), KS_OK);
}

static void torn_line_is_mended(void **state)
{
    const struct place *place = *state;
    struct ks_audit_result result = {0};
    struct ks_err err = {0};
    int fd;

    write_log(place, 3);
    fd = open(place->log, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "{\"event\":\"te", 12), 12);
    (void)close(fd);
    write_log(place, 3);
    if (verify(place, &result, &err) != KS_OK)
        fail_msg("%s", err.text);
}

/* The log was written, then the process died before the database knew. */
static void repeated_batch_is_dropped(void **state)
{
    const struct place *place = *state;
    struct sqlite3 *db = open_db(place);
    struct ks_audit_result once = {0}, twice = {0};

    for (int i = 0; i < 5; i++)
        store_event(db, i);
    assert_int_equal(ks_db_run(db,
                               "CREATE TABLE copy AS SELECT * FROM"
                               " audit_outbox",
                               NULL),
                     KS_OK);
    assert_int_equal(ks_outbox_flush(db, place->log, &place->key, false, NULL),
                     KS_OK);
    assert_int_equal(verify(place, &once, NULL), KS_OK);
    assert_int_equal(
        ks_db_run(db, "INSERT INTO audit_outbox SELECT * FROM copy", NULL),
        KS_OK);
    assert_int_equal(ks_outbox_flush(db, place->log, &place->key, false, NULL),
                     KS_OK);
    assert_int_equal(verify(place, &twice, NULL), KS_OK);
    assert_int_equal(once.lines, twice.lines);
    ks_db_close(db);
}

/* A limit on the file's size is how a full disk looks. */
static void full_disk_keeps_events(void **state)
{
    const struct place *place = *state;
    struct ks_audit_result result = {0};
    struct rlimit full, before;
    struct sqlite3 *db;

    write_log(place, 3);
    db = open_db(place);
    for (int i = 0; i < EVENTS; i++)
        store_event(db, i);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    full = before;
    full.rlim_cur = 2000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    assert_int_not_equal(
        ks_outbox_flush(db, place->log, &place->key, true, NULL), KS_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(verify(place, &result, NULL), KS_OK);
    assert_int_equal(ks_outbox_flush(db, place->log, &place->key, true, NULL),
                     KS_OK);
    ks_db_close(db);
    assert_int_equal(verify(place, &result, NULL), KS_OK);
    assert_int_equal(result.lines, 3 + EVENTS + result.checkpoints);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_log_verifies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spoiled_log_is_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(forged_log_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(torn_line_is_mended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(repeated_batch_is_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(full_disk_keeps_events, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
