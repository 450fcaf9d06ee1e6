/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the kernel know of each other. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts.h"
#include "state.h"

#define PAGE_BYTES UINT64_C(0x1000)
#define GIB        (UINT64_C(1) << 30)

/* requests.c: what this variant of the kernel asks for. */

extern const int base_revision; /* the one that the kernel is to be booted by */
extern const bool has_tag;
extern const bool is_newer;         /* the tag asks for one that nobody knows */
extern const bool is_writable_text; /* the data segment asks for execution, too */
extern const bool has_other_entry;
extern const unsigned internal_modules;
extern const uint64_t stack_bytes;
extern const uint64_t entropy_count;
extern struct request *const asked[FEATURE_COUNT]; /* NULL: this variant does not ask */
extern volatile uint64_t tag[3];
extern struct request decoys[]; /* all with UNTOUCHED for a response */
extern const unsigned decoy_count;
extern volatile uint64_t decoy_tag[3];

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

/* The response to a request as a pointer; NULL: there is none. */
const void *response_to(enum facts_feature feature);

/* report.c: lines on the serial port, and the count of what failed. */

void print(const char *text);
void print_hex(uint64_t value);
void print_value(const char *name, uint64_t value); /* " name=hex" */
extern bool is_quiet;                               /* only what fails is said */
bool check(const char *name, bool holds);
bool check_equal(const char *name, uint64_t is, uint64_t expected);
/* Quiet where it holds: for loops, which say it once at their end. */
bool hold(const char *name, bool holds, uint64_t where);
/* One line for all calls of hold() since the last line. */
bool conclude(const char *name);
_Noreturn void finish(bool waits);

/* text.c */

bool same_bytes(const void *left, const void *right, size_t size_bytes);
size_t length_of(const char *text);
uint64_t hash_of(const void *data, size_t size_bytes); /* FNV-1a */
uint8_t sum_of(const void *data, size_t size_bytes);
uint32_t crc_of(const uint8_t *data, size_t size_bytes, size_t zero_at); /* UEFI's, 4 bytes as 0 */
/* The command line's word NAME or NAME=value; NULL: it is not there. The value follows the name. */
const char *word(const char *name);
uint64_t number_word(const char *name, uint64_t otherwise);

/* processor.c */

void check_state(const struct state *state);
void check_other_state(const struct state *first, const struct state *other);
void read_registers(struct state *state);
void check_devices(void);
void check_local_apic(uint32_t processor_id);
uint64_t read_msr(uint32_t number);
void cpuid(uint32_t leaf, uint32_t registers[4]);

/* faults.c: an own IDT, and accesses that may fault. */

struct fault {
    uint64_t vector; /* 0: there was none */
    uint64_t code;
    uint64_t address;
};

void faults_open(void);
struct fault try_read(uint64_t va);
struct fault try_write(uint64_t va); /* the byte that is there already */
struct fault try_call(uint64_t va);

/* map.c: the memory map. */

struct memory {
    uint64_t offset; /* of the direct map */
    uint64_t count;
    const struct memmap_entry *const *entries;
};

extern struct memory memory;

bool memory_open(void);
void check_memory_map(void);
void touch_memory(void);
void fill_usable(void);
/* Every byte of a physical range lies in entries of these types, widened to whole pages. */
bool lies_in(uint64_t pa, uint64_t size_bytes, unsigned types);
/* So much of what a pointer of the loader points to is reclaimable and within the direct map. */
bool is_handed_over(uint64_t va, uint64_t size_bytes);
#define TYPE(type) (1u << (type))

/* tables.c: the page tables that the loader has made, as read before anything is changed. */

#define RIGHT_WRITE   1u
#define RIGHT_EXECUTE 2u
#define RIGHT_USER    4u

struct run {
    uint64_t va;
    uint64_t size_bytes;
    uint64_t pa;
    unsigned rights;
    unsigned pat; /* index */
};

#define RUNS_LIMIT 8192
extern struct run runs[RUNS_LIMIT];
extern unsigned run_count;

bool tables_read(void);
const struct run *run_at(uint64_t va);
/* All of a virtual range is mapped to one physical range, each byte with these rights and cache type. */
bool is_mapped(const struct run *expected);
void check_mappings(void);
void check_faults(void);

/* A physical range by a window of this kernel's own, uncached where that is asked for. At most 2 MiB. */
volatile void *reach(uint64_t pa, bool is_uncached);

/* image.c */

extern uint8_t image_start[];
extern uint8_t image_text_end[];
extern uint8_t image_rodata_start[];
extern uint8_t image_rodata_end[];
extern uint8_t image_data_start[];
extern uint8_t image_end[];

extern uint64_t image_physical; /* of image_start, as the loader states it */
void check_image(void);

/* answers.c, files.c, firmware.c, screen.c, processors.c */

void check_tag(void);
void check_answers(void);
void check_files(void);
void check_firmware(void);
void check_firmware_map(void);
void check_screen(void);
void check_processors(const struct state *first);

/* Of the MADT, by firmware.c; NULL: there is none. */
const uint8_t *madt(void);
#define MADT_FIRST_ENTRY 44u
static inline uint32_t madt_bytes(void)
{
    return *(const uint32_t *)(madt() + 4);
}

#endif
