/* SPDX-License-Identifier: Apache-2.0 */
/* Written by tools/classifier/train.py; see docs/accuracy.md. */
#include "rules/classifier/model.h"

/* clang-format off */
static const struct ks_model_node nodes[1] = {
    {0},
};
static const int16_t leaves[1] = {
    0,
};
static const struct ks_model_tree trees[1] = {
    {0, 0, 0},
};
/* clang-format on */

const struct ks_model ks_model = {
    .version = "ef4a6c9053e40cc4",
    .features = 2166136261u,
    .window = trees,
    .windows = 1,
    .path = trees + 1,
    .paths = 0,
    .nodes = nodes,
    .leaves = leaves,
    .medium = 0,
    .high = 0,
    .calibration = {
        1, 16, 31, 47, 62, 78, 94, 109, 125, 141,
        156, 172, 188, 203, 219, 234, 250, 266, 281, 297,
        312, 328, 344, 359, 375, 391, 406, 422, 438, 453,
        469, 484, 500, 516, 531, 547, 562, 578, 594, 609,
        625, 641, 656, 672, 688, 703, 719, 734, 750, 766,
        781, 797, 812, 828, 844, 859, 875, 891, 906, 922,
        938, 953, 969, 984, 999,
    },
};
