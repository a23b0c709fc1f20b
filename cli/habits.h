/* SPDX-License-Identifier: Apache-2.0 */
/* habits.h: what hands that know other scanners type, and how it is said here.
 */
#ifndef KS_CLI_HABITS_H
#define KS_CLI_HABITS_H

/* What does here what the command does elsewhere; NULL if that is not known. */
const char *ks_habit_command(const char *name);

/* As for commands, of an option without its dashes; "=VALUE" may follow. */
const char *ks_habit_option(const char *name);

/* The first command that has the option; NULL if none has. */
const char *ks_habit_command_with(const char *option);

#endif
