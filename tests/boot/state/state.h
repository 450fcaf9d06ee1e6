/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine in another state than the firmware here starts programs in.
 *
 * This program reads words from the file /state of its own volume, does what they say, and starts
 * /loader.efi as the firmware would:
 *
 *     five-levels   five-level paging is on: a root of its own leads to the firmware's tables
 *     registers     registers that firmware here leaves alone are in use
 *     interrupts    the local APIC and the first I/O APIC have entries that would interrupt
 *     attributes    pages cannot be executed before the firmware is asked to let them
 *     no-execute    and it never does
 *     no-low        no free memory below 4 GiB
 */
#ifndef STATE_H
#define STATE_H

#include "parent.h"

void change_to_five_levels(EFI_BOOT_SERVICES *services);
void use_registers(EFI_BOOT_SERVICES *services);
void use_interrupts(EFI_BOOT_SERVICES *services);
void enforce_attributes(EFI_BOOT_SERVICES *services);
void refuse_attributes(EFI_BOOT_SERVICES *services);
void forget_attributes(EFI_BOOT_SERVICES *services);
void hide_low_memory(EFI_BOOT_SERVICES *services);

#endif
