/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the page tables map what the base revision promises, and what it forbids is not mapped. */
#include "kernel.h"

#define FOUR_GIB        (4 * GIB)
#define WRITE_COMBINING 5u
#define UPPER_HALF      (UINT64_C(1) << 63)
#define EVERYTHING      (TYPE(MEMORY_TYPE_COUNT) - 1)
#define TRAMPOLINE_BYTES \
    0x10000u /* of the loader's own, identity-mapped below base revision 5 and above */
#define LOCAL_APIC   UINT64_C(0xfee00000)
#define CODE_WRITE   3u /* a write to a page that is present */
#define CODE_EXECUTE 0x11u
#define PAGE_FAULT   14u
#define RETURN       0xc3

static uint8_t data_byte = RETURN;

static unsigned promised_types(void)
{
    unsigned always = TYPE(USABLE) | TYPE(BOOTLOADER_RECLAIMABLE) | TYPE(EXECUTABLE_AND_MODULES) |
                      TYPE(FRAMEBUFFER_MEMORY);

    if (base_revision == 0) {
        return EVERYTHING;
    }
    if (base_revision <= 2) {
        return EVERYTHING & ~TYPE(RESERVED) & ~TYPE(BAD_MEMORY);
    }
    return base_revision == 3
               ? always
               : always | TYPE(ACPI_RECLAIMABLE) | TYPE(ACPI_NVS) | TYPE(RESERVED_MAPPED);
}

static uint64_t physical(const void *object)
{
    return image_physical + ((uint64_t)object - (uint64_t)image_start);
}

static bool is_strict(void)
{
    return word("wx") != NULL && same_bytes(word("wx"), "=strict", 7);
}

/* With strict rights what executes is read-only: in the image, and in the loader's own trampoline. */
static void judge_rights(const struct run *one)
{
    bool is_identity = one->va == one->pa;
    bool is_trampoline = one->size_bytes <= TRAMPOLINE_BYTES &&
                         lies_in(one->pa, one->size_bytes, TYPE(BOOTLOADER_RECLAIMABLE));
    bool is_constant = one->pa >= physical(image_start) &&
                       one->pa + one->size_bytes <= physical(image_rodata_end) + PAGE_BYTES;

    if (is_strict()) {
        hold("rights",
             one->rights == RIGHT_WRITE || (one->rights == 0 && (is_constant || is_trampoline)) ||
                 (one->rights == RIGHT_EXECUTE && is_identity && is_trampoline),
             one->va);
    } else {
        hold("rights", one->rights == (RIGHT_WRITE | RIGHT_EXECUTE), one->va);
    }
}

static bool touches(const struct run *one, uint64_t type)
{
    for (uint64_t i = 0; i < memory.count; i++) {
        const struct memmap_entry *entry = memory.entries[i];

        if (entry->type == type && entry->base < one->pa + one->size_bytes &&
            one->pa < entry->base + entry->length) {
            return true;
        }
    }
    return false;
}

/* One run of the direct map or the identity map. */
static void judge(const struct run *one)
{
    uint64_t end = one->pa + one->size_bytes;
    uint64_t first = one->pa;

    judge_rights(one);
    if (one->pat == WRITE_COMBINING) {
        hold("write-combining is more than framebuffers",
             lies_in(one->pa, one->size_bytes, TYPE(FRAMEBUFFER_MEMORY)), one->va);
    } else {
        hold("not write-back", one->pat == 0, one->va);
        hold("a framebuffer is write-back", !touches(one, FRAMEBUFFER_MEMORY), one->va);
    }
    if (base_revision < 3 && first < FOUR_GIB) {
        first = end < FOUR_GIB ? end : FOUR_GIB;
    }
    hold("mapped, but not promised", first == end || lies_in(first, end - first, promised_types()),
         one->va);
}

/* The direct map (or, with an offset of 0, the identity map) has all of a physical range. */
static void expect_range(uint64_t offset, uint64_t pa, uint64_t end)
{
    while (pa < end) {
        const struct run *one = run_at(offset + pa);

        if (!hold("promised, but not mapped", one != NULL && one->va - one->pa == offset, pa)) {
            return;
        }
        pa = one->pa + one->size_bytes;
    }
}

static void expect_all(uint64_t offset, uint64_t first)
{
    if (base_revision < 3) {
        expect_range(offset, first, FOUR_GIB);
    }
    for (uint64_t i = 0; i < memory.count; i++) {
        const struct memmap_entry *one = memory.entries[i];
        uint64_t base = one->base & -PAGE_BYTES;

        if ((promised_types() & TYPE(one->type)) != 0) {
            expect_range(offset, base < first ? first : base, one->base + one->length);
        }
    }
}

static void check_lower_half(void)
{
    uint64_t size = 0;

    for (unsigned i = 0; i < run_count && runs[i].va < UPPER_HALF; i++) {
        hold("not the identity", runs[i].va == runs[i].pa && runs[i].va > 0, runs[i].va);
        if (base_revision == 0) {
            judge(&runs[i]);
        }
        size += runs[i].size_bytes;
    }
    if (base_revision == 0) {
        expect_all(0, PAGE_BYTES);
        conclude("the identity map has what is promised from 1000 on, and nothing else");
    } else {
        hold("too much", size <= TRAMPOLINE_BYTES, size);
        conclude("the lower half has nothing but a trampoline");
    }
}

void check_mappings(void)
{
    uint64_t direct = 0;
    uint64_t other = 0;

    for (unsigned i = 0; i < run_count; i++) {
        const struct run *one = &runs[i];
        bool is_image = one->va - (uint64_t)image_start <
                        (uint64_t)image_end + PAGE_BYTES - (uint64_t)image_start;

        if (one->va < UPPER_HALF || is_image) {
            continue;
        }
        if (one->va - one->pa == memory.offset) {
            judge(one);
            direct += one->size_bytes;
        } else {
            print("#");
            print_value("other", one->va);
            print_value("bytes", one->size_bytes);
            print_value("pa", one->pa);
            print_value("rights", one->rights);
            print("\n");
            other += one->size_bytes;
        }
    }
    expect_all(memory.offset, 0);
    conclude("the direct map has what is promised, and nothing else");
    /* Up to revision 4 the fault reporter; with strict rights the two pages of the way in. */
    check("nothing but the direct map and the image is in the upper half",
          other <= (base_revision < 5 ? 1u << 20
                    : is_strict()     ? 2 * PAGE_BYTES
                                      : 0));
    check_lower_half();
    print("mapped:");
    print_value("direct", direct);
    print("\n");
}

static bool faults_with(struct fault fault, uint64_t code, uint64_t va)
{
    return fault.vector == PAGE_FAULT && fault.code == code && fault.address == va;
}

/* By the processor itself. */
static void check_direct_faults(void)
{
    uint64_t text = memory.offset + physical(image_start);
    uint64_t data = memory.offset + physical(&data_byte);

    if (is_strict()) {
        check("the direct map cannot be executed", faults_with(try_call(data), CODE_EXECUTE, data));
        check("the text cannot be written by the direct map",
              faults_with(try_write(text), CODE_WRITE, text));
    } else {
        check("the direct map can be executed", try_call(data).vector == 0);
        check("the text can be written by the direct map", try_write(text).vector == 0);
    }
    if (base_revision >= 3) {
        check("device memory is not in the direct map",
              faults_with(try_read(memory.offset + LOCAL_APIC), 0, memory.offset + LOCAL_APIC));
    } else {
        check("device memory is in the direct map",
              try_read(memory.offset + LOCAL_APIC + 0x30).vector == 0);
    }
    check("the first page is not mapped at 0", faults_with(try_read(8), 0, 8));
    check("memory is mapped at its own address as the base revision has it",
          base_revision == 0 ? try_read(0x200000).vector == 0
                             : faults_with(try_read(0x200000), 0, 0x200000));
}

void check_faults(void)
{
    uint64_t text = (uint64_t)image_start;
    uint64_t rodata = (uint64_t)image_rodata_start;
    uint64_t data = (uint64_t)&data_byte;

    check("the text cannot be written", faults_with(try_write(text), CODE_WRITE, text));
    check("constants cannot be written", faults_with(try_write(rodata), CODE_WRITE, rodata));
    check("constants cannot be executed", faults_with(try_call(rodata), CODE_EXECUTE, rodata));
    check("data can be written", try_write(data).vector == 0);
    if (is_writable_text) {
        check("data can be executed, as its segment asks", try_call(data).vector == 0);
    } else {
        check("data cannot be executed", faults_with(try_call(data), CODE_EXECUTE, data));
    }
    check_direct_faults();
}
