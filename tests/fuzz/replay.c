/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c: gives each file of a folder, and some fixed inputs, to a target. */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 64 * 1024 * 1024 };

static int replay_file(const char *folder, const char *name)
{
    struct ks_buf bytes;
    struct ks_err err = {0};
    char path[4096];
    enum ks_rc rc;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    ks_buf_init(&bytes, LARGEST);
    rc = ks_file_read(&bytes, path, &err);
    if (rc == KS_OK)
        (void)LLVMFuzzerTestOneInput(bytes.ptr, bytes.len);
    else
        (void)fprintf(stderr, "%s\n", err.text);
    ks_buf_release(&bytes);
    return rc == KS_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1] = {0};
    struct dirent **names = NULL;
    int failed = 0;
    int count;

    (void)LLVMFuzzerTestOneInput(nothing, 0);
    (void)LLVMFuzzerTestOneInput(nothing, 1);
    count = argc < 2 ? 0 : scandir(argv[1], &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.')
            failed |= replay_file(argv[1], names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return failed;
}
