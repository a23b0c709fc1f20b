/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/habits.h"

#include "cli/command.h"

#include <stddef.h>
#include <string.h>

struct habit {
    const char *name, *here;
};

static const struct habit commands[] = {
    {"detect", "keysweep git REPO scans history, keysweep scan PATH files"},
    {"dir", "keysweep scan PATH"},
    {"directory", "keysweep scan PATH"},
    {"file", "keysweep scan PATH"},
    {"files", "keysweep scan PATH"},
    {"filesystem", "keysweep scan PATH"},
    {"check", "keysweep scan PATH"},
    {"stdin", "keysweep scan -"},
    {"protect", "keysweep git --staged; keysweep hook installs it"},
    {"install", "keysweep hook install"},
    {"init", "keysweep hook install"},
    {"pre-commit", "keysweep hook pre-commit"},
    {"pre-push", "keysweep hook pre-push"},
    {"pre-receive", "keysweep hook pre-receive"},
    {"repo", "keysweep git REPO"},
    {"github", "clone it, then keysweep git REPO"},
    {"gitlab", "clone it, then keysweep git REPO"},
    {"bitbucket", "clone it, then keysweep git REPO"},
    {"docker", "docker save IMAGE | keysweep scan -"},
    {"s3", "fetch the files, then keysweep scan PATH"},
    {"gcs", "fetch the files, then keysweep scan PATH"},
    {"baseline", "keysweep scan -f json -o FILE, later --baseline=FILE"},
    {"validate", "nothing: what proves itself is proven offline, always"},
    {"verify", "nothing: what proves itself is proven offline, always"},
    {"completion", "keysweep document bash, zsh or fish"},
    {"man", "keysweep document man"},
};

static const struct habit options[] = {
    /* where to look */
    {"source", "the PATH or REPO itself"},
    {"s", "the PATH or REPO itself"},
    {"directory", "the PATH itself"},
    {"path", "the PATH itself"},
    {"repo", "the REPO itself"},
    {"repo-path", "the REPO itself"},
    {"include-paths", "the PATH itself"},
    {"pipe", "keysweep scan -"},
    {"no-git", "keysweep scan PATH"},
    {"git-history", "keysweep git REPO"},
    {"log-opts", "--range, --branch or --since of keysweep git"},
    {"since-commit", "--range COMMIT..HEAD of keysweep git"},
    {"max-depth", "--range or --since of keysweep git"},
    {"pre-commit", "--staged of keysweep git"},
    {"mode", "--staged of keysweep git"},
    {"bare", "nothing: a bare repository is seen as one"},
    {"all-files", "nothing: all files are read"},
    {"max-target-megabytes", "nothing: files of any size are read"},
    {"max-file-size", "nothing: files of any size are read"},
    {"max-archive-depth", "nothing: three levels; --no-archives reads none"},
    {"archive-max-depth", "nothing: three levels; --no-archives reads none"},
    {"max-decode-depth", "nothing: three levels, always"},
    {"follow-symlinks", "nothing: links are not followed, their targets read"},
    /* what to leave out */
    {"exclude", "allow: [{path: PATTERN}] in .keysweep.yml"},
    {"exclude-paths", "allow: [{path: PATTERN}] in .keysweep.yml"},
    {"exclude-files", "allow: [{path: PATTERN}] in .keysweep.yml"},
    {"exclude-lines", "allow: [{regex: PATTERN}] in .keysweep.yml"},
    {"exclude-secrets", "allow: [{regex: PATTERN}] in .keysweep.yml"},
    {"baseline-path", "--baseline"},
    {"baseline-file", "--baseline"},
    {"b", "--baseline"},
    {"gitleaks-ignore-path", ".gitleaksignore at the root, or --config"},
    {"i", ".gitleaksignore at the root, or --config"},
    {"ignore-gitleaks-allow", "--no-allow-comments"},
    {"enable-rule", "--rule"},
    {"include-detectors", "--rule"},
    {"exclude-detectors", "--disable-rule"},
    {"disable-plugin", "--disable-rule"},
    {"list-all-plugins", "keysweep rules list"},
    /* what is believed */
    {"only-verified", "--confidence=high; what a checksum refutes never comes"},
    {"results", "--confidence=high; what a checksum refutes never comes"},
    {"no-verification", "nothing: a scan uses no network"},
    {"no-verify", "nothing: a scan uses no network"},
    {"no-validate", "nothing: a scan uses no network"},
    {"offline", "nothing: a scan uses no network"},
    {"no-update", "nothing: it never changes itself"},
    /* how it is told */
    {"report-format", "--format"},
    {"report-path", "--output"},
    {"r", "--output"},
    {"json", "--format=json, or jsonl"},
    {"sarif", "--format=sarif"},
    {"exit-code", "nothing: 0 is clean, 1 found, 2 an error, 3 incomplete"},
    {"fail", "nothing: 0 is clean, 1 found, 2 an error, 3 incomplete"},
    {"no-fail", "keysweep …; test $? -le 1"},
    {"no-banner", "nothing: there is no banner; --quiet says less"},
    {"log-level", "--quiet or --verbose"},
    {"l", "--quiet or --verbose"},
    {"debug", "--verbose"},
    {"threads", "--jobs"},
    {"concurrency", "--jobs"},
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

static bool has_option(const struct ks_command *command, const char *name,
                       size_t len)
{
    for (size_t g = 0; g < KS_COMMAND_GROUPS; g++)
        for (size_t i = 0; i < command->options[g].len; i++) {
            const char *own = command->options[g].items[i].name;

            if (strlen(own) == len && strncmp(own, name, len) == 0)
                return true;
        }
    return false;
}

const char *ks_habit_command_with(const char *option)
{
    size_t count, len = strcspn(option, "=");
    const struct ks_command *const *all = ks_commands(&count);

    for (size_t i = 0; i < count; i++)
        if (!all[i]->hidden && has_option(all[i], option, len))
            return all[i]->name;
    return NULL;
}
