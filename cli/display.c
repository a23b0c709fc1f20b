/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/display.h"

#include "base/plural.h"
#include "cli/say.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { EACH_MS = 200, NS_A_MS = 1000000, MS_A_SECOND = 1000 };

static const double mega = 1e6;

struct ks_display {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool over;
    struct ks_progress *progress;
    struct timespec started;
};

static double seconds_since(struct timespec then)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then.tv_sec) +
           (double)(now.tv_nsec - then.tv_nsec) / 1e9;
}

static void show(const struct ks_display *d)
{
    struct ks_progress *p = d->progress;
    unsigned long long objects = atomic_load(&p->objects);
    unsigned long long findings = atomic_load(&p->findings);
    double bytes = (double)atomic_load(&p->bytes);
    double total = (double)atomic_load(&p->bytes_total);
    double seconds = seconds_since(d->started);
    double rate = seconds > 0 ? bytes / seconds : 0;

    (void)fprintf(stderr, "\r\033[K%llu object%s, %.1f MB", objects,
                  ks_plural(objects), bytes / mega);
    if (total > 0)
        (void)fprintf(stderr, " of %.1f", total / mega);
    (void)fprintf(stderr, ", %.0f MB/s, %llu finding%s", rate / mega, findings,
                  ks_plural(findings));
    if (total > bytes && rate > 0)
        (void)fprintf(stderr, ", %.0f s left", (total - bytes) / rate);
    (void)fflush(stderr);
}

static void *run(void *arg)
{
    struct ks_display *d = arg;

    (void)pthread_mutex_lock(&d->lock);
    while (!d->over) {
        struct timespec until;

        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (long)EACH_MS * NS_A_MS;
        until.tv_sec += until.tv_nsec / (MS_A_SECOND * (long)NS_A_MS);
        until.tv_nsec %= MS_A_SECOND * (long)NS_A_MS;
        if (pthread_cond_timedwait(&d->ended, &d->lock, &until) != 0)
            show(d);
    }
    (void)pthread_mutex_unlock(&d->lock);
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    return NULL;
}

void ks_display_start(struct ks_display **out, struct ks_progress *progress)
{
    struct ks_display *d;

    *out = NULL;
    if (!ks_is_terminal(STDERR_FILENO))
        return;
    d = calloc(1, sizeof(*d));
    if (d == NULL)
        return;
    d->progress = progress;
    (void)clock_gettime(CLOCK_MONOTONIC, &d->started);
    (void)pthread_mutex_init(&d->lock, NULL);
    (void)pthread_cond_init(&d->ended, NULL);
    if (pthread_create(&d->thread, NULL, run, d) != 0) {
        free(d);
        return;
    }
    *out = d;
}

void ks_display_stop(struct ks_display *display)
{
    if (display == NULL)
        return;
    (void)pthread_mutex_lock(&display->lock);
    display->over = true;
    (void)pthread_cond_signal(&display->ended);
    (void)pthread_mutex_unlock(&display->lock);
    (void)pthread_join(display->thread, NULL);
    (void)pthread_cond_destroy(&display->ended);
    (void)pthread_mutex_destroy(&display->lock);
    free(display);
}
