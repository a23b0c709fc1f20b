/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h: the same work on several threads. */
#ifndef KS_BASE_POOL_H
#define KS_BASE_POOL_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>

/* A wish to stop that any thread or a signal handler may set. */
struct ks_stop {
    atomic_bool wanted;
};

/* Work of one thread; `worker` is 0 … threads − 1. */
typedef enum ks_rc (*ks_pool_fn)(void *ctx, unsigned worker,
                                 struct ks_err *err);

/*
 * Runs `work` once on each of `threads` threads (the caller's among them) and
 * waits for all. Returns the result of the lowest worker that failed, with its
 * words. A thread that cannot be started is done without: the work must be one
 * that fewer threads can finish.
 */
enum ks_rc ks_pool_run(unsigned threads, ks_pool_fn work, void *ctx,
                       struct ks_err *err);

/* Processors that this process may use, at least 1. */
unsigned ks_pool_default_threads(void);

#endif
