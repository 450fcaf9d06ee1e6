/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: a loader that does nothing but what the firmware forces on every loader. It opens the
 * volume and /kernel.elf, reads the whole file by one call straight to its place, makes a table of
 * three frames, leaves the firmware and jumps. Nothing is checked that need not be: no ELF, no
 * configuration, no plan, no word on the console, and every page writable and executable.
 *
 * The kernel has to be one whose file is its image (kernel.ld), linked to 2 MiB below -1 GiB.
 */
#include <efi.h>

#include "hoist.h"

#define PAGE_BYTES       UINT64_C(0x1000)
#define LARGE_PAGE_BYTES UINT64_C(0x200000)

/* Longer than any kernel of the benchmark: the file system stops at the file's end. */
#define FILE_LIMIT_BYTES (UINT64_C(66) << 20)
#define LEAF_COUNT       (FILE_LIMIT_BYTES / LARGE_PAGE_BYTES)

#define MAP_CAPACITY_BYTES 0x8000

#define ENTRY_PRESENT_WRITE UINT64_C(3)
#define ENTRY_LARGE         UINT64_C(0x80)

/* Slots of ffffffff80000000 (SDM volume 3, section 4.5.4). */
#define PML4_SLOT 511u
#define PDPT_SLOT 510u

#define ELF_ENTRY_WORD 3u /* e_entry is at 24 */

struct memory {
    uint64_t base; /* of the kernel, aligned to 2 MiB; three tables lie before it */
    uint64_t *pml4;
    uint64_t *pdpt;
    uint64_t *pd;
};

static struct hoist_handoff handoff;
static uint64_t phase_start;

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static uint64_t read_tsc(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return ((uint64_t)high << 32) | low;
}

static void end_phase(enum hoist_phase phase)
{
    const uint64_t now = read_tsc();

    handoff.phase_ticks[phase] = now - phase_start;
    phase_start = now;
}

static EFI_STATUS take_memory(EFI_BOOT_SERVICES *boot, struct memory *memory)
{
    EFI_PHYSICAL_ADDRESS pa = 0;
    const EFI_STATUS status =
        boot->AllocatePages(AllocateAnyPages, EfiLoaderData,
                            (FILE_LIMIT_BYTES + 2 * LARGE_PAGE_BYTES) / PAGE_BYTES, &pa);

    memory->base = (pa + 3 * PAGE_BYTES + LARGE_PAGE_BYTES - 1) & ~(LARGE_PAGE_BYTES - 1);
    memory->pml4 = (uint64_t *)(uintptr_t)(memory->base - 3 * PAGE_BYTES);
    memory->pdpt = (uint64_t *)(uintptr_t)(memory->base - 2 * PAGE_BYTES);
    memory->pd = (uint64_t *)(uintptr_t)(memory->base - PAGE_BYTES);
    return status;
}

static EFI_STATUS read_kernel(EFI_HANDLE image, EFI_BOOT_SERVICES *boot, uint64_t base)
{
    static CHAR16 name[] = u"\\kernel.elf";
    EFI_GUID image_guid = LOADED_IMAGE_PROTOCOL;
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_LOADED_IMAGE *self = NULL;
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    EFI_FILE_HANDLE volume = NULL;
    EFI_FILE_HANDLE file = NULL;
    UINTN size_bytes = FILE_LIMIT_BYTES;
    EFI_STATUS status = boot->HandleProtocol(image, &image_guid, (void **)&self);

    if (status == EFI_SUCCESS) {
        status = boot->HandleProtocol(self->DeviceHandle, &volume_guid, (void **)&file_system);
    }
    if (status == EFI_SUCCESS) {
        status = file_system->OpenVolume(file_system, &volume);
    }
    if (status == EFI_SUCCESS) {
        status = volume->Open(volume, &file, name, EFI_FILE_MODE_READ, 0);
    }
    if (status == EFI_SUCCESS) {
        status = file->Read(file, &size_bytes, (void *)(uintptr_t)base);
    }
    return status;
}

/* The lower half stays the firmware's, so that this code goes on where it is. */
static void build_table(const struct memory *memory)
{
    uint64_t cr3;

    __asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
    for (unsigned i = 0; i < 512; i++) {
        memory->pml4[i] = ((const volatile uint64_t *)(uintptr_t)(cr3 & ~(PAGE_BYTES - 1)))[i];
        ((volatile uint64_t *)memory->pdpt)[i] = 0;
        ((volatile uint64_t *)memory->pd)[i] = 0;
    }
    memory->pml4[PML4_SLOT] = (uint64_t)(uintptr_t)memory->pdpt | ENTRY_PRESENT_WRITE;
    memory->pdpt[PDPT_SLOT] = (uint64_t)(uintptr_t)memory->pd | ENTRY_PRESENT_WRITE;
    for (unsigned i = 0; i < LEAF_COUNT; i++) {
        memory->pd[i] = (memory->base + i * LARGE_PAGE_BYTES) | ENTRY_PRESENT_WRITE | ENTRY_LARGE;
    }
}

static EFI_STATUS leave(EFI_HANDLE image, EFI_BOOT_SERVICES *boot)
{
    static uint64_t map[MAP_CAPACITY_BYTES / sizeof(uint64_t)];
    UINTN size_bytes = sizeof(map);
    UINTN key = 0;
    UINTN stride_bytes = 0;
    UINT32 version = 0;
    const EFI_STATUS status = boot->GetMemoryMap(&size_bytes, (EFI_MEMORY_DESCRIPTOR *)(void *)map,
                                                 &key, &stride_bytes, &version);

    return status == EFI_SUCCESS ? boot->ExitBootServices(image, key) : status;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    struct memory memory;
    EFI_STATUS status;

    handoff.loader_start_tsc = read_tsc();
    phase_start = handoff.loader_start_tsc;
    status = take_memory(system_table->BootServices, &memory);
    if (status == EFI_SUCCESS) {
        status = read_kernel(image, system_table->BootServices, memory.base);
    }
    end_phase(HOIST_PHASE_KERNEL);
    if (status != EFI_SUCCESS) {
        return status;
    }
    build_table(&memory);
    end_phase(HOIST_PHASE_BUILD);
    status = leave(image, system_table->BootServices);
    if (status != EFI_SUCCESS) {
        return status;
    }
    end_phase(HOIST_PHASE_LEAVE);
    __asm__ volatile("cli\n\t"
                     "movq %0, %%cr3\n\t"
                     "jmpq *%1"
                     :
                     : "r"(memory.pml4),
                       "r"(((const uint64_t *)(uintptr_t)memory.base)[ELF_ENTRY_WORD]),
                       "D"(&handoff)
                     : "memory");
    __builtin_unreachable();
}
