/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule_files.h"

#include "cli/cache_dir.h"

#include <limits.h>
#include <sys/stat.h>

static enum ks_rc add_path(struct ks_rules *rules, const char *path,
                           struct ks_err *err)
{
    struct stat info;

    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return ks_rules_add_dir(rules, path, err);
    return ks_rules_add_file(rules, path, err);
}

static enum ks_rc add_operands(struct ks_rule_files *files,
                               const struct ks_words *words,
                               struct ks_err *err)
{
    char installed[PATH_MAX];
    enum ks_rc rc = KS_OK;

    if (words->len < 2) {
        if (!ks_data_dir(installed, sizeof(installed), "rules"))
            return ks_fail(err, KS_ENOENT,
                           "the installed rules are not there; name a file or "
                           "directory of rules");
        return ks_rules_add_dir(files->rules, installed, err);
    }
    for (size_t i = 1; i < words->len && rc == KS_OK; i++)
        rc = add_path(files->rules, words->items[i], err);
    return rc;
}

static enum ks_rc add_options(struct ks_rule_files *files,
                              const struct ks_words *words, struct ks_err *err)
{
    enum ks_rc rc = ks_rules_add_set(files->rules, ks_rules_builtin(), err);

    for (size_t i = 0; i < words->len && rc == KS_OK; i++)
        rc = add_path(files->rules, words->items[i], err);
    return rc;
}

enum ks_rc ks_rule_files_open(struct ks_rule_files *files,
                              const struct ks_args *args, bool from_files,
                              struct ks_err *err)
{
    enum ks_rc rc = ks_rules_new(&files->rules, err);

    if (rc == KS_OK)
        rc = from_files ? add_operands(files, &args->operands, err)
                        : add_options(files, &args->rule_files, err);
    if (rc == KS_OK)
        files->set = ks_rules_set(files->rules);
    return rc;
}

void ks_rule_files_close(struct ks_rule_files *files)
{
    ks_rules_free(files->rules);
    *files = (struct ks_rule_files){0};
}
