/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

const struct ks_option ks_options_rules[KS_OPTIONS_RULES] = {
    {'c', "config", KS_OPTION_LIST, "FILE",
     "configuration in place of .keysweep.yml; repeatable", KS_FIELD(configs)},
    {0, "rules", KS_OPTION_LIST, "FILE", "add the rules of a YAML file",
     KS_FIELD(rule_files)},
    {0, "rule", KS_OPTION_LIST, "ID", "use only this rule; repeatable",
     KS_FIELD(rules)},
    {0, "disable-rule", KS_OPTION_LIST, "ID", "leave this rule out; repeatable",
     KS_FIELD(disabled)},
    {0, "tag", KS_OPTION_LIST, "TAG", "use only rules with this tag",
     KS_FIELD(tags)},
    {0, "severity", KS_OPTION_TEXT, "LEVEL",
     "report from low, medium, high or critical on", KS_FIELD(severity)},
    {0, "confidence", KS_OPTION_TEXT, "LEVEL",
     "low finds more, high errs less (default medium)", KS_FIELD(confidence)},
    {0, "all-rules", KS_OPTION_FLAG, NULL,
     "also what is off by default: UUIDs and account ids", KS_FIELD(all_rules)},
    {0, "baseline", KS_OPTION_LIST, "FILE",
     "leave out what this JSON report already holds; repeatable",
     KS_FIELD(baselines)},
    {0, "no-allow-comments", KS_OPTION_FLAG, NULL,
     "report what comments in the text allow", KS_FIELD(no_allow_comments)},
    {0, "trust-repo-config", KS_OPTION_FLAG, NULL,
     "let the scanned tree's .keysweep.yml decide",
     KS_FIELD(trust_repo_config)},
    {0, "no-trust-repo-config", KS_OPTION_FLAG, NULL,
     "ignore the scanned tree's .keysweep.yml", KS_FIELD(no_trust_repo_config)},
};

const struct ks_option ks_options_report[KS_OPTIONS_REPORT] = {
    {'f', "format", KS_OPTION_TEXT, "FORMAT",
     "text, json, jsonl, sarif, gitlab, gitleaks, junit, csv",
     KS_FIELD(format)},
    {'o', "output", KS_OPTION_TEXT, "FILE",
     "write it there, whole or not at all; mode kept, new files 0600",
     KS_FIELD(output)},
    {0, "redact", KS_OPTION_OPTIONAL, "N",
     "hide N percent of each secret (default 100, 0 hides nothing)",
     KS_FIELD(redact)},
    {0, "show-secrets", KS_OPTION_FLAG, NULL, "print secrets in full",
     KS_FIELD(show_secrets)},
    {0, "explain", KS_OPTION_FLAG, NULL, "say why each finding is one",
     KS_FIELD(explain)},
    {0, "explain-drops", KS_OPTION_FLAG, NULL,
     "say on standard error why candidates are none", KS_FIELD(explain_drops)},
    {0, "no-color", KS_OPTION_FLAG, NULL, "no colours on a terminal",
     KS_FIELD(no_color)},
};

const struct ks_option ks_options_common[KS_OPTIONS_COMMON] = {
    {'j', "jobs", KS_OPTION_TEXT, "N", "threads (default: all processors)",
     KS_FIELD(jobs)},
    {'q', "quiet", KS_OPTION_FLAG, NULL, "no progress, no summary",
     KS_FIELD(quiet)},
    {'v', "verbose", KS_OPTION_FLAG, NULL, "say more on standard error",
     KS_FIELD(verbose)},
    {'h', "help", KS_OPTION_FLAG, NULL, "this text", KS_FIELD(help)},
};

const struct ks_option ks_options_revoke[KS_OPTIONS_REVOKE] = {
    {0, "revoke", KS_OPTION_TEXT, "HOW",
     "then: plan says what would be revoked, send does it", KS_FIELD(revoke)},
    {0, "yes-revoke", KS_OPTION_TEXT, "WORD",
     "confirms --revoke=send: must be 'policy'", KS_FIELD(yes_revoke)},
    {0, "notify", KS_OPTION_FLAG, NULL, "then tell the webhooks of findings",
     KS_FIELD(notify)},
    {0, "revocation", KS_OPTION_TEXT, "FILE",
     "configuration of --revoke and --notify", KS_FIELD(revocation)},
};
