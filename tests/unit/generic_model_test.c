/* SPDX-License-Identifier: Apache-2.0 */
/* The model's tables: made for these features, summed alike everywhere. */
#include "rules/classifier/model.h"
#include "scanner/generic/features.h"
#include "scanner/generic/path.h"
#include "scanner/generic/reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct vector {
    int32_t score;
    int16_t features[KS_FEATURES];
};

static const struct vector vectors[] = {
#include "tests/unit/generic_vectors.h"
};

static void scores_are_those_of_training(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
        assert_int_equal(ks_generic_model_window(vectors[i].features),
                         vectors[i].score);
}

/* FNV-1a over the names of all features, as emit.py counts it. */
static void the_model_knows_these_features(void **state)
{
    static const char names[] =
#define KS_FEATURE(name) #name "\n"
#include "scanner/generic/features.def"
#undef KS_FEATURE
        "path_kind\npath_test\npath_example\npath_doc\npath_vendor\n"
        "path_locale\npath_conf\npath_secret";
    uint32_t h = 2166136261u;

    (void)state;
    for (size_t i = 0; names[i] != 0; i++)
        h = (h ^ (uint8_t)names[i]) * 16777619u;
    assert_int_equal(h, ks_model.features);
}

/* The figures of docs/accuracy.md are those of the tables compiled in. */
static void the_document_tells_of_this_model(void **state)
{
    FILE *f = fopen(KS_SOURCE_DIR "/docs/accuracy.md", "r");
    char line[2048];
    bool found = false;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL)
        found = found || strstr(line, ks_model.version) != NULL;
    fclose(f);
    assert_true(found);
}

/* Every test reads a feature that exists, every child is in its tree. */
static void the_tables_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < ks_model.windows + ks_model.paths; i++) {
        bool path = i >= ks_model.windows;
        const struct ks_model_tree *t = &ks_model.window[i];

        for (int n = 0; n < t->nodes; n++) {
            const struct ks_model_node *node = &ks_model.nodes[t->node + n];

            assert_true(node->feature <
                        (path ? (int)KS_PATH_FEATURES : (int)KS_FEATURES));
            assert_true(node->child[0] < t->nodes && node->child[0] != 0);
            assert_true(node->child[1] < t->nodes && node->child[1] != 0);
            assert_true(node->child[0] >= -1 - t->nodes);
            assert_true(node->child[1] >= -1 - t->nodes);
            assert_true(node->child[0] < 0 || node->child[0] > n);
            assert_true(node->child[1] < 0 || node->child[1] > n);
        }
    }
    assert_ptr_equal(ks_model.path, ks_model.window + ks_model.windows);
    assert_true(ks_model.high >= ks_model.medium);
}

/* What is left behind a tree is the sum of the greatest leaves behind it. */
static void what_is_left_is_the_most(void **state)
{
    int32_t left = 0;

    (void)state;
    for (size_t i = ks_model.windows; i > 0; i--) {
        const struct ks_model_tree *t = &ks_model.window[i - 1];
        int16_t most = ks_model.leaves[t->leaf];

        assert_int_equal(ks_model.rest[i - 1], left);
        for (int n = 1; n <= t->nodes; n++) {
            if (ks_model.leaves[t->leaf + n] > most)
                most = ks_model.leaves[t->leaf + n];
        }
        left += most;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_training),
        cmocka_unit_test(the_model_knows_these_features),
        cmocka_unit_test(the_document_tells_of_this_model),
        cmocka_unit_test(the_tables_are_sound),
        cmocka_unit_test(what_is_left_is_the_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
