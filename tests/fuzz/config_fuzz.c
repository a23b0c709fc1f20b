/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as .keysweep.yml and as .gitleaksignore: taken, or refused. */
#include "cli/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    char path[64];

    if (fd < 0)
        fd = memfd_create("config", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) < 0 ||
        pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    for (int way = 0; way < 3; way++) {
        struct ks_config config = {.confidence = NULL};
        struct ks_err err = {{0}};
        enum ks_rc rc =
            way == 2 ? ks_config_read_ignore(&config, path, &err)
                     : ks_config_read(&config, path, way == 0 ? NULL : "/tmp",
                                      &err);

        if (rc != KS_OK && err.text[0] == '\0')
            abort();
        ks_config_release(&config);
    }
    return 0;
}
