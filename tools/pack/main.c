/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Part of the build:
 *
 *     pack texts OUT    writes the texts of problem_texts.c as problem_text.h wants them, in C
 *     pack file IN OUT  writes how many bytes a file has, in four, and these packed
 */
#include "pack.h"

#include "problem_texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_LIMIT (1u << 18)

static uint8_t bytes[BYTES_LIMIT];

static _Noreturn void refuse(const char *what, const char *name)
{
    fprintf(stderr, "pack: %s: %s\n", what, name);
    exit(EXIT_FAILURE);
}

/* Each text with its zero. */
static size_t collect_texts(void)
{
    size_t length = 0;

    for (unsigned kind = 0; kind < PROBLEM_KIND_COUNT; kind++) {
        const char *text = problem_texts[kind];

        if (text == NULL || text[0] == '\0') {
            fprintf(stderr, "pack: problem_texts.c has no text for kind %u of problem.h\n", kind);
            exit(EXIT_FAILURE);
        }
        if (strlen(text) + 1 > BYTES_LIMIT - length) {
            refuse("more than 256 KiB", "problem_texts.c");
        }
        memcpy(bytes + length, text, strlen(text) + 1);
        length += strlen(text) + 1;
    }
    return length;
}

static size_t read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t length;

    if (file == NULL) {
        refuse("cannot be read", name);
    }
    length = fread(bytes, 1, BYTES_LIMIT, file);
    if (ferror(file) || fgetc(file) != EOF) {
        refuse("cannot be read, or more than 256 KiB", name);
    }
    fclose(file);
    return length;
}

static void write_texts(FILE *file, const uint8_t *packed, size_t packed_bytes, size_t length)
{
    fputs(
        "/* Made by tools/pack from efi/pure/problem_texts.c. */\n#include \"problem_text.h\"\n\n",
        file);
    fprintf(file, "const size_t problem_texts_bytes = %zu;\nchar problem_texts_unpacked[%zu];\n",
            length, length);
    fputs("const uint8_t problem_texts_packed[] = {", file);
    for (size_t i = 0; i < packed_bytes; i++) {
        fprintf(file, "%s%u,", i % 20 == 0 ? "\n    " : " ", packed[i]);
    }
    fputs("\n};\n", file);
}

int main(int count, char **words)
{
    const int is_texts = count == 3 && strcmp(words[1], "texts") == 0;
    uint8_t *packed;
    size_t packed_bytes;
    size_t length;
    FILE *file;

    if (!is_texts && (count != 4 || strcmp(words[1], "file") != 0)) {
        refuse("how to use it is in", "tools/pack/main.c");
    }
    length = is_texts ? collect_texts() : read_file(words[2]);
    packed_bytes = pack(bytes, length, &packed);
    file = fopen(words[count - 1], "wb");
    if (packed == NULL || file == NULL) {
        refuse("cannot be packed or written", words[count - 1]);
    }
    if (is_texts) {
        write_texts(file, packed, packed_bytes, length);
    } else {
        for (unsigned byte = 0; byte < 4; byte++) {
            fputc((int)(length >> 8 * byte & 0xff), file);
        }
        fwrite(packed, 1, packed_bytes, file);
    }
    free(packed);
    if (fclose(file) != 0) {
        refuse("cannot be written", words[count - 1]);
    }
    return EXIT_SUCCESS;
}
