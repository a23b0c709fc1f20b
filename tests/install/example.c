/* SPDX-License-Identifier: Apache-2.0 */
/* example.c FILE [RULES.yml]: what a user of the library writes. */
#include <keysweep/keysweep.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, TEXT = 4096 };

static struct keysweep_scanner *scanner;
static char text[TEXT];
static size_t length;

static void *scan_text(void *count)
{
    struct keysweep_error error;
    struct keysweep_result *result;

    if (keysweep_scan_buffer(&result, scanner, text, length, "text", &error) !=
        KEYSWEEP_OK)
        return NULL;
    *(size_t *)count = keysweep_result_count(result);
    keysweep_result_free(result);
    return NULL;
}

/* The same bytes on several threads with one scanner. */
static int scan_at_once(size_t wanted)
{
    pthread_t threads[THREADS];
    size_t counts[THREADS] = {0};
    int wrong = 0;

    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, scan_text, &counts[i]) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        wrong |= counts[i] != wanted;
    }
    return wrong;
}

static void print(const struct keysweep_result *result)
{
    for (size_t i = 0; i < keysweep_result_count(result); i++) {
        const struct keysweep_finding *f = keysweep_result_at(result, i);

        printf("%s:%zu:%zu-%zu:%zu %s severity=%d proof=%d confidence=%u "
               "offset=%llu length=%llu id=%s\n",
               f->path, f->start_line, f->start_column, f->end_line,
               f->end_column, f->rule, (int)f->severity, (int)f->proof,
               f->confidence, (unsigned long long)f->offset,
               (unsigned long long)f->length, f->id);
    }
    printf("skipped %llu\n",
           (unsigned long long)keysweep_result_skipped(result));
}

int main(int argc, char **argv)
{
    const char *files[] = {argc > 2 ? argv[2] : NULL};
    struct keysweep_options options = {.size = sizeof(options),
                                       .rule_files = files,
                                       .rule_file_count = argc > 2,
                                       .threads = 2};
    struct keysweep_error error;
    struct keysweep_result *result;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    int wrong;

    if (keysweep_open(&scanner, &options, &error) != KEYSWEEP_OK ||
        keysweep_scan_path(&result, scanner, argc > 1 ? argv[1] : ".",
                           &error) != KEYSWEEP_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        keysweep_close(scanner);
        return 2;
    }
    print(result);
    if (file == NULL)
        return 2;
    length = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    wrong = scan_at_once(keysweep_result_count(result)) ||
            keysweep_result_at(result, keysweep_result_count(result)) != NULL;
    printf("keysweep %s\n", keysweep_version());
    keysweep_result_free(result);
    keysweep_close(scanner);
    return wrong;
}
