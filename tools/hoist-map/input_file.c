/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, read by offsets: a dump may be larger than memory, and sparse. */
#include "input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_TEXT_BYTES ((size_t)65536)

static bool read_at(void *context, uint64_t offset_bytes, void *buffer, size_t length_bytes)
{
    const struct input_file *file = context;
    unsigned char *to = buffer;

    while (length_bytes != 0) {
        const ssize_t count = pread(file->descriptor, to, length_bytes, (off_t)offset_bytes);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        to += count;
        offset_bytes += (uint64_t)count;
        length_bytes -= (size_t)count;
    }
    return true;
}

/* Disks and files have a size; a pipe and a terminal have none. */
static uint64_t size_of(int descriptor, const struct stat *state)
{
    const off_t end =
        S_ISREG(state->st_mode) || S_ISBLK(state->st_mode) ? lseek(descriptor, 0, SEEK_END) : 0;

    return end > 0 ? (uint64_t)end : 0;
}

bool input_file_open(struct input_file *file, const char *name, struct complaint *complaint)
{
    const bool is_standard = strcmp(name, "-") == 0;
    struct stat state;

    *file = (struct input_file){.name = is_standard ? "standard input" : name};
    file->descriptor = is_standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file->descriptor < 0 || fstat(file->descriptor, &state) != 0) {
        complain(complaint, "%s: %s", file->name, strerror(errno));
        input_file_close(file);
        return false;
    }
    if (S_ISDIR(state.st_mode)) {
        complain(complaint, "%s: is a directory", file->name);
        input_file_close(file);
        return false;
    }
    file->bytes = (struct bytes){read_at, file, size_of(file->descriptor, &state)};
    return true;
}

/* Reads on until the end; false: the file is too long, or cannot be read. */
static bool read_all(struct input_file *file, char **text, size_t *length_bytes,
                     struct complaint *complaint)
{
    size_t capacity = FIRST_TEXT_BYTES;

    for (;;) {
        char *grown = *text == NULL || *length_bytes + 1 == capacity
                          ? realloc(*text, capacity = *text == NULL ? capacity : 2 * capacity)
                          : *text;
        ssize_t count;

        if (grown == NULL) {
            return complain(complaint, "%s: out of memory", file->name);
        }
        *text = grown;
        count = read(file->descriptor, grown + *length_bytes, capacity - 1 - *length_bytes);
        if (count < 0 && errno != EINTR) {
            return complain(complaint, "%s: %s", file->name, strerror(errno));
        }
        if (count == 0) {
            grown[*length_bytes] = '\0';
            return true;
        }
        *length_bytes += count > 0 ? (size_t)count : 0;
        if (*length_bytes > INPUT_FILE_TEXT_LIMIT) {
            return complain(complaint, "%s: a text of more than %" PRIu64 " bytes", file->name,
                            INPUT_FILE_TEXT_LIMIT);
        }
    }
}

char *input_file_text(struct input_file *file, size_t *length_bytes, struct complaint *complaint)
{
    char *text = NULL;

    *length_bytes = 0;
    if (file->bytes.size_bytes != 0) {
        lseek(file->descriptor, 0, SEEK_SET);
    }
    if (!read_all(file, &text, length_bytes, complaint)) {
        free(text);
        return NULL;
    }
    return text;
}

void input_file_close(struct input_file *file)
{
    if (file->descriptor > STDIN_FILENO) {
        close(file->descriptor);
    }
    file->descriptor = -1;
}
