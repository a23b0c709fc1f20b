/* SPDX-License-Identifier: Apache-2.0 */
/* log.h: words for the person at standard error. */
#ifndef KS_BASE_LOG_H
#define KS_BASE_LOG_H

enum ks_log_level { KS_LOG_ERROR, KS_LOG_WARN, KS_LOG_INFO, KS_LOG_DEBUG };

/*
 * Where messages go. A NULL logger is silent. `write` gets one line without
 * its end, control bytes already neutralised, and may be called by any thread.
 */
struct ks_log {
    enum ks_log_level level;
    void (*write)(void *ctx, enum ks_log_level level, const char *line);
    void *ctx;
};

void ks_log(const struct ks_log *log, enum ks_log_level level,
            const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
