/* SPDX-License-Identifier: Apache-2.0 */
/* hook_install.h: hooks as git calls them, put beside those that are there. */
#ifndef KS_CLI_HOOK_INSTALL_H
#define KS_CLI_HOOK_INSTALL_H

#include "cli/args.h"

/*
 * Installs the named hooks (none: pre-commit, in a bare repository
 * pre-receive). A hook that is there is kept as NAME.before-keysweep and run
 * first. Says on standard output what it did; doing it again changes nothing.
 */
enum ks_rc ks_hook_install(const struct ks_args *args, struct ks_err *err);

/* Takes the named hooks away and puts back what was there before. */
enum ks_rc ks_hook_uninstall(const struct ks_args *args, struct ks_err *err);

#endif
