/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the firmware. gnu-efi gives the declarations of the UEFI specification; nothing of its
 * library is linked. Every file in this folder and in efi/unpacker
 * includes this one first, and no file elsewhere does.
 */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <efi.h>

/* Set once by efi_main and good until the firmware is left. */
struct firmware {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *system_table;
    EFI_BOOT_SERVICES *boot;
    EFI_RUNTIME_SERVICES *runtime;
};

extern struct firmware firmware;

#endif
