/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Senders that die at each step of a send, against keysweepd: afterwards each
 * key is revoked once in effect, and each audit line is there once.
 */
#include "base/file.h"
#include "base/secret.h"
#include "net/http.h"
#include "revoke/deliver.h"
#include "revoke/seal.h"
#include "revoke/wire/json.h"
#include "revoke/wire/secret_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEYS = 3, STEPS = 64, TEXT_CAP = 16 * 1024 * 1024, PATH_ROOM = 256 };

static const char daemon_path[] = KS_BINARY_DIR "/keyservice/keysweepd";

struct world {
    char folder[64];
    pid_t service;
    char url[64];
};

static const char *in(const struct world *w, const char *name)
{
    static char paths[4][PATH_ROOM];
    static unsigned next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, PATH_ROOM, "%s/%s", w->folder, name);
    return path;
}

static void run_daemon(const char *const *words)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        char *copy[8] = {NULL};

        for (size_t i = 0; words[i] != NULL; i++)
            copy[i] = strdup(words[i]);
        (void)execv(daemon_path, copy);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Starts the service on a free port and reads the port from its first line. */
static void start_service(struct world *w)
{
    char line[256] = "";
    char *at;
    int ends[2];
    size_t len = 0;

    assert_int_equal(pipe(ends), 0);
    w->service = fork();
    if (w->service == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)execl(daemon_path, "keysweepd", "run", in(w, "svc"),
                    "127.0.0.1:0", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    while (strchr(line, '\n') == NULL && len < sizeof(line) - 1) {
        ssize_t got = read(ends[0], line + len, sizeof(line) - 1 - len);

        assert_true(got > 0);
        len += (size_t)got;
    }
    (void)close(ends[0]);
    at = strstr(line, "https://");
    assert_non_null(at);
    at[strcspn(at, "\n")] = '\0';
    (void)snprintf(w->url, sizeof(w->url), "%.60s", at);
}

static void write_config(const struct world *w)
{
    struct ks_buf text;

    ks_buf_init(&text, TEXT_CAP);
    assert_int_equal(
        ks_buf_printf(
            &text,
            "spool: spool.db\nspool_key: spool.key\naudit_log: audit.jsonl\n"
            "audit_key: svc/audit.key\npolicy: {min_confidence: 0}\n"
            "channels:\n  - {name: keys, kind: key-service, url: '%s',"
            " ca_file: svc/cert.pem, token_file: token,"
            " signing_keys: [svc/webhook.key]}\n"
            "routes:\n  - {types: ['*'], channel: keys}\n",
            w->url),
        KS_OK);
    assert_int_equal(
        ks_file_replace(in(w, "rv.yml"), ks_buf_span(&text), 0600, NULL),
        KS_OK);
    ks_buf_release(&text);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    (void)snprintf(w->folder, sizeof(w->folder), "/tmp/crash.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    run_daemon((const char *const[]){"keysweepd", "init", in(w, "svc"), NULL});
    run_daemon((const char *const[]){"keysweepd", "client", in(w, "svc"), "a",
                                     "admin", in(w, "token"), NULL});
    assert_int_equal(ks_seal_create_key(in(w, "spool.key"), NULL), KS_OK);
    start_service(w);
    write_config(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    char command[PATH_ROOM];
    pid_t pid;

    (void)kill(w->service, SIGTERM);
    (void)waitpid(w->service, NULL, 0);
    (void)snprintf(command, sizeof(command), "%s", w->folder);
    pid = fork();
    if (pid == 0) {
        (void)execlp("rm", "rm", "-rf", command, (char *)NULL);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
    free(w);
    return 0;
}

/* A new key of the service: its text and its id. */
static void issue(const struct world *w, char text[64], char id[64])
{
    const struct ks_http_options options = {.ca_file = in(w, "svc/cert.pem"),
                                            .trusted_urls = true};
    struct ks_http_request request;
    struct ks_http_answer answer;
    struct ks_http *http = NULL;
    struct ks_buf token;
    cJSON *json = NULL;

    ks_buf_init(&token, 1024);
    assert_int_equal(ks_buf_add_str(&token, "Bearer "), KS_OK);
    assert_int_equal(ks_secret_file_read(&token, in(w, "token"), NULL), KS_OK);
    assert_int_equal(ks_http_new(&http, &options, NULL), KS_OK);
    ks_http_request_init(&request, 1024);
    request.method = "POST";
    request.has_body = true;
    (void)snprintf(request.url, sizeof(request.url), "%s/v1/keys", w->url);
    assert_int_equal(ks_buf_add_str(&request.body, "{\"name\":\"x\"}"), KS_OK);
    assert_int_equal(ks_http_add_header(&request, "Authorization",
                                        ks_buf_span(&token), NULL),
                     KS_OK);
    assert_int_equal(ks_http_send(&answer, http, &request, NULL), KS_OK);
    assert_int_equal(answer.status, 201);
    assert_int_equal(ks_json_parse(&json, ks_buf_span(&answer.body), NULL),
                     KS_OK);
    (void)snprintf(text, 64, "%s", ks_wire_text(json, "key"));
    (void)snprintf(id, 64, "%s", ks_wire_text(json, "id"));
    cJSON_Delete(json);
    ks_http_answer_release(&answer);
    ks_http_request_wipe(&request);
    ks_http_free(http);
    ks_buf_wipe(&token);
}

/* A plan for KEYS new keys, kept in the spool. */
static void plan_new(const struct world *w, struct ks_plan_file *file,
                     char ids[KEYS][64])
{
    static const struct ks_rule rule = {.id = "test-rule",
                                        .revocation = "keysweep_service_key"};
    static unsigned count;
    struct ks_location places[KEYS] = {{.path = "a", .start_line = 1}};
    struct ks_finding findings[KEYS] = {{.rule = NULL}};
    char texts[KEYS][64];
    struct ks_report report = {
        .target = "t", .findings = findings, .finding_count = KEYS};
    struct ks_revoke_config *config = NULL;
    struct ks_spool *spool = NULL;
    struct ks_plan *plan = NULL;

    for (size_t i = 0; i < KEYS; i++) {
        issue(w, texts[i], ids[i]);
        places[i] = (struct ks_location){.path = "a", .start_line = i + 1};
        findings[i] = (struct ks_finding){
            .rule = &rule,
            .confidence = 1000,
            .secret = ks_span_str(texts[i]),
            .locations = &places[i],
            .location_count = 1,
        };
        (void)snprintf(findings[i].id, sizeof(findings[i].id), "finding%u",
                       count++);
    }
    assert_int_equal(ks_revoke_config_load(&config, in(w, "rv.yml"), NULL),
                     KS_OK);
    assert_int_equal(ks_spool_open(&spool, config, NULL), KS_OK);
    assert_int_equal(ks_revoke_plan(&plan, &report, config, NULL,
                                    ks_spool_now() / 1000, NULL),
                     KS_OK);
    assert_int_equal(plan->action_count, KEYS);
    assert_int_equal(ks_spool_save_plan(spool, plan, NULL), KS_OK);
    assert_int_equal(ks_plan_read(file, ks_buf_span(&plan->json), NULL), KS_OK);
    ks_plan_free(plan);
    ks_spool_close(spool);
    ks_revoke_config_free(config);
}

static void die_at(void *ctx, enum ks_send_step step)
{
    int *left = ctx;

    (void)step;
    if (--*left == 0)
        (void)kill(getpid(), SIGKILL);
}

/* Confirms and sends; dies at the given step. Never returns. */
static void send_and_die(const struct world *w, const struct ks_plan_file *file,
                         int steps)
{
    struct ks_deliver_options options = {.on_step = die_at, .ctx = &steps};
    struct ks_revoke_config *config = NULL;
    struct ks_deliver_result result;
    struct ks_spool *spool = NULL;
    struct ks_err err = {0};
    enum ks_rc rc = ks_revoke_config_load(&config, in(w, "rv.yml"), &err);

    if (rc == KS_OK)
        rc = ks_spool_open(&spool, config, &err);
    if (rc == KS_OK)
        die_at(&steps, KS_STEP_CLAIMED);
    if (rc == KS_OK)
        rc = ks_spool_confirm(spool, file, "option", &err);
    if (rc == KS_OK)
        die_at(&steps, KS_STEP_CLAIMED);
    if (rc == KS_OK)
        rc = ks_deliver(&result, spool, config, &options, &err);
    if (rc != KS_OK)
        (void)fprintf(stderr, "%s\n", err.text);
    _exit(rc == KS_OK ? 0 : 1);
}

/* Whether it died, as it should; false: it came to its end. */
static bool child_died(const struct world *w, const struct ks_plan_file *file,
                       int steps)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0)
        send_and_die(w, file, steps);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return true;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    return false;
}

/* How many lines of the log hold both words. */
static unsigned lines_with(const struct world *w, const char *log,
                           const char *event, const char *word)
{
    struct ks_buf text;
    unsigned count = 0;
    char *line, *rest = NULL;

    ks_buf_init(&text, TEXT_CAP);
    assert_int_equal(ks_file_read(&text, in(w, log), NULL), KS_OK);
    assert_non_null(ks_buf_text(&text));
    for (line = strtok_r((char *)text.ptr, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        if (strstr(line, event) != NULL && strstr(line, word) != NULL)
            count++;
    ks_buf_release(&text);
    return count;
}

static void verify(const struct world *w, const char *log)
{
    const struct ks_audit_expect expect = {0};
    struct ks_audit_result result;
    struct ks_err err = {0};

    if (ks_audit_verify(&result, in(w, log), &expect, &err) != KS_OK)
        fail_msg("%s", err.text);
}

static void dies_at_each_step(void **state)
{
    struct world *w = *state;
    char ids[STEPS][KEYS][64];
    int points = 0;
    bool died = true;

    while (died) {
        struct ks_plan_file file;

        assert_true(points < STEPS);
        plan_new(w, &file, ids[points]);
        died = child_died(w, &file, points + 1);
        if (died)
            assert_false(child_died(w, &file, -1));
        assert_int_equal(
            lines_with(w, "audit.jsonl", "plan.confirmed", file.id), 1);
        assert_int_equal(
            lines_with(w, "audit.jsonl", "revocation.accepted", file.id), KEYS);
        verify(w, "audit.jsonl");
        ks_buf_release(&file.json);
        points++;
    }
    assert_true(points > 3 * KEYS);
    (void)kill(w->service, SIGTERM);
    (void)waitpid(w->service, NULL, 0);
    verify(w, "svc/audit.jsonl");
    for (int i = 0; i < points; i++)
        for (int k = 0; k < KEYS; k++)
            assert_int_equal(
                lines_with(w, "svc/audit.jsonl", "key.revoked", ids[i][k]), 1);
    w->service = fork(); /* for tear_down */
    if (w->service == 0)
        _exit(0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dies_at_each_step, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
