/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Limine boot protocol on x86-64, base revisions 0 to 6, as far as this loader answers it. Names
 * and numbers are the protocol's own; its public text is the authority.
 *
 * A kernel has requests in its image, at multiples of 8 bytes; the loader writes the address of a
 * response into each that it answers. All pointers that are handed over are virtual addresses within
 * the higher half direct map (HHDM), unless a member says otherwise; all sizes are in bytes.
 */
#ifndef LIMINE_H
#define LIMINE_H

#include <stddef.h>
#include <stdint.h>

/* The newest base revision that is known. */
#define LIMINE_NEWEST_BASE_REVISION 6u

/* The base revision tag: two words, and the revision. */
#define LIMINE_TAG_0 UINT64_C(0xf9562b2d5c95a6c8)
#define LIMINE_TAG_1 UINT64_C(0x6a7b384944536bdc)

/* What stands before and behind the requests. */
#define LIMINE_START_0 UINT64_C(0xf6b8f4b39de7d1ae)
#define LIMINE_START_1 UINT64_C(0xfab91a6940fcb9cf)
#define LIMINE_START_2 UINT64_C(0x785c6ed015d3e316)
#define LIMINE_START_3 UINT64_C(0x181e920a7852b9d9)
#define LIMINE_END_0   UINT64_C(0xadc0e0531bb10d03)
#define LIMINE_END_1   UINT64_C(0x9572709f31764c62)

/* The first two words of every request's id, and the other two. */
#define LIMINE_COMMON_0 UINT64_C(0xc7b1dd30df4c8b88)
#define LIMINE_COMMON_1 UINT64_C(0x0a82e883a194f07b)

#define LIMINE_BOOTLOADER_INFO_2    UINT64_C(0xf55038d8e2a1202f)
#define LIMINE_BOOTLOADER_INFO_3    UINT64_C(0x279426fcf5f59740)
#define LIMINE_EXECUTABLE_CMDLINE_2 UINT64_C(0x4b161536e598651e)
#define LIMINE_EXECUTABLE_CMDLINE_3 UINT64_C(0xb390ad4a2f1f303a)
#define LIMINE_FIRMWARE_TYPE_2      UINT64_C(0x8c2f75d90bef28a8)
#define LIMINE_FIRMWARE_TYPE_3      UINT64_C(0x7045a4688eac00c3)
#define LIMINE_STACK_SIZE_2         UINT64_C(0x224ef0460a8e8926)
#define LIMINE_STACK_SIZE_3         UINT64_C(0xe1cb0fc25f46ea3d)
#define LIMINE_HHDM_2               UINT64_C(0x48dcf1cb8ad2b852)
#define LIMINE_HHDM_3               UINT64_C(0x63984e959a98244b)
#define LIMINE_FRAMEBUFFER_2        UINT64_C(0x9d5827dcd881dd75)
#define LIMINE_FRAMEBUFFER_3        UINT64_C(0xa3148604f6fab11b)
#define LIMINE_PAGING_MODE_2        UINT64_C(0x95c1a0edab0944cb)
#define LIMINE_PAGING_MODE_3        UINT64_C(0xa4e5cb3842f7488a)
#define LIMINE_MP_2                 UINT64_C(0x95a67b819a1b857e)
#define LIMINE_MP_3                 UINT64_C(0xa0b61b723b6a73e0)
#define LIMINE_MEMMAP_2             UINT64_C(0x67cf3d9d378a806f)
#define LIMINE_MEMMAP_3             UINT64_C(0xe304acdfc50c3c62)
#define LIMINE_ENTRY_POINT_2        UINT64_C(0x13d86c035a1cd3e1)
#define LIMINE_ENTRY_POINT_3        UINT64_C(0x2b0caa89d8f3026a)
#define LIMINE_EXECUTABLE_FILE_2    UINT64_C(0xad97e90e83f1ed67)
#define LIMINE_EXECUTABLE_FILE_3    UINT64_C(0x31eb5d1c5ff23b69)
#define LIMINE_MODULE_2             UINT64_C(0x3e7e279702be32af)
#define LIMINE_MODULE_3             UINT64_C(0xca1c4f3bd1280cee)
#define LIMINE_RSDP_2               UINT64_C(0xc5e77b6b397e7b43)
#define LIMINE_RSDP_3               UINT64_C(0x27637845accdcf3c)
#define LIMINE_SMBIOS_2             UINT64_C(0x9e9046f11e095391)
#define LIMINE_SMBIOS_3             UINT64_C(0xaa4a520fefbde5ee)
#define LIMINE_EFI_SYSTEM_TABLE_2   UINT64_C(0x5ceba5163eaaf6d6)
#define LIMINE_EFI_SYSTEM_TABLE_3   UINT64_C(0x0a6981610cf65fcc)
#define LIMINE_EFI_MEMMAP_2         UINT64_C(0x7df62a431d6872d5)
#define LIMINE_EFI_MEMMAP_3         UINT64_C(0xa4fcdfb3e57306c8)
#define LIMINE_DATE_AT_BOOT_2       UINT64_C(0x502746e184c088aa)
#define LIMINE_DATE_AT_BOOT_3       UINT64_C(0xfbc5ec83e6327893)
#define LIMINE_EXECUTABLE_ADDRESS_2 UINT64_C(0x71ba76863cc55f63)
#define LIMINE_EXECUTABLE_ADDRESS_3 UINT64_C(0xb2644a48c516a487)
#define LIMINE_PERFORMANCE_2        UINT64_C(0x6b50ad9bf36d13ad)
#define LIMINE_PERFORMANCE_3        UINT64_C(0xdc4c7e88fc759e17)
#define LIMINE_KEEP_IOMMU_2         UINT64_C(0x8ebaabe51f490179)
#define LIMINE_KEEP_IOMMU_3         UINT64_C(0x2aa86a59ffb4ab0f)
#define LIMINE_TSC_FREQUENCY_2      UINT64_C(0x10f2ee1d87d195e4)
#define LIMINE_TSC_FREQUENCY_3      UINT64_C(0xf747a2b78f6ddb31)
#define LIMINE_ENTROPY_2            UINT64_C(0x65ea80255d5682c5)
#define LIMINE_ENTROPY_3            UINT64_C(0x9117240723f493eb)

/* How every request begins. The members that some have more follow it. */
struct limine_request {
    uint64_t id[4];
    uint64_t revision;
    uint64_t response; /* the loader's to write; left alone where there is no answer */
};

struct limine_stack_size_request {
    struct limine_request request;
    uint64_t stack_size;
};

struct limine_paging_mode_request {
    struct limine_request request;
    uint64_t mode;     /* 0: four levels, 1: five */
    uint64_t max_mode; /* these two from request revision 1 on */
    uint64_t min_mode;
};

#define LIMINE_MP_X2APIC UINT64_C(1) /* of the request's flags, and of the response's */

struct limine_mp_request {
    struct limine_request request;
    uint64_t flags;
};

struct limine_entry_point_request {
    struct limine_request request;
    uint64_t entry; /* an address in the loaded image */
};

#define LIMINE_MODULE_REQUIRED   UINT64_C(1)
#define LIMINE_MODULE_COMPRESSED UINT64_C(2)

/* A module that the kernel itself asks for; all three are addresses in the loaded image. */
struct limine_internal_module {
    uint64_t path; /* relative to the kernel's own folder */
    uint64_t string;
    uint64_t flags; /* LIMINE_MODULE_ bits */
};

struct limine_module_request {
    struct limine_request request;
    uint64_t internal_module_count; /* these two from request revision 1 on */
    uint64_t internal_modules;      /* of so many addresses of limine_internal_module */
};

struct limine_entropy_request {
    struct limine_request request;
    uint64_t value_count;
};

/* The responses. Each begins with its revision. */

/* One that says no more than that the wish is fulfilled, or has one number. */
struct limine_number_response {
    uint64_t revision;
    uint64_t number;
};

struct limine_bootloader_info_response {
    uint64_t revision;
    uint64_t name;
    uint64_t version;
};

/* Of pointers to frame buffers, modules or memory map entries. */
struct limine_list_response {
    uint64_t revision;
    uint64_t count;
    uint64_t list;
};

#define LIMINE_FRAMEBUFFER_RGB 1u

/* How a pixel is made up. */
struct limine_pixel {
    uint16_t bpp;
    uint8_t memory_model;
    uint8_t red_mask_size;
    uint8_t red_mask_shift;
    uint8_t green_mask_size;
    uint8_t green_mask_shift;
    uint8_t blue_mask_size;
    uint8_t blue_mask_shift;
    uint8_t unused[7];
};

struct limine_video_mode {
    uint64_t pitch;
    uint64_t width;
    uint64_t height;
    struct limine_pixel pixel;
};

struct limine_framebuffer {
    uint64_t address;
    uint64_t width;
    uint64_t height;
    uint64_t pitch;
    struct limine_pixel pixel;
    uint64_t edid_size;
    uint64_t edid;
    uint64_t mode_count; /* these two from response revision 1 on */
    uint64_t modes;
};

struct limine_mp_info {
    uint32_t processor_id; /* the UID of ACPI */
    uint32_t lapic_id;
    uint64_t reserved;
    uint64_t goto_address; /* written by the kernel: there the processor goes */
    uint64_t extra_argument;
};

struct limine_mp_response {
    uint64_t revision;
    uint32_t flags;
    uint32_t bsp_lapic_id;
    uint64_t cpu_count;
    uint64_t cpus;
};

enum limine_memory_type {
    LIMINE_MEMORY_USABLE = 0,
    LIMINE_MEMORY_RESERVED = 1,
    LIMINE_MEMORY_ACPI_RECLAIMABLE = 2,
    LIMINE_MEMORY_ACPI_NVS = 3,
    LIMINE_MEMORY_BAD = 4,
    LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE = 5,
    LIMINE_MEMORY_EXECUTABLE_AND_MODULES = 6,
    LIMINE_MEMORY_FRAMEBUFFER = 7,
    LIMINE_MEMORY_RESERVED_MAPPED = 8 /* from base revision 4 on */
};

struct limine_memmap_entry {
    uint64_t base; /* physical */
    uint64_t length;
    uint64_t type; /* enum limine_memory_type */
};

struct limine_uuid {
    uint8_t bytes[16]; /* as a GUID has them in memory (UEFI, appendix A) */
};

struct limine_file {
    uint64_t revision;
    uint64_t address;
    uint64_t size;
    uint64_t path;   /* in its volume, from the root */
    uint64_t string; /* the command line */
    uint32_t media_type;
    uint32_t unused;
    uint32_t tftp_ip;
    uint32_t tftp_port;
    uint32_t partition_index;
    uint32_t mbr_disk_id;
    struct limine_uuid gpt_disk_uuid;
    struct limine_uuid gpt_part_uuid;
    struct limine_uuid part_uuid;
};

struct limine_smbios_response {
    uint64_t revision;
    uint64_t entry_32;
    uint64_t entry_64;
};

struct limine_efi_memmap_response {
    uint64_t revision;
    uint64_t memmap;
    uint64_t memmap_size;
    uint64_t desc_size;
    uint64_t desc_version;
};

struct limine_executable_address_response {
    uint64_t revision;
    uint64_t physical_base;
    uint64_t virtual_base;
};

struct limine_performance_response {
    uint64_t revision;
    uint64_t reset_usec;
    uint64_t init_usec;
    uint64_t exec_usec;
};

_Static_assert(sizeof(struct limine_request) == 48, "limine_request");
_Static_assert(sizeof(struct limine_video_mode) == 40, "limine_video_mode");
_Static_assert(offsetof(struct limine_framebuffer, edid_size) == 48, "limine_framebuffer");
_Static_assert(sizeof(struct limine_framebuffer) == 80, "limine_framebuffer");
_Static_assert(offsetof(struct limine_mp_info, goto_address) == 16, "limine_mp_info");
_Static_assert(offsetof(struct limine_file, gpt_disk_uuid) == 64, "limine_file");
_Static_assert(sizeof(struct limine_file) == 112, "limine_file");

#endif
