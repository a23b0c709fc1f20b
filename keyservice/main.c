/* SPDX-License-Identifier: Apache-2.0 */
/* main.c: keysweepd init | client | run: the program. */
#include "base/file.h"
#include "base/secret.h"
#include "keyservice/cert.h"
#include "keyservice/server.h"
#include "revoke/wire/secret_file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum { PEM_CAP = 256 * 1024, FLUSH_MS = 200, DEFAULT_PORT = 8443 };

static const char usage[] =
    "usage: keysweepd init DIR [HOST]\n"
    "       keysweepd client DIR NAME ROLE TOKEN-FILE\n"
    "       keysweepd client DIR NAME ROLE --cert-sha256=HEX\n"
    "       keysweepd run DIR [ADDRESS[:PORT]]\n"
    "       keysweepd verify DIR\n"
    "\n"
    "The reference key service of keysweep. DIR holds all it knows.\n"
    "  init    creates DIR: a certificate for localhost (and HOST), keys for\n"
    "          signatures and for the audit log\n"
    "  client  lets a client in: ROLE is checker, revoker or admin; its "
    "bearer\n"
    "          token is written to TOKEN-FILE, which must not be there yet\n"
    "  run     serves until SIGTERM (default 127.0.0.1:8443; port 0: any "
    "free)\n"
    "  verify  checks the audit log: no line changed, moved or missing\n"
    "\n"
    "Example: keysweepd init ./service && keysweepd run ./service\n";

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static enum ks_rc inside(char out[PATH_MAX], const char *folder,
                         const char *name, struct ks_err *err)
{
    int used = snprintf(out, PATH_MAX, "%s/%s", folder, name);

    if (used < 0 || used >= PATH_MAX)
        return ks_fail(err, KS_EINVAL, "path too long: %.200s", folder);
    return KS_OK;
}

static enum ks_rc create_key(const char *folder, const char *name,
                             enum ks_sign_kind kind, struct ks_err *err)
{
    char path[PATH_MAX];
    struct ks_buf text;
    enum ks_rc rc = inside(path, folder, name, err);

    ks_buf_init(&text, 512);
    if (rc == KS_OK)
        rc = ks_sign_key_generate(&text, kind, err);
    if (rc == KS_OK)
        rc = ks_secret_file_create(path, ks_buf_span(&text), err);
    ks_buf_wipe(&text);
    return rc;
}

static enum ks_rc init(int argc, char **argv, struct ks_err *err)
{
    char cert[PATH_MAX], key[PATH_MAX];
    enum ks_rc rc;

    if (argc < 1 || argc > 2)
        return ks_fail(err, KS_EINVAL, "init takes DIR and perhaps HOST");
    if (mkdir(argv[0], 0700) < 0)
        return ks_fail(err, KS_EIO, "create %s: %s", argv[0], strerror(errno));
    rc = inside(cert, argv[0], "cert.pem", err);
    if (rc == KS_OK)
        rc = inside(key, argv[0], "key.pem", err);
    if (rc == KS_OK)
        rc = ks_cert_create(cert, key, argc > 1 ? argv[1] : NULL, err);
    if (rc == KS_OK)
        rc = create_key(argv[0], "audit.key", KS_SIGN_ED25519_SECRET, err);
    if (rc == KS_OK)
        rc = create_key(argv[0], "webhook.key", KS_SIGN_HMAC, err);
    return rc;
}

static enum ks_rc client(int argc, char **argv, struct ks_err *err)
{
    static const char by_cert[] = "--cert-sha256=";
    struct ks_store *store = NULL;
    enum ks_role role = KS_ROLE_NONE;
    struct ks_buf token;
    const char *cert = NULL;
    enum ks_rc rc;

    if (argc != 4 || !ks_role_parse(&role, argv[2]))
        return ks_fail(err, KS_EINVAL,
                       "client takes DIR, NAME, a role (checker, revoker, "
                       "admin) and a file");
    if (strncmp(argv[3], by_cert, sizeof(by_cert) - 1) == 0)
        cert = argv[3] + sizeof(by_cert) - 1;
    ks_buf_init(&token, 256);
    rc = ks_store_open(&store, argv[0], err);
    if (rc == KS_OK)
        rc = ks_store_add_client(&token, store, argv[1], role, cert, err);
    if (rc == KS_OK)
        rc = ks_store_flush(store, false, err);
    if (rc == KS_OK && cert == NULL)
        rc = ks_secret_file_create(argv[3], ks_buf_span(&token), err);
    ks_buf_wipe(&token);
    ks_store_close(store);
    return rc;
}

/* The keys that senders sign with, one a line; none without the file. */
static enum ks_rc read_keys(struct ks_api *api, const char *folder,
                            struct ks_err *err)
{
    char path[PATH_MAX];
    struct ks_buf text;
    enum ks_rc rc = inside(path, folder, "webhook.key", err);
    char *line, *rest = NULL;

    ks_buf_init(&text, PEM_CAP);
    if (rc == KS_OK)
        rc = ks_secret_file_read(&text, path, err);
    if (rc == KS_OK && ks_buf_text(&text) == NULL)
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        for (line = strtok_r((char *)text.ptr, "\n", &rest);
             line != NULL && rc == KS_OK; line = strtok_r(NULL, "\n", &rest)) {
            if (api->key_count == KS_API_KEYS)
                rc = ks_fail(err, KS_ELIMIT, "%s: more than %d keys", path,
                             KS_API_KEYS);
            else
                rc = ks_sign_key_parse(&api->keys[api->key_count],
                                       ks_span_str(line), err);
            if (rc == KS_OK)
                api->key_count++;
        }
    ks_buf_wipe(&text);
    return rc == KS_ENOENT ? KS_OK : rc;
}

struct files {
    struct ks_buf cert, key, client_ca;
};

static enum ks_rc read_pem(struct ks_buf *out, const char *folder,
                           const char *name, bool secret, struct ks_err *err)
{
    char path[PATH_MAX];
    enum ks_rc rc = inside(path, folder, name, err);

    if (rc == KS_OK)
        rc = secret ? ks_secret_file_read(out, path, err)
                    : ks_file_read(out, path, err);
    if (rc == KS_OK && ks_buf_text(out) == NULL)
        rc = ks_fail_memory(err);
    return rc;
}

static enum ks_rc read_files(struct files *files, const char *folder,
                             struct ks_err *err)
{
    enum ks_rc rc;

    ks_buf_init(&files->cert, PEM_CAP);
    ks_buf_init(&files->key, PEM_CAP);
    ks_buf_init(&files->client_ca, PEM_CAP);
    rc = read_pem(&files->cert, folder, "cert.pem", false, err);
    if (rc == KS_OK)
        rc = read_pem(&files->key, folder, "key.pem", true, err);
    if (rc != KS_OK)
        return rc;
    rc = read_pem(&files->client_ca, folder, "clients-ca.pem", false, err);
    return rc == KS_ENOENT ? KS_OK : rc;
}

static enum ks_rc split_address(char host[64], unsigned *port, const char *text,
                                struct ks_err *err)
{
    const char *colon = strchr(text, ':');
    size_t len = colon == NULL ? strlen(text) : (size_t)(colon - text);
    char *end = NULL;

    if (len == 0 || len >= 64)
        return ks_fail(err, KS_EINVAL, "not an address: %s", text);
    memcpy(host, text, len);
    host[len] = '\0';
    if (colon == NULL)
        return KS_OK;
    *port = (unsigned)strtoul(colon + 1, &end, 10);
    if (*end != '\0' || end == colon + 1 || *port > 65535)
        return ks_fail(err, KS_EINVAL, "not a port: %s", colon + 1);
    return KS_OK;
}

static enum ks_rc serve(struct ks_server *server, const char *host,
                        struct ks_err *err)
{
    const struct timespec pause = {0, FLUSH_MS * 1000000L};
    enum ks_rc rc = KS_OK;

    (void)printf("keysweepd listens on https://%s:%u\n", host,
                 ks_server_port(server));
    (void)fflush(stdout);
    while (stopping == 0) {
        (void)nanosleep(&pause, NULL);
        rc = ks_server_flush(server, false, err);
        if (rc != KS_OK) /* kept in the database; the next one goes on */
            (void)fprintf(stderr, "keysweepd: audit log: %s\n", err->text);
    }
    return ks_server_flush(server, true, err);
}

static enum ks_rc run_with(struct ks_api *api, const char *folder,
                           const char *address, struct ks_err *err)
{
    struct ks_server *server = NULL;
    struct files files;
    char host[64] = "127.0.0.1";
    struct ks_server_options options = {.host = host, .port = DEFAULT_PORT};
    enum ks_rc rc = read_files(&files, folder, err);

    if (rc == KS_OK)
        rc = read_keys(api, folder, err);
    if (rc == KS_OK && address != NULL)
        rc = split_address(host, &options.port, address, err);
    if (rc == KS_OK) {
        options.cert_pem = (const char *)files.cert.ptr;
        options.key_pem = (const char *)files.key.ptr;
        options.client_ca_pem = (const char *)files.client_ca.ptr;
        rc = ks_server_start(&server, &options, api, err);
    }
    if (rc == KS_OK)
        rc = serve(server, host, err);
    ks_server_stop(server);
    ks_buf_release(&files.cert);
    ks_buf_wipe(&files.key);
    ks_buf_release(&files.client_ca);
    for (size_t i = 0; i < api->key_count; i++)
        ks_sign_key_wipe(&api->keys[i]);
    return rc;
}

static enum ks_rc run(int argc, char **argv, struct ks_err *err)
{
    const struct rlimit none = {0, 0};
    struct sigaction action = {.sa_handler = on_signal};
    struct ks_api api = {0};
    enum ks_rc rc;

    if (argc < 1 || argc > 2)
        return ks_fail(err, KS_EINVAL, "run takes DIR and perhaps an address");
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    rc = ks_store_open(&api.store, argv[0], err);
    if (rc == KS_OK)
        rc = run_with(&api, argv[0], argc > 1 ? argv[1] : NULL, err);
    ks_store_close(api.store);
    return rc;
}

static enum ks_rc verify(int argc, char **argv, struct ks_err *err)
{
    struct ks_store *store = NULL;
    int64_t lines = 0;
    enum ks_rc rc;

    if (argc != 1)
        return ks_fail(err, KS_EINVAL, "verify takes DIR");
    rc = ks_store_open(&store, argv[0], err);
    if (rc == KS_OK)
        rc = ks_store_flush(store, false, err);
    if (rc == KS_OK)
        rc = ks_store_verify(&lines, store, err);
    if (rc == KS_OK)
        (void)printf("%lld lines hold\n", (long long)lines);
    ks_store_close(store);
    return rc;
}

/* Bodies hold tokens: what cJSON copied of them is wiped. */
static void wiping_free(void *memory)
{
    if (memory != NULL)
        ks_secret_wipe(memory, malloc_usable_size(memory));
    free(memory);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum ks_rc (*run)(int argc, char **argv, struct ks_err *err);
    } commands[] = {
        {"init", init}, {"client", client}, {"run", run}, {"verify", verify}};
    cJSON_Hooks hooks = {malloc, wiping_free};
    struct ks_err err = {0};

    cJSON_InitHooks(&hooks);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && argc > 1;
         i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        if (commands[i].run(argc - 2, argv + 2, &err) == KS_OK)
            return 0;
        (void)fprintf(stderr, "keysweepd: %s\n", err.text);
        return 2;
    }
    (void)fputs(usage,
                argc > 1 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
    return argc > 1 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
}
