/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the EFI programs of the tests have in common, those that change the firmware and then start
 * the unmodified loader: words in a file say what to change, /loader.efi is the loader.
 */
#ifndef PARENT_H
#define PARENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <efi.h>

struct parent {
    EFI_HANDLE image;
    EFI_BOOT_SERVICES *services; /* the firmware's own */
    EFI_HANDLE device;           /* that both come from */
    void *loader;
    UINTN loader_bytes;
};

/* The words, terminated, and where they come from. */
struct parent_words {
    CHAR16 *path;
    char *text;
    UINTN capacity_bytes;
};

/* Prints on the serial port, without the firmware's help. */
void say(const char *text);

/* Reads both files of the program's own volume; the rest of *parent comes from the caller. */
bool parent_open(struct parent *parent, const struct parent_words *words);

/*
 * The loader as the firmware would load it, from the program's own device. Says so where that
 * fails. To be started by StartImage.
 */
EFI_STATUS parent_load(const struct parent *parent, EFI_HANDLE *child, EFI_LOADED_IMAGE **loaded);

#endif
