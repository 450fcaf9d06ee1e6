/* SPDX-License-Identifier: BSD-2-Clause */
#include "room.h"

#include <stdlib.h>

#define FIRST_ROOM 64u

void *room_for_more(void *list, size_t *capacity, size_t limit, size_t element_bytes)
{
    const size_t more = *capacity == 0 ? FIRST_ROOM : 2 * *capacity;
    void *grown = *capacity >= limit ? NULL : realloc(list, more * element_bytes);

    *capacity = grown == NULL ? *capacity : more;
    return grown;
}
