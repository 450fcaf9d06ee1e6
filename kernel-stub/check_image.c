/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the image in memory is what the file holds: known words, zeroes, and the address it runs
 * at.
 */
#include <stddef.h>

#include "check.h"
#include "entry_state.h"
#include "image.h"

static void image_check_words(const char *name, const volatile uint64_t *words, uint64_t factor)
{
    for (uint64_t i = 0; i < IMAGE_WORDS; i++) {
        if (words[i] != factor * (i + 1)) {
            check_fail("%s: expected %lx at %lx, got %lx", name, factor * (i + 1),
                       (uint64_t)&words[i], words[i]);
            return;
        }
    }
    check_pass("%s (%u words)", name, IMAGE_WORDS);
}

/* Each is an address that the linker or the loader has put there. */
static void image_check_pointers(void)
{
    for (uint64_t i = 0; i < IMAGE_POINTERS; i++) {
        if (image_pointers[i] != (uint64_t)&image_data_words[i]) {
            check_fail("addresses in the image are those it has now: expected %lx at %lx, got %lx",
                       (uint64_t)&image_data_words[i], (uint64_t)&image_pointers[i],
                       image_pointers[i]);
            return;
        }
    }
    check_pass("addresses in the image are those it has now (%u of them)", IMAGE_POINTERS);
}

void check_image(const struct hoist_handoff *handoff)
{
    check_equal("the kernel runs where it was linked or relocated to", entry_linked_address,
                entry_state.rip);
    check_equal("kernel_slide is how far the kernel was moved",
                (uint64_t)image_start - image_start_in_file, handoff->kernel_slide);
    image_check_pointers();
    image_check_words(".rodata is as in the file", image_rodata_words, IMAGE_WORD_FACTOR);
    image_check_words(".data is as in the file", image_data_words, IMAGE_WORD_FACTOR);
    image_check_words(".bss is all zero", image_bss_words, 0);
}
