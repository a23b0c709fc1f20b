/* SPDX-License-Identifier: Apache-2.0 */
/* list.h: what the entries of a directory are, and the work they make. */
#ifndef KS_FILES_LIST_H
#define KS_FILES_LIST_H

#include "files/lane.h"
#include "files/queue.h"

/*
 * Lists the directory: puts the directories below it and batches of its files
 * into the queue, and reads what the queue does not take. Hands over names.
 */
enum ks_rc ks_list_dir(struct ks_lane *lane, struct ks_file_queue *queue,
                       struct ks_dir *dir);

/* Reads the files of a batch. */
enum ks_rc ks_list_batch(struct ks_lane *lane, const struct ks_dir *dir,
                         const char *names, size_t len);

#endif
