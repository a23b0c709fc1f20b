/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations of revocation. */
#include "base/file.h"
#include "revoke/config.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_revoke_config *config = NULL;
    struct ks_err err = {0};
    char path[64];
    int fd = memfd_create("config", MFD_CLOEXEC);

    if (fd < 0)
        return 0;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (ks_file_write_all(fd, (struct ks_span){data, size}, path, &err) ==
        KS_OK)
        (void)ks_revoke_config_load(&config, path, &err);
    ks_revoke_config_free(config);
    (void)close(fd);
    return 0;
}
