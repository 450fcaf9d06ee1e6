/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is read: its bytes at any offset, or all of them. */
#ifndef INPUT_FILE_H
#define INPUT_FILE_H

#include "bytes.h"
#include "complaint.h"

/* A JSON longer than this is refused: it would hold more than a million ranges. */
#define INPUT_FILE_TEXT_LIMIT (UINT64_C(1) << 30)

struct input_file {
    const char *name;
    int descriptor;
    struct bytes bytes; /* no larger than 0 where the file cannot be read from an offset: a pipe */
};

/* Opens a file, or standard input for "-". On success it is to be closed. */
bool input_file_open(struct input_file *file, const char *name, struct complaint *complaint);

/* All of it, from malloc(), terminated. A pipe is read to its end. */
char *input_file_text(struct input_file *file, size_t *length_bytes, struct complaint *complaint);

void input_file_close(struct input_file *file);

#endif
