/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keysweep.h: finding leaked secrets from C.
 *
 * One scanner, made once, serves any number of threads and scans:
 *
 *     struct keysweep_error error;
 *     struct keysweep_scanner *scanner;
 *     struct keysweep_result *result;
 *
 *     if (keysweep_open(&scanner, NULL, &error) != KEYSWEEP_OK ||
 *         keysweep_scan_buffer(&result, scanner, text, length, NULL, &error) !=
 *             KEYSWEEP_OK)
 *         fail(error.text);
 *     for (size_t i = 0; i < keysweep_result_count(result); i++)
 *         show(keysweep_result_at(result, i));
 *     keysweep_result_free(result);
 *     keysweep_close(scanner);
 *
 * Out-parameters are written on KEYSWEEP_OK only. Nothing here prints, exits,
 * reads the environment, or touches the network.
 */
#ifndef KEYSWEEP_KEYSWEEP_H
#define KEYSWEEP_KEYSWEEP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KEYSWEEP_API __attribute__((visibility("default")))

enum keysweep_status {
    KEYSWEEP_OK = 0,
    KEYSWEEP_EINVAL,  /* an argument or a rule file is wrong */
    KEYSWEEP_EIO,     /* a path does not exist or cannot be read */
    KEYSWEEP_ENOMEM,  /* out of memory */
    KEYSWEEP_EFAILED, /* anything else; the error says what */
};

/* Words for a person, "" unless a call failed. Never holds a secret. */
struct keysweep_error {
    char text[1024];
};

/* How sure a finding without a form of its own must be. */
enum keysweep_confidence {
    KEYSWEEP_CONFIDENCE_MEDIUM, /* best balance */
    KEYSWEEP_CONFIDENCE_LOW,    /* find more */
    KEYSWEEP_CONFIDENCE_HIGH,   /* be right */
};

/* Zero means the default for every member but `size`. */
struct keysweep_options {
    size_t size; /* sizeof(struct keysweep_options) */

    /* YAML files whose rules are added to the built-in ones. */
    const char *const *rule_files;
    size_t rule_file_count;

    enum keysweep_confidence confidence;
    unsigned threads;          /* of keysweep_scan_path; 0: all processors */
    int ignore_allow_comments; /* comments in the text allow nothing */

    /*
     * Directory to keep compiled rules in, made if it is not there. Without
     * it, a scanner with rules of its own compiles them whenever it is made,
     * which takes up to seconds; the built-in ones come compiled.
     */
    const char *cache_directory;
};

/* What was shown about a secret, offline. */
enum keysweep_proof {
    KEYSWEEP_PROOF_NONE,
    KEYSWEEP_PROOF_STRUCTURE, /* it has the inner form of the real thing */
    KEYSWEEP_PROOF_CHECKSUM,  /* a checksum holds: cannot be chance */
};

enum keysweep_severity {
    KEYSWEEP_SEVERITY_LOW,
    KEYSWEEP_SEVERITY_MEDIUM,
    KEYSWEEP_SEVERITY_HIGH,
    KEYSWEEP_SEVERITY_CRITICAL,
};

/*
 * One place of one secret. The bytes of the secret are where the place says
 * they are; they are not kept here. Everything is owned by the result. Later
 * versions add members at the end only.
 */
struct keysweep_finding {
    const char *id;   /* of the secret under this rule; the same at each place */
    const char *rule; /* such as "github-pat" */
    const char *name; /* of the rule, for people */
    enum keysweep_severity severity;
    enum keysweep_proof proof;
    unsigned confidence; /* thousandths, 0 to 1000 */

    /*
     * Bytes of the file, which may hold any byte but NUL; NULL for a buffer
     * without a name.
     */
    const char *path;
    const char *archive; /* path inside the archive `path`; or NULL */
    const char *decoded; /* such as "base64": the place is of what encodes the
                            secret; or NULL */
    uint64_t offset;     /* of the secret's first byte, from 0 */
    uint64_t length;     /* in bytes */
    /* Lines and columns count from 1, columns in characters; end is exclusive. */
    size_t start_line, start_column, end_line, end_column;
};

/* Rules made ready to scan. Immutable: all threads may use it at once. */
struct keysweep_scanner;

/* What one scan found. Immutable. */
struct keysweep_result;

/* Version of the library, such as "0.1.0". */
KEYSWEEP_API const char *keysweep_version(void);

/*
 * Makes a scanner of the built-in rules and those of `options` (NULL: all
 * defaults). KEYSWEEP_EINVAL with file, line and column for a rule that is
 * wrong. `error` may be NULL, here and below.
 */
KEYSWEEP_API enum keysweep_status
keysweep_open(struct keysweep_scanner **out,
              const struct keysweep_options *options,
              struct keysweep_error *error);

/* Frees a scanner that no thread uses and whose results are freed; or NULL. */
KEYSWEEP_API void keysweep_close(struct keysweep_scanner *scanner);

/*
 * Scans `length` bytes (below 4 GiB), which may be freed afterwards. `path`
 * (NULL: none) says where they came from, which is a part of the judgement on
 * secrets without a form of their own; nothing is opened.
 */
KEYSWEEP_API enum keysweep_status
keysweep_scan_buffer(struct keysweep_result **out,
                     struct keysweep_scanner *scanner, const void *bytes,
                     size_t length, const char *path,
                     struct keysweep_error *error);

/*
 * Scans a file, or every file below a directory, archives included. What
 * cannot be read below a directory is counted in the result.
 */
KEYSWEEP_API enum keysweep_status
keysweep_scan_path(struct keysweep_result **out,
                   struct keysweep_scanner *scanner, const char *path,
                   struct keysweep_error *error);

/* Places found: ordered by rule, secret, path, offset. */
KEYSWEEP_API size_t keysweep_result_count(const struct keysweep_result *result);

/* Valid until keysweep_result_free; NULL if `index` is not below the count. */
KEYSWEEP_API const struct keysweep_finding *
keysweep_result_at(const struct keysweep_result *result, size_t index);

/*
 * How many things could not be scanned. A result without findings says that
 * there are none only if this is 0.
 */
KEYSWEEP_API uint64_t
keysweep_result_skipped(const struct keysweep_result *result);

/* Wipes and frees; or NULL. */
KEYSWEEP_API void keysweep_result_free(struct keysweep_result *result);

#ifdef __cplusplus
}
#endif

#endif
