/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own image: where it is, what it may do there, and that it is what the file has. */
#include "kernel.h"

#define LOWEST     UINT64_C(0xffffffff80000000)
#define KNOWN_WORD UINT64_C(0x0123456789abcdef)
#define ZEROES     1024u

uint64_t image_physical;

/* Too large for the compiler to know what is in it; volatile, so that it looks. */
static volatile uint64_t zeroes[ZEROES];
static volatile uint64_t known = KNOWN_WORD;
static uint64_t *volatile const pointer = (uint64_t *)&known;

static uint64_t pages(const void *at)
{
    return ((uint64_t)at + PAGE_BYTES - 1) & -PAGE_BYTES;
}

static void expect(const char *name, const uint8_t *first, uint64_t end, unsigned rights)
{
    struct run run = {.va = (uint64_t)first,
                      .size_bytes = end - (uint64_t)first,
                      .pa = image_physical + (uint64_t)(first - image_start),
                      .rights = rights};

    check(name, is_mapped(&run));
}

void check_image(void)
{
    const struct executable_address_response *answer = response_to(EXECUTABLE_ADDRESS);

    if (!check("the image's address is stated", answer != NULL)) {
        return;
    }
    check_equal("the image's virtual base is where it is linked", answer->virtual_base,
                (uint64_t)image_start);
    check("the image is at or above ffffffff80000000", (uint64_t)image_start >= LOWEST);
    check_equal("the image's physical base is at a whole page", image_physical % PAGE_BYTES, 0);
    check(
        "the image is marked in the memory map",
        lies_in(image_physical, (uint64_t)(image_end - image_start), TYPE(EXECUTABLE_AND_MODULES)));
    expect("the text is contiguous, and can be executed", image_start, pages(image_text_end),
           RIGHT_EXECUTE);
    expect("constants are contiguous, and can be read", image_rodata_start, pages(image_rodata_end),
           0);
    expect("data are contiguous, and can be written", image_data_start, pages(image_end),
           is_writable_text ? RIGHT_WRITE | RIGHT_EXECUTE : RIGHT_WRITE);
    check("data are what the file has", known == KNOWN_WORD && *pointer == KNOWN_WORD);
    for (unsigned i = 0; i < ZEROES; i++) {
        hold("word", zeroes[i] == 0, i);
    }
    conclude("what the file does not have is zero");
}
