/* SPDX-License-Identifier: Apache-2.0 */
/* model.h: the trained tables; model.c is written by train.py. */
#ifndef KS_RULES_CLASSIFIER_MODEL_H
#define KS_RULES_CLASSIFIER_MODEL_H

#include <stddef.h>
#include <stdint.h>

/* One log odd in a score. */
#define KS_MODEL_ONE 1024

/*
 * A test in a tree: feature <= threshold goes to the first child, else to the
 * second. A child of n >= 0 is a node of the same tree; of n < 0 it is leaf
 * -1 - n of it.
 */
struct ks_model_node {
    int16_t threshold;
    int16_t child[2];
    uint16_t feature;
};

/* A tree's nodes and leaves in the two arrays of all trees. */
struct ks_model_tree {
    uint16_t node, leaf;
    uint8_t nodes; /* none: the tree is its first leaf */
};

/* Two additive sets of trees: over the window, and over the path. */
struct ks_model {
    const char *version; /* date-free: the model's own hash, in hex */
    uint32_t features;   /* hash of the names of the features it was made for */
    const struct ks_model_tree *window;
    size_t windows;
    const int32_t *rest; /* the most that the window's trees behind one add */
    const struct ks_model_tree *path;
    size_t paths;
    const struct ks_model_node *nodes;
    const int16_t *leaves;
    int32_t medium, high; /* thresholds of the whole score */
    /* Probability in 1/1000 at score (i - 32) * KS_MODEL_ONE / 4. */
    uint16_t calibration[65];
};

extern const struct ks_model ks_model;

#endif
