/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A firmware with faults, for the loader alone.
 *
 * This program starts /loader.efi of its own volume as the firmware would, but gives it copies of the system
 * table and of the boot services in which some calls behave badly. Each line of the text file /faults is a run:
 * its words say which (faults.c lists them). After a run in which the loader came back, the program says what the
 * loader still holds and how many free pages there were before and after, and goes on with the next line.
 */
#ifndef FAULTY_H
#define FAULTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parent.h"

#define PAGE_BYTES   UINT64_C(4096)
#define FOUR_GIB     (UINT64_C(1) << 32)
#define LOWEST_BYTES UINT64_C(0x100000)

/* Numbers that a line gives; a word without one means 1, and 0 that the fault is not there. */
struct faults {
    /* What is absent. */
    UINTN no_conout;
    UINTN no_conin;
    UINTN no_stderr;
    UINTN no_acpi;
    UINTN no_tables;
    UINTN no_device;
    /* Memory: the Nth call or all from it on, or numbers of calls. */
    UINTN fail_allocation;
    UINTN fail_one_allocation;
    UINTN places_taken;
    UINTN high_memory; /* nothing is free below 4 GiB */
    UINTN free_pages;  /* no more than so many are free, in one piece */
    UINTN wrong_map;   /* the Nth call of GetMemoryMap is answered by a device error */
    UINTN too_small;   /* so often any buffer is too small */
    UINTN growing_map; /* so often the map is split before it is read */
    UINTN more_stride; /* descriptors are so many bytes longer */
    UINTN odd_map;     /* unsorted; empty, unknown, double entries; 2: contradictions */
    UINTN many_pieces; /* a free run comes as so many descriptors */
    UINTN far_ram;     /* so many pages of RAM lie where the CPU cannot reach */
    UINTN stray_bits;  /* every entry of the page tables gets a bit that nobody asked for */
    UINTN vanish;      /* before the Nth call that gives a map, RAM goes bad */
    /* The way out. */
    UINTN stale_keys;   /* before so many calls of ExitBootServices the map changes */
    UINTN outgrown_map; /* after the first stale key no buffer is large enough */
    UINTN vanish_late;  /* with the first stale key RAM goes bad */
    UINTN watchdog;     /* runs out after so many seconds */
    /* Files: the Nth call, or byte N. */
    UINTN short_reads; /* no read gives more than N bytes */
    UINTN end_at;      /* files end at byte N, whatever their size */
    UINTN broken_at;   /* the device fails when byte N is read */
    UINTN fail_open;
    UINTN fail_info;
    UINTN fail_read;
    UINTN half_read;
    UINTN empty_read;
    UINTN folder; /* the volume's root is this folder, by its number */
    /* Graphics; of the numbers, what a mode that is otherwise good says instead. */
    UINTN gop_missing;
    UINTN gop_no_mode;
    UINTN gop_no_info;
    UINTN gop_format;
    UINTN gop_base;
    UINTN gop_size;
    UINTN gop_width;
    UINTN gop_height;
    UINTN gop_pitch;
    UINTN gop_mask;
    UINTN gop_in_ram; /* the framebuffer lies in RAM of the highest address, at an odd page */
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

/* Reads the words of a line, and moves *text to the next line, or to the end. */
void faults_read(const char **text);

/* The number after `each` in the line: its runs count it up from 1. NULL: the line is one run. */
extern UINTN *sweep;

/* Whether the call that it waits for came: a sweep ends with the first run in which it did not. */
extern bool sweep_came;

/* Counts a call, and tells whether it is the one that the fault waits for. */
bool fault_is_now(const UINTN *number, UINTN *call_count);

/* " NAME NUMBER", behind what say() has said. */
void say_number(const char *name, uint64_t number);

/* Replace calls in the table that the loader gets, and count from 0 again. */
void files_wrap(EFI_BOOT_SERVICES *table);
void memory_wrap(EFI_BOOT_SERVICES *table);
void leave_wrap(EFI_BOOT_SERVICES *table);
void graphics_wrap(EFI_BOOT_SERVICES *table);

/* handle_protocol of files.c knows one of these. */
EFI_STATUS graphics_find(EFI_STATUS status, const EFI_GUID *protocol, void **interface);

/* memory.c: pages of the wrapper's own, which memory_release() gives back after the run. */
bool memory_own(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type, UINTN page_count,
                EFI_PHYSICAL_ADDRESS *memory);
void memory_release(void);
void memory_split_map(void);
void memory_lose_ram(void);
uint64_t memory_count_free(void);

/* map.c: the map as the loader is to see it. */
struct map {
    EFI_MEMORY_DESCRIPTOR *entries;
    UINTN count;
    UINTN key;
    UINTN stride_bytes; /* the firmware's */
    UINT32 version;
};

/* Memory of the maps, had once before anything is counted. */
bool map_prepare(void);
EFI_STATUS map_read(struct map *map); /* the firmware's own, until the next call */
void map_doctor(struct map *map);
EFI_STATUS map_give(const struct map *map, UINTN *size_bytes, void *buffer);

/* The free window of free_pages: [start, end). Found at the start of a run. */
extern uint64_t window_start;
extern uint64_t window_end;
void map_find_window(void);

#endif
