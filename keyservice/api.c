/* SPDX-License-Identifier: Apache-2.0 */
#include "keyservice/api.h"

#include "base/secret.h"
#include "revoke/wire/json.h"
#include "revoke/wire/problem.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOKENS_MAX = 1000, TOKEN_TEXT_MAX = 16 * 1024, ID_MAX = 255 };

/* One request under way. */
struct turn {
    struct ks_reply *reply;
    const struct ks_api *api;
    const struct ks_call *call;
    struct ks_client client;
    const char *rest; /* of the path, behind the route's prefix */
};

static void problem(const struct turn *turn, unsigned status, const char *title,
                    const char *detail)
{
    ks_buf_wipe(&turn->reply->body);
    turn->reply->status = status;
    turn->reply->type = KS_PROBLEM_TYPE;
    (void)ks_problem_write(&turn->reply->body, status, title, detail);
}

/* A failure of this side; its words stay here. */
static void failed(const struct turn *turn, enum ks_rc rc,
                   const struct ks_err *err)
{
    if (rc == KS_ENOENT)
        problem(turn, 404, "Not found", NULL);
    else if (rc == KS_EINVAL)
        problem(turn, 400, "Bad request", err->text);
    else
        problem(turn, 503, "Not available", NULL);
    if (rc != KS_ENOENT && rc != KS_EINVAL)
        (void)fprintf(stderr, "keysweepd: %s\n", err->text);
}

static void done(const struct turn *turn, unsigned status, enum ks_rc rc,
                 const struct ks_err *err)
{
    turn->reply->status = status;
    if (rc != KS_OK)
        failed(turn, rc, err);
}

/* The JSON body, or NULL with an answer written. */
static cJSON *body_of(const struct turn *turn)
{
    cJSON *json = NULL;

    if (ks_json_parse(&json, turn->call->body, NULL) == KS_OK)
        return json;
    problem(turn, 400, "Bad request", "the body is not JSON");
    return NULL;
}

static void health(const struct turn *turn)
{
    turn->reply->status = 200;
    (void)ks_buf_add_str(&turn->reply->body, "{\"status\":\"ok\"}\n");
}

static void types(const struct turn *turn)
{
    turn->reply->status = 200;
    (void)ks_buf_add_str(&turn->reply->body,
                         "{\"types\":[\"" KS_KEY_TYPE "\"]}\n");
}

static void create(const struct turn *turn)
{
    struct ks_new_key key;
    struct ks_err err = {0};
    cJSON *json = body_of(turn);
    const char *name = ks_wire_text(json, "name");
    const char *environment = ks_wire_text(json, "environment");
    enum ks_rc rc;

    if (json == NULL)
        return;
    if (name == NULL) {
        problem(turn, 400, "Bad request", "a key needs a name");
        cJSON_Delete(json);
        return;
    }
    rc =
        ks_store_create(&key, turn->api->store, &turn->client, name,
                        environment == NULL ? "production" : environment, &err);
    if (rc == KS_OK && (ks_buf_reserve(&turn->reply->body, 256) != KS_OK ||
                        ks_buf_printf(&turn->reply->body,
                                      "{\"id\":\"%s\",\"type\":\"" KS_KEY_TYPE
                                      "\",\"key\":\"%s\"}\n",
                                      key.id, key.text) != KS_OK))
        rc = ks_fail_memory(&err);
    done(turn, 201, rc, &err);
    ks_secret_wipe(&key, sizeof(key));
    cJSON_Delete(json);
}

static void list(const struct turn *turn)
{
    struct ks_err err = {0};

    done(turn, 200, ks_store_list(&turn->reply->body, turn->api->store, &err),
         &err);
}

static void check(const struct turn *turn)
{
    cJSON *json = body_of(turn);
    const char *key = ks_wire_text(json, "key");
    struct ks_err err = {0};
    bool active = false;
    enum ks_rc rc;

    if (json == NULL)
        return;
    if (key == NULL) {
        problem(turn, 400, "Bad request", "which key?");
    } else {
        rc = ks_store_check(&turn->reply->body, &active, turn->api->store,
                            ks_span_str(key), &err);
        if (rc == KS_ENOENT)
            rc = ks_buf_add_str(&turn->reply->body, "{\"active\":false}");
        done(turn, 200, rc, &err);
    }
    cJSON_Delete(json);
}

static void revoke_id(const struct turn *turn)
{
    static const char tail[] = "/revoke";
    size_t len = strlen(turn->rest);
    char id[KS_KEY_ID];
    struct ks_err err = {0};

    if (len < sizeof(tail) || len - sizeof(tail) + 1 >= sizeof(id) ||
        strcmp(turn->rest + len - sizeof(tail) + 1, tail) != 0) {
        problem(turn, 404, "Not found", NULL);
        return;
    }
    (void)snprintf(id, sizeof(id), "%.*s", (int)(len - sizeof(tail) + 1),
                   turn->rest);
    done(turn, 204,
         ks_store_revoke_id(turn->api->store, &turn->client, id, &err), &err);
}

/* The contract: the key is the message's id, in quotes (or, by leniency, not).
 */
static bool same_key(const char *idempotency, const char *id)
{
    size_t len = strlen(id);

    if (idempotency[0] == '"')
        return strncmp(idempotency + 1, id, len) == 0 &&
               strcmp(idempotency + 1 + len, "\"") == 0;
    return strcmp(idempotency, id) == 0;
}

static bool id_fits(const char *id)
{
    size_t len = strlen(id);

    return len > 0 && len <= ID_MAX &&
           strspn(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "abcdefghijklmnopqrstuvwxyz_-") == len;
}

static bool signature_holds(const struct turn *turn, struct ks_err *err)
{
    const struct ks_call *call = turn->call;
    struct ks_signed what = {.id = call->webhook_id, .body = call->body};
    char *end = NULL;

    if (turn->api->key_count == 0)
        return true;
    if (call->webhook_timestamp == NULL || call->webhook_signature == NULL) {
        (void)ks_fail(err, KS_EINVAL, "not signed");
        return false;
    }
    errno = 0;
    what.timestamp = strtoll(call->webhook_timestamp, &end, 10);
    if (errno != 0 || end == call->webhook_timestamp || *end != '\0') {
        (void)ks_fail(err, KS_EINVAL, "the timestamp is not a number");
        return false;
    }
    for (size_t i = 0; i < turn->api->key_count; i++)
        if (ks_sign_verify(&turn->api->keys[i], &what, call->webhook_signature,
                           (int64_t)time(NULL), err) == KS_OK)
            return true;
    return false;
}

/* Reads [{"type", "token", "location"}] into arrays; words on what is wrong. */
static const char *read_tokens(const char **tokens, const char **locations,
                               const cJSON *list)
{
    const cJSON *item = NULL;
    size_t count = 0;

    cJSON_ArrayForEach(item, list)
    {
        const char *type = ks_wire_text(item, "type");

        tokens[count] = ks_wire_text(item, "token");
        locations[count] = ks_wire_text(item, "location");
        if (type == NULL || tokens[count] == NULL)
            return "each entry needs type and token";
        if (strcmp(type, KS_KEY_TYPE) != 0)
            return "a type that this service does not revoke";
        if (tokens[count][0] == '\0' ||
            strlen(tokens[count]) > TOKEN_TEXT_MAX ||
            (locations[count] != NULL && strlen(locations[count]) > 4096))
            return "an entry is too long or empty";
        count++;
    }
    return NULL;
}

static void revoke_listed(const struct turn *turn, const cJSON *list,
                          size_t count)
{
    const char **tokens = calloc(2 * count, sizeof(const char *));
    struct ks_revocation what = {
        .message = turn->call->webhook_id,
        .body = turn->call->body,
        .tokens = tokens,
        .locations = tokens == NULL ? NULL : tokens + count,
        .count = count,
    };
    enum ks_told told = KS_TOLD_NOW;
    struct ks_err err = {0};
    const char *wrong;

    if (tokens == NULL) {
        problem(turn, 503, "Not available", NULL);
        return;
    }
    wrong = read_tokens(tokens, tokens + count, list);
    if (wrong != NULL) {
        problem(turn, 422, "Unprocessable content", wrong);
    } else {
        enum ks_rc rc =
            ks_store_revoke(&told, &turn->reply->body, turn->api->store,
                            &turn->client, &what, &err);

        done(turn, 202, rc, &err);
        if (rc == KS_OK && told == KS_TOLD_DIFFERS)
            problem(turn, 422, "Unprocessable content",
                    "this Idempotency-Key came before with another body");
    }
    free(tokens);
}

static void revoke_tokens(const struct turn *turn)
{
    const struct ks_call *call = turn->call;
    struct ks_err err = {0};
    cJSON *json;
    int count;

    if (call->webhook_id == NULL || call->idempotency_key == NULL ||
        !id_fits(call->webhook_id) ||
        !same_key(call->idempotency_key, call->webhook_id)) {
        problem(turn, 400, "Bad request",
                "webhook-id and Idempotency-Key must be there and the same");
        return;
    }
    if (!signature_holds(turn, &err)) {
        problem(turn, 401, "Not authentic", err.text);
        return;
    }
    json = body_of(turn);
    if (json == NULL)
        return;
    count = cJSON_IsArray(json) ? cJSON_GetArraySize(json) : 0;
    if (count < 1 || count > TOKENS_MAX)
        problem(turn, 400, "Bad request", "expected a list of 1 to 1000");
    else
        revoke_listed(turn, json, (size_t)count);
    cJSON_Delete(json);
}

static const struct {
    const char *method, *path;
    bool prefix;    /* more follows the path */
    unsigned roles; /* bits of enum ks_role; 0: everybody */
    void (*run)(const struct turn *turn);
} routes[] = {
    {"GET", "/healthz", false, 0, health},
    {"GET", "/v1/revocable_token_types", false,
     1U << KS_ROLE_REVOKER | 1U << KS_ROLE_ADMIN, types},
    {"POST", "/v1/revoke_tokens", false,
     1U << KS_ROLE_REVOKER | 1U << KS_ROLE_ADMIN, revoke_tokens},
    {"GET", "/v1/keys", false, 1U << KS_ROLE_ADMIN, list},
    {"POST", "/v1/keys", false, 1U << KS_ROLE_ADMIN, create},
    {"POST", "/v1/keys/check", false,
     1U << KS_ROLE_CHECKER | 1U << KS_ROLE_ADMIN, check},
    {"POST", "/v1/keys/", true, 1U << KS_ROLE_ADMIN, revoke_id},
};

static bool path_fits(size_t route, const char *path)
{
    size_t len = strlen(routes[route].path);

    return routes[route].prefix ? strncmp(path, routes[route].path, len) == 0
                                : strcmp(path, routes[route].path) == 0;
}

static enum ks_rc authenticate(struct turn *turn, struct ks_err *err)
{
    static const char scheme[] = "Bearer ";
    struct ks_span token = {NULL, 0};
    const char *value = turn->call->authorization;

    if (value != NULL && strncmp(value, scheme, sizeof(scheme) - 1) == 0)
        token = ks_span_str(value + sizeof(scheme) - 1);
    if (token.len == 0 && turn->call->cert_hash == NULL)
        return KS_ENOENT;
    return ks_store_client(&turn->client, turn->api->store, token,
                           turn->call->cert_hash, err);
}

static void run_route(struct turn *turn, size_t route)
{
    struct ks_err err = {0};
    enum ks_rc rc = KS_OK;

    if (routes[route].roles != 0)
        rc = authenticate(turn, &err);
    if (rc == KS_ENOENT)
        problem(turn, 401, "Not authenticated", NULL);
    else if (rc != KS_OK)
        failed(turn, rc, &err);
    else if (routes[route].roles != 0 &&
             (routes[route].roles & 1U << turn->client.role) == 0)
        problem(turn, 403, "Not allowed", NULL);
    else
        routes[route].run(turn);
}

void ks_api_answer(struct ks_reply *reply, const struct ks_api *api,
                   const struct ks_call *call)
{
    struct turn turn = {.reply = reply, .api = api, .call = call};
    bool known = false;

    *reply = (struct ks_reply){.type = "application/json"};
    ks_buf_init(&reply->body, KS_API_ANSWER);
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!path_fits(i, call->path))
            continue;
        known = true;
        if (strcmp(routes[i].method, call->method) != 0)
            continue;
        turn.rest = call->path + strlen(routes[i].path);
        run_route(&turn, i);
        return;
    }
    if (known)
        problem(&turn, 405, "Method not allowed", NULL);
    else
        problem(&turn, 404, "Not found", NULL);
}
