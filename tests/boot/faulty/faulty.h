/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A firmware with faults, for the loader alone.
 *
 * This program starts /loader.efi of its own volume as the firmware would, but gives it copies of the system
 * table and of the boot services in which some calls behave badly. The text file /faults says which:
 *
 *     no-conout no-conin no-stderr      the console is NULL
 *     no-acpi no-tables                 the configuration table has no RSDP, or is empty
 *     no-device                         the loader is told no device that it came from
 *     stale-keys=N                      before N calls of ExitBootServices the memory map changes
 *     places-taken=N                    the first N places that are asked for by address are taken
 *     growing-map=N                     N calls of GetMemoryMap split the map before they read it
 *     fail-allocation=N                 the Nth allocation of pages fails, and all after it
 *     fail-each-allocation              the loader is run until it boots, in run N with fail-allocation=N
 *     short-reads=N                     no read gives more than N bytes
 *     end-at=N                          files end at byte N, whatever their size
 *     broken-at=N                       the device fails when byte N of a file is read
 */
#ifndef FAULTY_H
#define FAULTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <efi.h>

struct faults {
    UINTN no_conout;
    UINTN no_conin;
    UINTN no_stderr;
    UINTN no_acpi;
    UINTN no_tables;
    UINTN no_device;
    UINTN stale_keys;
    UINTN places_taken;
    UINTN growing_map;
    UINTN outgrown_map; /* after the first stale key no buffer is large enough */
    UINTN fail_allocation;
    UINTN fail_each_allocation;
    UINTN short_reads;
    UINTN end_at;
    UINTN broken_at;
};

/* What the loader has and has not given back. */
struct held {
    uint64_t page_count;
    uint64_t file_count;
    uint64_t event_count;
};

extern struct faults faults;
extern struct held held;
extern EFI_BOOT_SERVICES *real; /* the firmware's */

/* Prints on the serial port, without the firmware's help. */
void say(const char *text);
void say_number(const char *name, uint64_t number);

/* Replace calls in the table that the loader gets, and count from 0 again. */
void files_wrap(EFI_BOOT_SERVICES *table);
void memory_wrap(EFI_BOOT_SERVICES *table);

#endif
