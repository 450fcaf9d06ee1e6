/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A firmware that lets no memory be executed that it gave out as pages, before its
 * EFI_MEMORY_ATTRIBUTE_PROTOCOL (UEFI 2.10, section 37.4) was asked to. It is the processor that
 * refuses: the bits are those of the page tables in use.
 */
#include "state.h"

#define PAGE_BYTES    UINT64_C(4096)
#define ENTRY_COUNT   512u
#define LEAF_LEVEL    1u
#define ROOT_LEVEL_4  4u
#define ROOT_LEVEL_5  5u
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define ENTRY_WRITE   (UINT64_C(1) << 1)
#define ENTRY_LARGE   (UINT64_C(1) << 7)
#define ENTRY_NX      (UINT64_C(1) << 63)
#define LINK          UINT64_C(3)
#define CR0_WP        (UINT64_C(1) << 16)
#define CR4_LA57      (UINT64_C(1) << 12)

#define BIT_XP UINT64_C(0x4000)
#define BIT_RO UINT64_C(0x20000)

#define ATTRIBUTE_GUID                                     \
    {                                                      \
        0xf4560cf6, 0x40ec, 0x4b4a,                        \
        {                                                  \
            0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89 \
        }                                                  \
    }

struct protocol {
    EFI_STATUS(EFIAPI *get)
    (struct protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes, UINT64 *bits);
    EFI_STATUS(EFIAPI *set)
    (struct protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes, UINT64 bits);
    EFI_STATUS(EFIAPI *clear)
    (struct protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes, UINT64 bits);
};

static EFI_BOOT_SERVICES *services;
static EFI_ALLOCATE_PAGES allocate_really;
static EFI_FREE_PAGES free_really;
static bool refuses;

static uint64_t *table_at(uint64_t entry)
{
    return (uint64_t *)(uintptr_t)(entry & ENTRY_ADDRESS);
}

/* A large leaf becomes a table of smaller ones; the last kind, 4K, has its PAT bit elsewhere, unused here. */
static void split(uint64_t *entry, unsigned level)
{
    const uint64_t step = PAGE_BYTES << 9 * (level - 2);
    const uint64_t bits = *entry & (level == 2 ? ~ENTRY_LARGE : ~UINT64_C(0));
    EFI_PHYSICAL_ADDRESS page = 0;

    if (allocate_really(AllocateAnyPages, EfiBootServicesData, 1, &page) != EFI_SUCCESS) {
        say("state: no page for a table\r\n");
        return;
    }
    for (unsigned i = 0; i < ENTRY_COUNT; i++) {
        table_at(page)[i] = bits + i * step;
    }
    *entry = page | LINK;
}

/* The entry of a page, as small as a page. */
static uint64_t *find_leaf(uint64_t address)
{
    uint64_t entry;
    uint64_t cr4;
    uint64_t *place = NULL;

    __asm__ volatile("movq %%cr3, %0" : "=r"(entry));
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    for (unsigned level = (cr4 & CR4_LA57) != 0 ? ROOT_LEVEL_5 : ROOT_LEVEL_4; level >= LEAF_LEVEL;
         level--) {
        place = &table_at(entry)[address >> (12 + 9 * (level - 1)) & (ENTRY_COUNT - 1)];
        if (level > LEAF_LEVEL && (*place & ENTRY_LARGE) != 0) {
            split(place, level);
        }
        entry = *place;
    }
    return place;
}

static void change(uint64_t address, uint64_t set_bits, uint64_t clear_bits)
{
    uint64_t cr0;
    uint64_t *leaf;

    /* The firmware's tables are read-only to itself. */
    __asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movq %0, %%cr0" : : "r"(cr0 & ~CR0_WP) : "memory");
    leaf = find_leaf(address);
    *leaf = (*leaf | set_bits) & ~clear_bits;
    __asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
    __asm__ volatile("movq %%cr3, %0\n\tmovq %0, %%cr3" : "=r"(cr0) : : "memory");
}

static EFI_STATUS EFIAPI get(struct protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes,
                             UINT64 *bits)
{
    const uint64_t leaf = *find_leaf(base);

    (void)this;
    (void)size_bytes;
    *bits = ((leaf & ENTRY_NX) != 0 ? BIT_XP : 0) | ((leaf & ENTRY_WRITE) != 0 ? 0 : BIT_RO);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set(struct protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes,
                             UINT64 bits)
{
    (void)this;
    (void)size_bytes;
    change(base, (bits & BIT_XP) != 0 ? ENTRY_NX : 0, (bits & BIT_RO) != 0 ? ENTRY_WRITE : 0);
    return EFI_SUCCESS;
}

/* Nothing may become writable and executable, and with `refuses` nothing executable. */
static EFI_STATUS EFIAPI clear(struct protocol *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes,
                               UINT64 bits)
{
    UINT64 left = 0;

    get(this, base, size_bytes, &left);
    left &= ~bits;
    if ((left & (BIT_XP | BIT_RO)) == 0) {
        say("state: writable and executable\r\n");
        return EFI_ACCESS_DENIED;
    }
    if (refuses && (bits & BIT_XP) != 0) {
        return EFI_ACCESS_DENIED;
    }
    say((bits & BIT_XP) != 0 ? "state: executable\r\n" : "state: writable\r\n");
    change(base, (bits & BIT_RO) != 0 ? ENTRY_WRITE : 0, (bits & BIT_XP) != 0 ? ENTRY_NX : 0);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type,
                                        UINTN page_count, EFI_PHYSICAL_ADDRESS *memory)
{
    const EFI_STATUS status = allocate_really(type, memory_type, page_count, memory);

    for (UINTN i = 0; status == EFI_SUCCESS && i < page_count; i++) {
        change(*memory + i * PAGE_BYTES, ENTRY_NX, 0);
    }
    return status;
}

/* Whoever gets the pages next, after this program, knows of no such bits. */
static EFI_STATUS EFIAPI free_pages(EFI_PHYSICAL_ADDRESS memory, UINTN page_count)
{
    for (UINTN i = 0; i < page_count; i++) {
        change(memory + i * PAGE_BYTES, ENTRY_WRITE, ENTRY_NX);
    }
    return free_really(memory, page_count);
}

static struct protocol protocol = {get, set, clear};
static EFI_HANDLE handle;

void forget_attributes(EFI_BOOT_SERVICES *table)
{
    EFI_GUID guid = ATTRIBUTE_GUID;

    if (handle != NULL) {
        table->UninstallProtocolInterface(handle, &guid, &protocol);
    }
}

void enforce_attributes(EFI_BOOT_SERVICES *table)
{
    EFI_GUID guid = ATTRIBUTE_GUID;

    services = table;
    allocate_really = table->AllocatePages;
    free_really = table->FreePages;
    if (services->InstallProtocolInterface(&handle, &guid, EFI_NATIVE_INTERFACE, &protocol) !=
        EFI_SUCCESS) {
        say("state: the protocol cannot be installed\r\n");
    }
    services->AllocatePages = allocate_pages;
    services->FreePages = free_pages;
}

void refuse_attributes(EFI_BOOT_SERVICES *table)
{
    refuses = true;
    enforce_attributes(table);
}
