/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Limine boot protocol on x86-64 as its public text has it: ids and structures. Written anew for
 * this kernel, which shares nothing with the loader; tests/limine/compare_header.py holds both
 * against each other, and against the protocol's own header where that can be read.
 *
 * Pointers are virtual addresses as numbers: whether one may be followed is what the kernel checks.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdint.h>

#define TAG_0   UINT64_C(0xf9562b2d5c95a6c8)
#define TAG_1   UINT64_C(0x6a7b384944536bdc)
#define START_0 UINT64_C(0xf6b8f4b39de7d1ae)
#define START_1 UINT64_C(0xfab91a6940fcb9cf)
#define START_2 UINT64_C(0x785c6ed015d3e316)
#define START_3 UINT64_C(0x181e920a7852b9d9)
#define END_0   UINT64_C(0xadc0e0531bb10d03)
#define END_1   UINT64_C(0x9572709f31764c62)

/* The first two words of every id. */
#define COMMON_0 UINT64_C(0xc7b1dd30df4c8b88)
#define COMMON_1 UINT64_C(0x0a82e883a194f07b)

/* Feature, and the last two words of its id. */
#define FACTS_IDS(X)                                               \
    X(BOOTLOADER_INFO, 0xf55038d8e2a1202f, 0x279426fcf5f59740)     \
    X(EXECUTABLE_CMDLINE, 0x4b161536e598651e, 0xb390ad4a2f1f303a)  \
    X(FIRMWARE_TYPE, 0x8c2f75d90bef28a8, 0x7045a4688eac00c3)       \
    X(STACK_SIZE, 0x224ef0460a8e8926, 0xe1cb0fc25f46ea3d)          \
    X(HHDM, 0x48dcf1cb8ad2b852, 0x63984e959a98244b)                \
    X(FRAMEBUFFER, 0x9d5827dcd881dd75, 0xa3148604f6fab11b)         \
    X(PAGING_MODE, 0x95c1a0edab0944cb, 0xa4e5cb3842f7488a)         \
    X(MP, 0x95a67b819a1b857e, 0xa0b61b723b6a73e0)                  \
    X(MEMMAP, 0x67cf3d9d378a806f, 0xe304acdfc50c3c62)              \
    X(ENTRY_POINT, 0x13d86c035a1cd3e1, 0x2b0caa89d8f3026a)         \
    X(EXECUTABLE_FILE, 0xad97e90e83f1ed67, 0x31eb5d1c5ff23b69)     \
    X(MODULE, 0x3e7e279702be32af, 0xca1c4f3bd1280cee)              \
    X(RSDP, 0xc5e77b6b397e7b43, 0x27637845accdcf3c)                \
    X(SMBIOS, 0x9e9046f11e095391, 0xaa4a520fefbde5ee)              \
    X(EFI_SYSTEM_TABLE, 0x5ceba5163eaaf6d6, 0x0a6981610cf65fcc)    \
    X(EFI_MEMMAP, 0x7df62a431d6872d5, 0xa4fcdfb3e57306c8)          \
    X(DATE_AT_BOOT, 0x502746e184c088aa, 0xfbc5ec83e6327893)        \
    X(EXECUTABLE_ADDRESS, 0x71ba76863cc55f63, 0xb2644a48c516a487)  \
    X(PERFORMANCE, 0x6b50ad9bf36d13ad, 0xdc4c7e88fc759e17)         \
    X(KEEP_IOMMU, 0x8ebaabe51f490179, 0x2aa86a59ffb4ab0f)          \
    X(TSC_FREQUENCY, 0x10f2ee1d87d195e4, 0xf747a2b78f6ddb31)       \
    X(ENTROPY, 0x65ea80255d5682c5, 0x9117240723f493eb)             \
    X(TERMINAL_PARAMETERS, 0x3259399fe7c5f126, 0xe01c1c8c5db9d1a9) \
    X(TPM_EVENT_LOG, 0x98e094fc7e76e979, 0xee8d8775c54e1d1f)       \
    X(DTB, 0xb40ddb48fb54bac7, 0x545081493f81ffb7)

enum facts_feature {
#define X(name, word_2, word_3) name,
    FACTS_IDS(X)
#undef X
        FEATURE_COUNT
};

/* How a request begins; `more` is what some have besides, with a revision that says how much. */
struct request {
    uint64_t id[4];
    uint64_t revision;
    uint64_t response;
    uint64_t more[3];
};

#define STACK_SIZE_BYTES      0 /* in more[] */
#define PAGING_MODE_PREFERRED 0
#define PAGING_MODE_MAX       1
#define PAGING_MODE_MIN       2
#define MP_FLAGS              0
#define MP_X2APIC             1u
#define ENTRY_POINT_ADDRESS   0
#define MODULE_COUNT          0
#define MODULE_LIST           1
#define ENTROPY_COUNT         0
#define MODULE_REQUIRED       1u
#define MODULE_COMPRESSED     2u

struct internal_module {
    uint64_t path;
    uint64_t string;
    uint64_t flags;
};

struct bootloader_info_response {
    uint64_t revision;
    uint64_t name;
    uint64_t version;
};

/* With one number: HHDM, firmware type, paging mode, frequency, an address. */
struct number_response {
    uint64_t revision;
    uint64_t number;
};

/* Pointers to framebuffers, memory map entries or modules; of entropy, the values. */
struct list_response {
    uint64_t revision;
    uint64_t count;
    uint64_t list;
};

struct __attribute__((packed)) pixel_format {
    uint16_t bpp;
    uint8_t memory_model;
    uint8_t red_mask_size;
    uint8_t red_mask_shift;
    uint8_t green_mask_size;
    uint8_t green_mask_shift;
    uint8_t blue_mask_size;
    uint8_t blue_mask_shift;
};

struct framebuffer {
    uint64_t address;
    uint64_t width;
    uint64_t height;
    uint64_t pitch;
    struct pixel_format pixel;
    uint8_t unused[7];
    uint64_t edid_size;
    uint64_t edid;
    uint64_t mode_count; /* from revision 1 of the response on */
    uint64_t modes;
};

struct video_mode {
    uint64_t pitch;
    uint64_t width;
    uint64_t height;
    struct pixel_format pixel;
};

struct mp_response {
    uint64_t revision;
    uint32_t flags;
    uint32_t bsp_lapic_id;
    uint64_t cpu_count;
    uint64_t cpus;
};

struct mp_info {
    uint32_t processor_id;
    uint32_t lapic_id;
    uint64_t reserved;
    uint64_t goto_address;
    uint64_t extra_argument;
};

enum memory_type {
    USABLE,
    RESERVED,
    ACPI_RECLAIMABLE,
    ACPI_NVS,
    BAD_MEMORY,
    BOOTLOADER_RECLAIMABLE,
    EXECUTABLE_AND_MODULES,
    FRAMEBUFFER_MEMORY,
    RESERVED_MAPPED,
    MEMORY_TYPE_COUNT
};

struct memmap_entry {
    uint64_t base;
    uint64_t length;
    uint64_t type;
};

struct uuid {
    uint32_t a;
    uint16_t b;
    uint16_t c;
    uint8_t d[8];
};

struct file {
    uint64_t revision;
    uint64_t address;
    uint64_t size;
    uint64_t path;
    uint64_t string;
    uint32_t media_type;
    uint32_t unused;
    uint32_t tftp_ip;
    uint32_t tftp_port;
    uint32_t partition_index;
    uint32_t mbr_disk_id;
    struct uuid gpt_disk_uuid;
    struct uuid gpt_part_uuid;
    struct uuid part_uuid;
};

struct smbios_response {
    uint64_t revision;
    uint64_t entry_32;
    uint64_t entry_64;
};

struct efi_memmap_response {
    uint64_t revision;
    uint64_t memmap;
    uint64_t memmap_size;
    uint64_t desc_size;
    uint64_t desc_version;
};

struct executable_address_response {
    uint64_t revision;
    uint64_t physical_base;
    uint64_t virtual_base;
};

struct performance_response {
    uint64_t revision;
    uint64_t reset_usec;
    uint64_t init_usec;
    uint64_t exec_usec;
};

#endif
