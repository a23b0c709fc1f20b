/* SPDX-License-Identifier: Apache-2.0 */
/* err.h: result codes and the words that go with a failure. */
#ifndef KS_BASE_ERR_H
#define KS_BASE_ERR_H

/* What became of a call. Everything but KS_OK leaves out-parameters untouched. */
enum ks_rc {
    KS_OK = 0,
    KS_EINVAL,    /* the caller's or the user's input is wrong */
    KS_EIO,       /* the operating system refused or failed */
    KS_ENOMEM,    /* out of memory */
    KS_ELIMIT,    /* a stated bound was reached */
    KS_ENOENT,    /* there is no such thing */
    KS_EFORMAT,   /* bytes do not have the form that they claim */
    KS_ECANCELED, /* somebody asked to stop */
};

enum { KS_ERR_TEXT = 1024 };

/* Words for a person. Holds "" until something fails. Never holds a secret. */
struct ks_err {
    char text[KS_ERR_TEXT];
};

/*
 * Writes the words (cut at KS_ERR_TEXT) and returns `rc`, so that a function
 * can fail in one line. `err` may be NULL.
 */
enum ks_rc ks_fail(struct ks_err *err, enum ks_rc rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* KS_ENOMEM with its words. */
enum ks_rc ks_fail_memory(struct ks_err *err);

/*
 * Puts "<text>: " in front of the words that are there, for a layer that
 * knows the place (a file, a rule) which the layer below did not.
 */
enum ks_rc ks_fail_within(struct ks_err *err, enum ks_rc rc, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));

#endif
