/* SPDX-License-Identifier: Apache-2.0 */
/* recall_parts.h: what an earlier scan left, and what the next will find. */
#ifndef KS_GIT_RECALL_PARTS_H
#define KS_GIT_RECALL_PARTS_H

#include "git/oids.h"
#include "git/recall.h"
#include "git/state.h"

struct ks_recall {
    struct ks_state old;    /* what the file says; empty if it does not fit */
    struct ks_state next;   /* what it will say */
    struct ks_oids commits; /* numbers of `next.commits` */
    bool same;              /* the tips are those of `old` */
    bool unsayable;         /* something was found that no state can hold */
};

#endif
