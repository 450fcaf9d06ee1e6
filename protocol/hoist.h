/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Hoist hands to a kernel.
 *
 * The loader enters the kernel's ELF entry point with the System V calling convention:
 *
 *     void entry(const struct hoist_handoff *handoff);
 *
 * RDI holds the address of the structure; RSP is 16n + 8 with a zero return address at its top; all
 * other general registers are 0. The processor state is the same on every machine:
 *
 *     CR0     80010011   PG WP ET PE                                  HOIST_ENTRY_CR0
 *     CR4     20, or 1020 where five-level paging is on: PAE LA57     HOIST_ENTRY_CR4
 *     EFER    D00, or 500 on a CPU without NX: LME LMA NXE            HOIST_ENTRY_EFER
 *     RFLAGS  2          interrupts off, direction flag clear         HOIST_ENTRY_RFLAGS
 *     CS      28         64-bit code; DS ES FS GS SS 30, 64-bit data  HOIST_ENTRY_CS, _DS
 *     IDTR    the loader's fault reporter; with `early_faults: no` base 0, limit 0
 *     TR      38, the fault reporter's task                           HOIST_ENTRY_TR
 *     PAT     WB WT UC- UC WP WC UC- UC, where the CPU has one        HOIST_ENTRY_PAT
 *     GDTR    in the fault reporter's or the hand-off's memory, read-only; LDTR null, CR2, CR8 0
 *     DR7     400, DR6 FFFF0FF0, DR0 to DR3 0                         HOIST_ENTRY_DR7, _DR6
 *     x87     control word 37F; MXCSR 1F80                            HOIST_ENTRY_FCW, _MXCSR
 *     MSRs    FS_BASE, GS_BASE and KERNEL_GS_BASE 0
 *
 * CR4.OSFXSR is clear: no SSE before the kernel sets it. Interrupt controllers send nothing with a
 * vector of the firmware's: docs/protocol.md has the details. MTRRs are as the firmware left them.
 *
 * Every pointer in here is a virtual address that the loader's page tables map. The structure and
 * all that it points to are mapped read-only, lie in memory of type HOIST_MEMORY_LOADER, and stay
 * until the kernel gives that memory another use; the modules' contents and the firmware's memory
 * map are in the direct map and can be written. All addresses and lengths are in bytes.
 *
 * This header is self-contained C11 and C++11; its layout is pinned by static asserts at the end.
 */
#ifndef HOIST_H
#define HOIST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define HOIST_HANDOFF_ASSERT(condition, text) static_assert(condition, text)
extern "C" {
#else
/* Holds the layout to what it is, at the end of this file. */
#define HOIST_HANDOFF_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* The bytes "HOISTBT1", read as a little-endian number. */
#define HOIST_MAGIC UINT64_C(0x3154425453494f48)

/* Raised when a member is added at the end of a structure; older members keep place and meaning. */
#define HOIST_VERSION UINT32_C(3)

/* The processor at the first instruction, as listed at the head of this file. */
#define HOIST_ENTRY_CR0      UINT64_C(0x80010011)
#define HOIST_ENTRY_CR4      UINT64_C(0x20)
#define HOIST_ENTRY_CR4_LA57 UINT64_C(0x1000)
#define HOIST_ENTRY_EFER     UINT64_C(0x500)
#define HOIST_ENTRY_EFER_NXE UINT64_C(0x800)
#define HOIST_ENTRY_RFLAGS   UINT64_C(0x2)
#define HOIST_ENTRY_PAT      UINT64_C(0x0007010500070406)
#define HOIST_ENTRY_DR6      UINT64_C(0xffff0ff0)
#define HOIST_ENTRY_DR7      UINT64_C(0x400)
#define HOIST_ENTRY_FCW      UINT16_C(0x37f)
#define HOIST_ENTRY_MXCSR    UINT32_C(0x1f80)
#define HOIST_ENTRY_CS       UINT16_C(0x28)
#define HOIST_ENTRY_DS       UINT16_C(0x30)
#define HOIST_ENTRY_TR       UINT16_C(0x38)

/* What a range of physical memory is. Numbers unknown to a kernel are to be taken as reserved. */
enum hoist_memory_type {
    HOIST_MEMORY_RESERVED = 0, /* not memory, or not ours: never touch */
    HOIST_MEMORY_USABLE = 1,   /* free RAM, never page 0, 4 KiB aligned */
    HOIST_MEMORY_LOADER =
        2, /* what the loader made (tables, stack, this structure): free once given up */
    HOIST_MEMORY_KERNEL = 3,       /* the kernel's own image */
    HOIST_MEMORY_ACPI_TABLES = 4,  /* free once the ACPI tables were read */
    HOIST_MEMORY_ACPI_NVS = 5,     /* kept for the firmware across sleep */
    HOIST_MEMORY_RUNTIME_CODE = 6, /* UEFI runtime services, code */
    HOIST_MEMORY_RUNTIME_DATA = 7, /* UEFI runtime services, data */
    HOIST_MEMORY_BAD = 8,          /* RAM with errors */
    HOIST_MEMORY_PERSISTENT = 9,   /* RAM that keeps its content without power */
    HOIST_MEMORY_DEVICE = 10,      /* device registers that the firmware listed */
    HOIST_MEMORY_FRAMEBUFFER = 11, /* the screen's memory, whatever the firmware listed there */
    HOIST_MEMORY_MODULE = 12       /* a module's pages */
};

/*
 * One range of physical memory, in whole 4 KiB pages. The list is sorted by address; no two ranges
 * overlap or could be merged. Page 0 is reserved. The direct map covers the types USABLE, LOADER,
 * KERNEL, MODULE, ACPI_TABLES, ACPI_NVS and PERSISTENT.
 */
struct hoist_memory_range {
    uint64_t physical_base;
    uint64_t size_bytes;
    uint32_t type; /* enum hoist_memory_type */
    uint32_t reserved;
};

/* Rights of a mapping; every mapping can be read, and none by user code. */
#define HOIST_MAPPING_WRITE   UINT32_C(1)
#define HOIST_MAPPING_EXECUTE UINT32_C(2)

/* How the CPU caches a mapping. */
enum hoist_mapping_cache {
    HOIST_MAPPING_WRITE_BACK = 0,
    HOIST_MAPPING_WRITE_COMBINING = 1,
    HOIST_MAPPING_UNCACHED = 2
};

/* Of a name, with the zero at its end. */
#define HOIST_MAPPING_NAME_BYTES 32

/* One mapping that the loader made. The list is sorted by virtual address and complete. */
struct hoist_mapped_range {
    uint64_t virtual_base;
    uint64_t physical_base;
    uint64_t size_bytes;
    uint32_t rights;                     /* HOIST_MAPPING_ bits */
    uint32_t cache;                      /* enum hoist_mapping_cache */
    char name[HOIST_MAPPING_NAME_BYTES]; /* terminated: "direct map", "kernel segment 0" ... */
};

/* How the CPU really caches memory, by the PAT and the MTRRs taken together: a bit for each type. */
#define HOIST_CACHED_UNCACHED        UINT32_C(0x01)
#define HOIST_CACHED_WRITE_COMBINING UINT32_C(0x02)
#define HOIST_CACHED_WRITE_THROUGH   UINT32_C(0x10)
#define HOIST_CACHED_WRITE_PROTECTED UINT32_C(0x20)
#define HOIST_CACHED_WRITE_BACK      UINT32_C(0x40)
#define HOIST_CACHED_UNDEFINED       UINT32_C(0x80000000) /* MTRRs that contradict each other */

/* What the page tables hold for one hoist_mapped_range, as the loader has read them back. */
struct hoist_mapping_detail {
    uint64_t leaf_count_4k;
    uint64_t leaf_count_2m;
    uint64_t leaf_count_1g;
    uint32_t memory_types; /* 1 << enum hoist_memory_type for each type behind it */
    uint32_t cache_types;  /* HOIST_CACHED_ bits */
};

/* One colour's place in a pixel: size_bits bits, shift_bits from the lowest. */
struct hoist_colour_mask {
    uint8_t size_bits;
    uint8_t shift_bits;
};

/* The screen, mapped write-combining, or uncached on a CPU without PAT; all 0 without a screen. */
struct hoist_framebuffer {
    uint64_t address; /* virtual; 0: there is no framebuffer */
    uint64_t physical_base;
    uint64_t size_bytes;
    uint32_t width_pixels;
    uint32_t height_pixels;
    uint32_t pitch_bytes; /* from one line to the next */
    uint16_t bits_per_pixel;
    struct hoist_colour_mask red;
    struct hoist_colour_mask green;
    struct hoist_colour_mask blue;
    uint8_t reserved[4];
};

/*
 * A file that the configuration names beside the kernel. It has its pages to itself; behind its end
 * the last page is zero.
 */
struct hoist_module {
    const void *address; /* virtual, in the direct map, 4 KiB aligned; writable */
    uint64_t physical_base;
    uint64_t size_bytes;      /* of the file; 0 for an empty one, which has no page */
    const char *path;         /* as the configuration has it; UTF-8, never NULL */
    const char *command_line; /* UTF-8, never NULL */
};

/* Bits of the member `flags`. */
#define HOIST_FLAG_RUNTIME_MAPPED UINT32_C(1) /* the firmware's runtime services are mapped */
#define HOIST_FLAG_EARLY_FAULTS   UINT32_C(2) /* the loader's fault reporter is in the IDT */
#define HOIST_FLAG_WX_STRICT      UINT32_C(4) /* no page is writable and executable by any alias */

/* The loader's phases, in the order they happen. */
enum hoist_phase {
    HOIST_PHASE_CONFIG = 0,
    HOIST_PHASE_KERNEL = 1,
    HOIST_PHASE_PLAN = 2,
    HOIST_PHASE_BUILD = 3,
    HOIST_PHASE_VERIFY = 4,
    HOIST_PHASE_DUMP = 5,
    HOIST_PHASE_LEAVE = 6, /* until just before the switch of CR3 */
    HOIST_PHASE_COUNT = 7
};

/* What RDI points to at the entry. Members are only ever added, at the end. */
struct hoist_handoff {
    uint64_t magic;      /* HOIST_MAGIC */
    uint32_t version;    /* HOIST_VERSION of the loader; a higher one only adds members */
    uint32_t size_bytes; /* of this structure as the loader knows it */

    const char *loader_name;    /* "Hoist" */
    const char *loader_version; /* "0.1.0" */
    const char *command_line;   /* UTF-8, never NULL */

    const struct hoist_memory_range *memory_map;
    uint64_t memory_map_count;
    const struct hoist_mapped_range *mappings;
    uint64_t mapping_count;

    uint64_t kernel_virtual_base;  /* lowest page of the image */
    uint64_t kernel_physical_base; /* virtual - physical is one constant for the whole image */
    uint64_t kernel_size_bytes;

    uint64_t direct_map_offset;     /* RAM, and RAM alone, is mapped at this plus its address */
    uint64_t direct_map_size_bytes; /* from physical 0 to the end of the highest RAM */

    uint64_t stack_base; /* lowest mapped byte; the page below is left unmapped as a guard */
    uint64_t stack_size_bytes;

    uint64_t cr3;                 /* physical address of the root table */
    uint64_t table_physical_base; /* all page tables lie in one run of frames */
    uint64_t table_frame_count;
    uint64_t trampoline; /* the one identity-mapped page; the kernel may unmap it */

    struct hoist_framebuffer framebuffer;

    uint64_t rsdp_physical; /* ACPI 2.0 or later where present, else 1.0; 0: none; may be no RAM */
    uint64_t efi_system_table_physical; /* see HOIST_FLAG_RUNTIME_MAPPED */

    uint64_t tsc_hz; /* 0: unknown */
    uint64_t loader_start_tsc;
    uint64_t phase_ticks[HOIST_PHASE_COUNT]; /* TSC ticks that each phase took */

    /* Since version 2. */

    uint64_t
        kernel_slide; /* added to every linked address; 0: the kernel lies where it was linked */

    const struct hoist_module *modules; /* in the order of the configuration */
    uint64_t module_count;

    const void
        *efi_memory_map; /* EFI_MEMORY_DESCRIPTORs as the firmware was left; may be written */
    uint64_t efi_memory_map_size_bytes;
    uint32_t efi_descriptor_size_bytes; /* from one descriptor to the next */
    uint32_t efi_descriptor_version;

    uint64_t smbios_physical;  /* 32-bit entry point (_SM_); 0: none; may be no RAM */
    uint64_t smbios3_physical; /* 64-bit entry point (_SM3_); 0: none; may be no RAM */

    int64_t boot_time_seconds; /* since 1970-01-01 00:00 UTC; 0: unknown */

    uint32_t paging_levels; /* 4 or 5 */
    uint32_t flags;         /* HOIST_FLAG_ bits */

    /* Since version 3. */

    const struct hoist_mapping_detail *mapping_details; /* one for each of `mappings`, in order */
};

/*
 * What a kernel may ask for, in a note of its own; each member may be 0: no wish. What the
 * configuration says comes first. A wish that the loader does not know, or cannot fulfil, is
 * refused by name before anything is done.
 */
struct hoist_wishes {
    uint32_t oldest_version;    /* HOIST_VERSION of the oldest hand-off that the kernel can use */
    uint32_t stack_size_bytes;  /* at least */
    uint32_t paging_levels;     /* 4 or 5, where the machine and the next two allow it */
    uint32_t min_paging_levels; /* 4 or 5: no fewer */
    uint32_t max_paging_levels; /* 4 or 5: no more */
};

/* The note as ELF has it: HOIST_NOTE_WISHES of "Hoist", in a section .note.hoist and a PT_NOTE. */
#define HOIST_NOTE_WISHES UINT32_C(1)

/* The bytes of that note. */
struct hoist_note {
    uint32_t name_size_bytes;        /* 6 */
    uint32_t description_size_bytes; /* 20 */
    uint32_t type;                   /* HOIST_NOTE_WISHES */
    char name[8];                    /* "Hoist" */
    struct hoist_wishes wishes;
};

/*
 * Stands once in a kernel, outside of functions:
 *     HOIST_NOTE(.oldest_version = 2, .stack_size_bytes = 0x20000);
 */
#define HOIST_NOTE(...)                                                       \
    __attribute__((section(".note.hoist"), used,                              \
                   aligned(4))) static const struct hoist_note hoist_note = { \
        6, sizeof(struct hoist_wishes), HOIST_NOTE_WISHES, "Hoist", {__VA_ARGS__}}

HOIST_HANDOFF_ASSERT(sizeof(struct hoist_note) == 40, "layout of hoist_note");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_note, wishes) == 20, "layout of hoist_note");
HOIST_HANDOFF_ASSERT(sizeof(void *) == 8, "the hand-off is for 64-bit kernels");
HOIST_HANDOFF_ASSERT(sizeof(struct hoist_memory_range) == 24, "layout of hoist_memory_range");
HOIST_HANDOFF_ASSERT(sizeof(struct hoist_mapped_range) == 64, "layout of hoist_mapped_range");
HOIST_HANDOFF_ASSERT(sizeof(struct hoist_framebuffer) == 48, "layout of hoist_framebuffer");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_framebuffer, bits_per_pixel) == 36,
                     "layout of hoist_framebuffer");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, loader_name) == 16, "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, memory_map) == 40, "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, kernel_virtual_base) == 72,
                     "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, stack_base) == 112, "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, framebuffer) == 160, "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, rsdp_physical) == 208,
                     "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, phase_ticks) == 240, "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, kernel_slide) == 296,
                     "version 1 ends where it ended");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, efi_memory_map) == 320,
                     "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, smbios_physical) == 344,
                     "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, paging_levels) == 368,
                     "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(offsetof(struct hoist_handoff, mapping_details) == 376,
                     "version 2 ends where it ended");
HOIST_HANDOFF_ASSERT(sizeof(struct hoist_handoff) == 384, "layout of hoist_handoff");
HOIST_HANDOFF_ASSERT(sizeof(struct hoist_mapping_detail) == 32, "layout of hoist_mapping_detail");
HOIST_HANDOFF_ASSERT(sizeof(struct hoist_module) == 40, "layout of hoist_module");

#ifdef __cplusplus
}
#endif

#endif
