/* SPDX-License-Identifier: BSD-2-Clause */
/* The responses: where they lie, and what they say. */
#include "kernel.h"

#define NAME_LIMIT   64u
#define FIRMWARE_EFI 2
#define PIT_HZ       UINT64_C(1193182)
#define PIT_COUNT    23864u

/* The size of a response, and whether it may be left out. */
struct expected {
    const char *name;
    uint16_t size_bytes;
    bool may_be_absent;
};

static const struct expected expected[FEATURE_COUNT] = {
    [BOOTLOADER_INFO] = {"bootloader info", sizeof(struct bootloader_info_response), false},
    [EXECUTABLE_CMDLINE] = {"command line", sizeof(struct number_response), false},
    [FIRMWARE_TYPE] = {"firmware type", sizeof(struct number_response), false},
    [STACK_SIZE] = {"stack size", 8, false},
    [HHDM] = {"direct map", sizeof(struct number_response), false},
    [FRAMEBUFFER] = {"framebuffer", sizeof(struct list_response), true},
    [PAGING_MODE] = {"paging mode", sizeof(struct number_response), false},
    [MP] = {"multiprocessor", sizeof(struct mp_response), false},
    [MEMMAP] = {"memory map", sizeof(struct list_response), false},
    [ENTRY_POINT] = {"entry point", 8, false},
    [EXECUTABLE_FILE] = {"executable file", sizeof(struct number_response), false},
    [MODULE] = {"modules", sizeof(struct list_response), true},
    [RSDP] = {"RSDP", sizeof(struct number_response), false},
    [SMBIOS] = {"SMBIOS", sizeof(struct smbios_response), false},
    [EFI_SYSTEM_TABLE] = {"EFI system table", sizeof(struct number_response), false},
    [EFI_MEMMAP] = {"EFI memory map", sizeof(struct efi_memmap_response), false},
    [DATE_AT_BOOT] = {"date at boot", sizeof(struct number_response), false},
    [EXECUTABLE_ADDRESS] = {"executable address", sizeof(struct executable_address_response),
                            false},
    [PERFORMANCE] = {"performance", sizeof(struct performance_response), true},
    [KEEP_IOMMU] = {"keep IOMMU", 8, true},
    [TSC_FREQUENCY] = {"TSC frequency", sizeof(struct number_response), true},
    [ENTROPY] = {"entropy", sizeof(struct list_response), true},
};

void check_tag(void)
{
    if (!has_tag) {
        return;
    }
    /* The third word of a revision that is not supported stays what it was. */
    check("the tag's third word tells whether the revision is supported",
          is_newer ? tag[2] > 6 : tag[2] == 0);
    check_equal("the tag's second word is the revision that holds", tag[1],
                (uint64_t)base_revision);
    check_equal("the tag's first word is left alone", tag[0], TAG_0);
    if (decoy_tag[0] != 0) {
        check("the tag outside of the markers is left alone",
              decoy_tag[1] == TAG_1 && decoy_tag[2] == 99);
    }
}

static void check_places(void)
{
    bool is_newer_wanted = word("newer") != NULL;

    for (unsigned i = 0; i < FEATURE_COUNT; i++) {
        const void *response = response_to(i);

        if (asked[i] == NULL) {
            continue;
        }
        if (expected[i].name == NULL) {
            hold("answered, but not known", (uint64_t)response == UNTOUCHED, i);
        } else if (response == NULL) {
            hold("not answered",
                 expected[i].may_be_absent &&
                     (i < PERFORMANCE || i == TSC_FREQUENCY || !is_newer_wanted),
                 i);
        } else {
            hold("not in reclaimable memory",
                 is_handed_over((uint64_t)response, expected[i].size_bytes), i);
            hold("revision", *(const uint64_t *)response <= 3, i);
        }
    }
    conclude("what is known is answered, in reclaimable memory");
    for (unsigned i = 0; i < decoy_count; i++) {
        hold("response", *(volatile uint64_t *)&decoys[i].response == UNTOUCHED, i);
    }
    conclude("what is no request, or not known, is left alone");
}

static bool is_text(uint64_t va)
{
    return is_handed_over(va, 1) && is_handed_over(va, length_of((const char *)va) + 1);
}

static void check_texts(void)
{
    const struct bootloader_info_response *info = response_to(BOOTLOADER_INFO);
    const struct number_response *line = response_to(EXECUTABLE_CMDLINE);

    if (info != NULL && check("the loader's name and version are texts in reclaimable memory",
                              is_text(info->name) && is_text(info->version))) {
        print("loader: ");
        print((const char *)info->name);
        print(" ");
        print((const char *)info->version);
        print("\n");
    }
    if (line != NULL &&
        check("the command line is a text in reclaimable memory", is_text(line->number))) {
        print("cmdline: ");
        print((const char *)line->number);
        print("\n");
    }
}

static void check_entropy(const struct list_response *answer)
{
    const uint64_t *values = (const uint64_t *)answer->list;

    check_equal("there are as many random values as asked", answer->count, entropy_count);
    if (!check("the random values lie in reclaimable memory",
               is_handed_over(answer->list, 8 * answer->count))) {
        return;
    }
    for (uint64_t i = 0; i < answer->count; i++) {
        hold("value", values[i] != 0 && values[i] != UINT64_MAX, i);
        for (uint64_t j = 0; j < i; j++) {
            hold("value", values[i] != values[j], i);
        }
    }
    conclude("the random values differ");
    print("random:");
    print_value("first", values[0]);
    print("\n");
}

static uint64_t read_tsc(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* By channel 2 of the PIT, over 20 ms. */
static uint64_t measured_hz(void)
{
    uint64_t start;
    uint8_t gate;

    __asm__ volatile("inb $0x61, %0" : "=a"(gate));
    __asm__ volatile("outb %0, $0x61" : : "a"((uint8_t)((gate & 0xfc) | 1)));
    __asm__ volatile("outb %0, $0x43" : : "a"((uint8_t)0xb0));
    __asm__ volatile("outb %0, $0x42" : : "a"((uint8_t)PIT_COUNT));
    __asm__ volatile("outb %0, $0x42" : : "a"((uint8_t)(PIT_COUNT >> 8)));
    start = read_tsc();
    do {
        __asm__ volatile("inb $0x61, %0" : "=a"(gate));
    } while ((gate & 0x20) == 0);
    return (read_tsc() - start) * PIT_HZ / PIT_COUNT;
}

static void check_times(void)
{
    const struct performance_response *times = response_to(PERFORMANCE);
    const struct number_response *date = response_to(DATE_AT_BOOT);
    const struct number_response *frequency = response_to(TSC_FREQUENCY);

    if (times != NULL) {
        check("the times of reset, loader and kernel increase",
              times->reset_usec <= times->init_usec && times->init_usec < times->exec_usec);
        print("times:");
        print_value("reset", times->reset_usec);
        print_value("init", times->init_usec);
        print_value("exec", times->exec_usec);
        print("\n");
    }
    if (date != NULL) {
        print("date:");
        print_value("seconds", date->number);
        print("\n");
    }
    if (frequency != NULL) {
        print("tsc:");
        print_value("hz", frequency->number);
        print_value("measured", measured_hz());
        print("\n");
        check("the TSC's frequency is what the PIT measures",
              frequency->number / 100 * 97 < measured_hz() &&
                  measured_hz() < frequency->number / 100 * 103);
    }
}

void check_answers(void)
{
    const struct number_response *firmware = response_to(FIRMWARE_TYPE);
    const struct number_response *paging = response_to(PAGING_MODE);
    const struct list_response *entropy = response_to(ENTROPY);

    check_places();
    check_texts();
    check_times();
    if (firmware != NULL) {
        check_equal("the firmware is a 64-bit EFI", firmware->number, FIRMWARE_EFI);
    }
    if (paging != NULL) {
        check_equal("the paging mode is stated as it is", paging->number,
                    number_word("levels", 4) == 5);
    }
    if (entropy != NULL) {
        check_entropy(entropy);
    }
    check("the framebuffer's response is there if there is one",
          asked[FRAMEBUFFER] == NULL ||
              (response_to(FRAMEBUFFER) != NULL) == (word("display") != NULL));
}
