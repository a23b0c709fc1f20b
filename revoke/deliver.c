/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/deliver.h"

#include "revoke/wire/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FLUSH_EVERY = 32, /* messages between two writes of the audit log */
    STEPS_MAX = 4,    /* requests of one message */
    ECHO_LEAST = 6,   /* bytes of a secret that an answer may not repeat */
    NAP_MS = 200,
    WORDS_CAP = 1024,
};

struct sender {
    struct ks_spool *spool;
    const struct ks_revoke_config *config;
    const struct ks_deliver_options *options;
    struct ks_http **clients; /* by channel; NULL until needed */
    struct ks_deliver_result result;
    unsigned unflushed;
};

struct ks_http_options ks_channel_http(const struct ks_channel *channel)
{
    return (struct ks_http_options){
        .ca_file = channel->ca_file,
        .client_cert = channel->client_cert,
        .client_key = channel->client_key,
        .pin = channel->pin,
        .proxy = channel->proxy,
        .hosts = channel->hosts.items,
        .host_count = channel->hosts.len,
        .timeout_ms = channel->timeout_ms,
        .trusted_urls = true,
        .plain_loopback = channel->plain_loopback,
    };
}

static enum ks_rc client_for(struct ks_http **out, struct sender *sender,
                             const struct ks_channel *channel,
                             struct ks_err *err)
{
    struct ks_http_options options = ks_channel_http(channel);
    size_t index = (size_t)(channel - sender->config->channels);
    enum ks_rc rc = KS_OK;

    if (sender->clients[index] == NULL)
        rc = ks_http_new(&sender->clients[index], &options, err);
    if (rc == KS_OK)
        *out = sender->clients[index];
    return rc;
}

static void step(const struct sender *sender, enum ks_send_step which)
{
    if (sender->options->on_step != NULL)
        sender->options->on_step(sender->options->ctx, which);
}

/* Whether the words hold a part of the secret. */
static bool echoes(struct ks_span words, struct ks_span secret)
{
    if (secret.len < ECHO_LEAST)
        return ks_span_find(words, 0, secret) != SIZE_MAX;
    for (size_t at = 0; at + ECHO_LEAST <= secret.len; at++)
        if (ks_span_find(words, 0,
                         ks_span_slice(secret, at, at + ECHO_LEAST)) !=
            SIZE_MAX)
            return true;
    return false;
}

/* A receiver may repeat what it was sent; its words must not reach a log. */
static void add_words(struct ks_attempt_result *result,
                      const struct ks_claim *claim,
                      const struct ks_http_answer *answer)
{
    struct ks_buf words;
    const char *text = "";

    ks_buf_init(&words, WORDS_CAP);
    if (ks_problem_read(&words, ks_buf_span(&answer->body)) == KS_OK &&
        words.len > 0 && ks_buf_text(&words) != NULL)
        text = ks_buf_text(&words);
    for (size_t i = 0; i < claim->item_count && text[0] != '\0'; i++)
        if (echoes(ks_buf_span(&words), claim->items[i].secret))
            text = "(its words repeat the secret and are withheld)";
    (void)snprintf(result->reason, sizeof(result->reason), "HTTP %u%s%s",
                   answer->status, text[0] == '\0' ? "" : ": ", text);
    ks_buf_wipe(&words);
}

static void judge(struct ks_attempt_result *result,
                  const struct ks_claim *claim,
                  const struct ks_message *message,
                  const struct ks_http_answer *answer)
{
    const struct ks_channel_kind *kind = claim->channel->kind;

    *result = (struct ks_attempt_result){.retry_after = answer->retry_after};
    if (answer->end != KS_HTTP_ANSWERED) {
        result->outcome = answer->end == KS_HTTP_FAILED ? KS_OUTCOME_RETRY
                                                        : KS_OUTCOME_REFUSED;
        result->host_trouble = answer->end == KS_HTTP_FAILED;
        (void)snprintf(result->reason, sizeof(result->reason), "%s",
                       answer->why);
        return;
    }
    result->status = answer->status;
    result->outcome = kind->judge == NULL ? ks_outcome_of_status(answer->status)
                                          : kind->judge(message, answer);
    result->host_trouble = result->outcome == KS_OUTCOME_RETRY;
    if (result->outcome == KS_OUTCOME_GONE)
        (void)snprintf(result->reason, sizeof(result->reason),
                       "was not valid any more");
    else if (result->outcome != KS_OUTCOME_DONE)
        add_words(result, claim, answer);
}

static enum ks_rc request_once(struct ks_attempt_result *result,
                               struct ks_http_answer *answer,
                               struct sender *sender,
                               const struct ks_claim *claim,
                               struct ks_message *message, struct ks_err *err)
{
    struct ks_http_request request;
    struct ks_http *http = NULL;
    enum ks_rc rc = client_for(&http, sender, claim->channel, err);

    if (rc != KS_OK)
        return rc;
    ks_http_request_init(&request, KS_BODY_CAP);
    rc = claim->channel->kind->build(&request, claim->channel, message, err);
    if (rc == KS_OK)
        rc = ks_http_send(answer, http, &request, err);
    ks_http_request_wipe(&request);
    if (rc == KS_OK)
        judge(result, claim, message, answer);
    return rc;
}

/* The requests of one message: mostly one. */
static enum ks_rc attempt(struct ks_attempt_result *result,
                          struct sender *sender, const struct ks_claim *claim,
                          struct ks_err *err)
{
    struct ks_message message = {
        .id = claim->id,
        .now = (int64_t)time(NULL),
        .items = claim->items,
        .item_count = claim->item_count,
        .payload = claim->payload,
    };
    struct ks_http_answer answer = {0}, before = {0};
    enum ks_rc rc = KS_OK;

    for (message.step = 0; message.step < STEPS_MAX && rc == KS_OK;
         message.step++) {
        rc = request_once(result, &answer, sender, claim, &message, err);
        ks_http_answer_release(&before);
        before = answer;
        answer = (struct ks_http_answer){0};
        message.before = ks_buf_span(&before.body);
        if (rc != KS_OK || result->outcome != KS_OUTCOME_NEXT)
            break;
    }
    ks_http_answer_release(&before);
    return rc;
}

static struct ks_attempt_result refused(const char *why)
{
    struct ks_attempt_result result = {.outcome = KS_OUTCOME_REFUSED,
                                       .retry_after = -1};

    (void)snprintf(result.reason, sizeof(result.reason), "%s", why);
    return result;
}

/*
 * A fault of this side (a missing key file, a secret that fits no header) is
 * the message's own end or delay, not everybody's.
 */
static enum ks_rc attempt_or_reason(struct ks_attempt_result *result,
                                    struct sender *sender,
                                    const struct ks_claim *claim,
                                    struct ks_err *err)
{
    struct ks_err inner = {0};
    enum ks_rc rc;

    if (claim->channel == NULL) {
        *result = refused("its channel is not in the configuration any more");
        return KS_OK;
    }
    if (claim->damaged) {
        *result = refused("the kept secret does not open: it was damaged, or "
                          "the spool_key is another");
        return KS_OK;
    }
    rc = attempt(result, sender, claim, &inner);
    if (rc == KS_OK)
        return KS_OK;
    if (rc == KS_ENOMEM)
        return ks_fail_memory(err);
    *result = refused(inner.text);
    if (rc != KS_EINVAL && rc != KS_ELIMIT)
        result->outcome = KS_OUTCOME_RETRY;
    return KS_OK;
}

static enum ks_rc flush(struct sender *sender, bool seal, struct ks_err *err)
{
    enum ks_rc rc = ks_spool_flush(sender->spool, seal, err);

    if (rc == KS_OK) {
        sender->unflushed = 0;
        step(sender, KS_STEP_LOGGED);
    }
    return rc;
}

static void count(struct sender *sender, const struct ks_claim *claim,
                  const struct ks_attempt_result *result)
{
    bool done = result->outcome == KS_OUTCOME_DONE ||
                result->outcome == KS_OUTCOME_GONE;

    sender->result.attempts++;
    if (done)
        sender->result.done++;
    else
        sender->result.failed++;
    ks_log(sender->options->log, done ? KS_LOG_DEBUG : KS_LOG_WARN,
           "%s to %s, attempt %u: %s", claim->id,
           claim->channel == NULL ? "?" : claim->channel->name, claim->attempt,
           done ? "accepted" : result->reason);
}

static enum ks_rc send_next(int64_t *next, struct sender *sender,
                            struct ks_err *err)
{
    struct ks_attempt_result result;
    struct ks_claim claim;
    enum ks_rc rc = ks_spool_claim(&claim, next, sender->spool, err);

    if (rc != KS_OK)
        return rc;
    step(sender, KS_STEP_CLAIMED);
    rc = attempt_or_reason(&result, sender, &claim, err);
    if (rc == KS_OK) {
        step(sender, KS_STEP_ANSWERED);
        rc = ks_spool_finish(sender->spool, &claim, &result, err);
    }
    if (rc == KS_OK) {
        step(sender, KS_STEP_FINISHED);
        count(sender, &claim, &result);
        if (++sender->unflushed >= FLUSH_EVERY)
            rc = flush(sender, false, err);
    }
    ks_claim_release(&claim);
    return rc;
}

static bool stopped(const struct sender *sender)
{
    return sender->options->stop != NULL &&
           atomic_load(&sender->options->stop->wanted);
}

static void nap(int64_t until)
{
    int64_t left = until - ks_spool_now();
    struct timespec time = {0};

    if (left < 1)
        left = 1;
    time.tv_nsec = (left > NAP_MS ? NAP_MS : (long)left) * 1000000L;
    (void)nanosleep(&time, NULL);
}

static enum ks_rc send_all(struct sender *sender, struct ks_err *err)
{
    while (!stopped(sender)) {
        int64_t next = 0;
        enum ks_rc rc = send_next(&next, sender, err);

        if (rc == KS_OK)
            continue;
        if (rc != KS_ENOENT)
            return rc;
        if (sender->unflushed > 0) {
            rc = flush(sender, false, err);
            if (rc != KS_OK)
                return rc;
        }
        if (!sender->options->wait || next == 0)
            return KS_OK;
        nap(next);
    }
    return KS_OK;
}

enum ks_rc ks_deliver(struct ks_deliver_result *out, struct ks_spool *spool,
                      const struct ks_revoke_config *config,
                      const struct ks_deliver_options *options,
                      struct ks_err *err)
{
    struct sender sender = {
        .spool = spool, .config = config, .options = options};
    enum ks_rc rc, sealed;

    sender.clients =
        calloc(config->channel_count + 1, sizeof(struct ks_http *));
    if (sender.clients == NULL)
        return ks_fail_memory(err);
    rc = flush(&sender, false, err);
    if (rc == KS_OK)
        rc = send_all(&sender, err);
    sealed = flush(&sender, true, rc == KS_OK ? err : NULL);
    if (rc == KS_OK)
        rc = sealed;
    for (size_t i = 0; i < config->channel_count; i++)
        ks_http_free(sender.clients[i]);
    free(sender.clients);
    *out = sender.result;
    return rc;
}
