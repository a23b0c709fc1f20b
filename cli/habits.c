/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/habits.h"

#include <stddef.h>
#include <string.h>

struct habit {
    const char *name, *here;
};

static const struct habit commands[] = {
    {"detect", "keysweep git REPO scans history, keysweep scan PATH files"},
    {"dir", "keysweep scan PATH"},
    {"filesystem", "keysweep scan PATH"},
    {"stdin", "keysweep scan -"},
    {"protect", "keysweep git --staged; keysweep hook installs it"},
};

static const struct habit options[] = {
    {"report-format", "--format"},
    {"report-path", "--output"},
    {"no-git", "keysweep scan PATH"},
    {"log-opts", "--range, --branch or --since of keysweep git"},
    {"threads", "--jobs"},
    {"exit-code", "nothing: 0 is clean, 1 found, 2 an error, 3 incomplete"},
    {"no-banner", "nothing: there is no banner; --quiet says less"},
    {"baseline-path", "--baseline"},
    {"max-depth", "--range or --since of keysweep git"},
};

static const char *look_up(const struct habit *habits, size_t count,
                           const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(habits[i].name) == len &&
            strncmp(habits[i].name, name, len) == 0)
            return habits[i].here;
    return NULL;
}

const char *ks_habit_command(const char *name)
{
    return look_up(commands, sizeof(commands) / sizeof(*commands), name,
                   strlen(name));
}

const char *ks_habit_option(const char *name)
{
    return look_up(options, sizeof(options) / sizeof(*options), name,
                   strcspn(name, "="));
}
