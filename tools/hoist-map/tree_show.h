/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables of any format in a file of flat memory, range by range. */
#ifndef TREE_SHOW_H
#define TREE_SHOW_H

#include "options.h"

/*
 * Prints what the tables below --cr3 map; the exit status. A name that is no format, a root or a
 * table outside the file: a complaint.
 */
int tree_show(const struct options *options, struct complaint *complaint);

#endif
