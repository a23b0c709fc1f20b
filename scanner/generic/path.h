/* SPDX-License-Identifier: Apache-2.0 */
/* path.h: what a file's path says about its candidates. */
#ifndef KS_SCANNER_GENERIC_PATH_H
#define KS_SCANNER_GENERIC_PATH_H

#include <stdint.h>

enum ks_path_feature {
    KS_PATH_KIND,    /* group of extensions, see path.c */
    KS_PATH_TEST,    /* a folder or name of tests, mocks, fixtures */
    KS_PATH_EXAMPLE, /* examples, samples, demonstrations */
    KS_PATH_DOC,     /* documentation */
    KS_PATH_VENDOR,  /* other people's code, built or locked */
    KS_PATH_LOCALE,  /* translations */
    KS_PATH_CONF,    /* configuration, deployment */
    KS_PATH_SECRET,  /* says itself that it holds secrets */
    KS_PATH_FEATURES
};

/* Fills the features of a path with '/' between its parts. */
void ks_path_features(int16_t out[KS_PATH_FEATURES], const char *path);

#endif
