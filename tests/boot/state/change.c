/* SPDX-License-Identifier: BSD-2-Clause */
/* Five-level paging under a firmware that knows nothing of it. */
#include "state.h"

#define PAGE_BYTES    4096u
#define ENTRY_COUNT   512u
#define LOW_LAST_BYTE UINT64_C(0xffffffff)
#define LINK          UINT64_C(3) /* present, writable */
#define CR3_ADDRESS   UINT64_C(0x000ffffffffff000)
#define CR4_LA57      (UINT64_C(1) << 12)
#define LEAF_EXTENDED 7u
#define EXTENDED_LA57 (UINT32_C(1) << 16)

extern const uint8_t change_code[];
extern const uint8_t change_code_end[];

void change_run(uint64_t page, uint64_t root);

static bool has_five_levels(void)
{
    uint32_t leaf = LEAF_EXTENDED;
    uint32_t ebx;
    uint32_t features = 0;
    uint32_t edx;

    __asm__ volatile("cpuid" : "+a"(leaf), "=b"(ebx), "+c"(features), "=d"(edx));
    return (features & EXTENDED_LA57) != 0;
}

static uint64_t read_cr3(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}

static uint64_t read_cr4(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return value;
}

/* The first and the last 256 TiB are what the firmware's own root has in its two halves. */
void change_to_five_levels(EFI_BOOT_SERVICES *services)
{
    EFI_PHYSICAL_ADDRESS page = LOW_LAST_BYTE;
    EFI_PHYSICAL_ADDRESS root = LOW_LAST_BYTE;
    uint64_t *entries;

    if (!has_five_levels() || (read_cr4() & CR4_LA57) != 0 ||
        services->AllocatePages(AllocateMaxAddress, EfiBootServicesCode, 1, &page) != EFI_SUCCESS ||
        services->AllocatePages(AllocateMaxAddress, EfiBootServicesData, 1, &root) != EFI_SUCCESS) {
        say("state: five levels cannot be had\r\n");
        return;
    }
    entries = (uint64_t *)(uintptr_t)root;
    __builtin_memset(entries, 0, PAGE_BYTES);
    entries[0] = (read_cr3() & CR3_ADDRESS) | LINK;
    entries[ENTRY_COUNT - 1] = entries[0];
    __builtin_memcpy((void *)(uintptr_t)page, change_code, (size_t)(change_code_end - change_code));
    change_run(page, root);
    if ((read_cr4() & CR4_LA57) == 0 || read_cr3() != root) {
        say("state: five levels are not on\r\n");
    }
}
