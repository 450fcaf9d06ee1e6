/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists that grow. */
#ifndef ROOM_H
#define ROOM_H

#include <stddef.h>

/*
 * A list from malloc(), or NULL, with room for more than *capacity elements. NULL: it has `limit`
 * of them, or memory is out; the list stays as it was.
 */
void *room_for_more(void *list, size_t *capacity, size_t limit, size_t element_bytes);

#endif
