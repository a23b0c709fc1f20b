/* SPDX-License-Identifier: Apache-2.0 */
/* names.c: the words of finding.h's enumerations. */
#include "scanner/finding.h"

const char *ks_proof_name(enum ks_proof proof)
{
    static const char *const names[] = {
        [KS_PROOF_NONE] = "none",
        [KS_PROOF_STRUCTURE] = "structure",
        [KS_PROOF_CHECKSUM] = "checksum",
    };

    return names[proof];
}

const char *ks_scan_kind_name(enum ks_scan_kind kind)
{
    static const char *const names[] = {
        [KS_SCAN_FILES] = "files",
        [KS_SCAN_STDIN] = "stdin",
        [KS_SCAN_GIT] = "git",
        [KS_SCAN_STAGED] = "staged",
    };

    return names[kind];
}
