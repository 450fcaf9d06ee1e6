/* SPDX-License-Identifier: BSD-2-Clause */
/* Where movable kernels go: into which slots, each as often as the others, and never elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "placement.h"

#define LOWEST UINT64_C(0xffffffff80000000)
#define END    UINT64_C(0xffffffffffe00000)
#define STEP   UINT64_C(0x200000)
#define UPPER  UINT64_C(0xffff800000000000)

static const struct elf_source source = {{"/kernel.elf", 11}, 0x1000, false};
static struct problem problem;

static struct elf_image image_of(uint64_t va, uint64_t size_bytes, uint64_t alignment_bytes)
{
    return (struct elf_image){.entry = va + 0x10,
                              .va_base = va,
                              .size_bytes = size_bytes,
                              .alignment_bytes = alignment_bytes,
                              .movable = true,
                              .segment_count = 1,
                              .segments = {{.va = va + 8, .size_bytes = size_bytes - 8}}};
}

/* Moved, and all its addresses with it. */
static uint64_t place_of(struct elf_image image, const uint64_t *random)
{
    const struct elf_image before = image;

    assert_true(placement_move(&source, &image, random, &problem));
    assert_int_equal(image.va_base - before.va_base, image.slide);
    assert_int_equal(image.entry - before.entry, image.slide);
    assert_int_equal(image.segments[0].va - before.segments[0].va, image.slide);
    assert_int_equal(image.size_bytes, before.size_bytes);
    return image.va_base;
}

static void without_chance_a_kernel_goes_to_the_lowest_slot_or_stays_in_the_upper_half(void **state)
{
    (void)state;
    assert_int_equal(place_of(image_of(0, 0x5000, 0x1000), NULL), LOWEST);
    assert_int_equal(place_of(image_of(0x1000, 0x5000, 0x1000), NULL), LOWEST + 0x1000);
    assert_int_equal(place_of(image_of(0x40201000, 0x5000, 0x1000), NULL), LOWEST + 0x1000);
    assert_int_equal(place_of(image_of(UPPER - 0x1000, 0x1000, 0x1000), NULL), LOWEST + 0x1ff000);
    assert_int_equal(place_of(image_of(UPPER, 0x5000, 0x1000), NULL), UPPER);
    assert_int_equal(place_of(image_of(LOWEST + 0x3000, 0x5000, 0x1000), NULL), LOWEST + 0x3000);
}

static void a_kernel_that_cannot_be_moved_stays(void **state)
{
    struct elf_image image = image_of(LOWEST + 0x7000, 0x5000, 0x1000);
    const uint64_t random = UINT64_MAX;

    (void)state;
    image.movable = false;
    assert_int_equal(place_of(image, &random), LOWEST + 0x7000);
}

static void the_first_and_the_last_slot_are_both_picked(void **state)
{
    const uint64_t least = 0;
    const uint64_t most = UINT64_MAX;

    (void)state;
    assert_int_equal(placement_count(&(struct elf_image){.size_bytes = 0x1000}), 1023);
    assert_int_equal(place_of(image_of(0, 0x5000, 0x1000), &least), LOWEST);
    assert_int_equal(place_of(image_of(0, 0x5000, 0x1000), &most), END - STEP);
    assert_int_equal(place_of(image_of(0, STEP, 0x1000), &most), END - STEP);
    assert_int_equal(place_of(image_of(0, STEP + 0x1000, 0x1000), &most), END - 2 * STEP);
    assert_int_equal(place_of(image_of(0x1ff000, 0x1000, 0x1000), &most), END - 0x1000);
    assert_int_equal(place_of(image_of(0x1ff000, 0x2000, 0x1000), &most), END - STEP - 0x1000);
    assert_int_equal(place_of(image_of(UPPER, 0x5000, 0x1000), &most), END - STEP);
}

static void a_larger_alignment_makes_the_steps_larger(void **state)
{
    const uint64_t half = UINT64_C(1) << 63;

    (void)state;
    assert_int_equal(placement_count(&(struct elf_image){.size_bytes = 0x1000,
                                                         .alignment_bytes = UINT64_C(1) << 30}),
                     2);
    assert_int_equal(place_of(image_of(0x3000, 0x5000, UINT64_C(1) << 30), &half),
                     LOWEST + (UINT64_C(1) << 30) + 0x3000);
}

static void a_kernel_that_fits_nowhere_is_refused(void **state)
{
    const uint64_t random = 0;
    struct elf_image image = image_of(0, END - LOWEST, 0x1000);
    char sentence[PROBLEM_SENTENCE_CAPACITY];

    (void)state;
    assert_int_equal(place_of(image, &random), LOWEST);
    image.size_bytes += 0x1000;
    assert_false(placement_move(&source, &image, &random, &problem));
    assert_false(placement_move(&source, &image, NULL, &problem));
    assert_int_equal(image.slide, 0);
    problem_sentence(&problem, sentence, sizeof(sentence));
    assert_string_equal(sentence,
                        "/kernel.elf: the kernel's 2095108 KiB, aligned to 4 KiB, have no place "
                        "between 0xffffffff80000000 and 0xffffffffffe00000");
    image = image_of(UPPER, UINT64_C(1) << 40, 0x1000);
    assert_false(placement_move(&source, &image, &random, &problem));
    assert_int_equal(place_of(image, NULL), UPPER);
    image = image_of(UINT64_C(0x3fffe000), 0x1000, UINT64_C(1) << 30);
    assert_int_equal(place_of(image, &random), LOWEST + 0x3fffe000);
    image = image_of(UINT64_C(0x7ffff000), 0x1000, UINT64_C(1) << 30);
    assert_int_equal(place_of(image, &random), LOWEST + 0x3ffff000);
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t number = *seed += UINT64_C(0x9e3779b97f4a7c15);

    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static void every_slot_is_as_likely_as_the_others(void **state)
{
    static unsigned hits[1023];
    uint64_t seed = 42;

    (void)state;
    for (unsigned i = 0; i < 1023 * 400; i++) {
        const uint64_t random = next_random(&seed);

        hits[(place_of(image_of(0x2000, 0x5000, 0x1000), &random) - LOWEST - 0x2000) / STEP]++;
    }
    /* Five times the deviation to be expected, which is 20. */
    for (unsigned i = 0; i < 1023; i++) {
        assert_in_range(hits[i], 300, 500);
    }
}

static void images_of_chance_always_lie_in_the_top_two_gigabytes(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        const uint64_t alignment = UINT64_C(0x1000) << next_random(&seed) % 19;
        const uint64_t size =
            (1 + next_random(&seed) % (UINT64_C(1) << next_random(&seed) % 20)) * 0x1000;
        struct elf_image image =
            image_of(next_random(&seed) >> 1 & ~UINT64_C(0xfff), size, alignment);
        const uint64_t random = next_random(&seed);
        const struct elf_image before = image;

        if (placement_count(&image) == 0) {
            assert_false(placement_move(&source, &image, &random, &problem));
            continue;
        }
        assert_true(placement_move(&source, &image, &random, &problem));
        assert_true(image.va_base >= LOWEST && image.va_base < END);
        assert_true(image.size_bytes <= END - image.va_base);
        assert_int_equal(image.slide % STEP, 0);
        assert_int_equal(image.slide % alignment, 0);
        assert_int_equal(image.va_base, before.va_base + image.slide);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            without_chance_a_kernel_goes_to_the_lowest_slot_or_stays_in_the_upper_half),
        cmocka_unit_test(a_kernel_that_cannot_be_moved_stays),
        cmocka_unit_test(the_first_and_the_last_slot_are_both_picked),
        cmocka_unit_test(a_larger_alignment_makes_the_steps_larger),
        cmocka_unit_test(a_kernel_that_fits_nowhere_is_refused),
        cmocka_unit_test(every_slot_is_as_likely_as_the_others),
        cmocka_unit_test(images_of_chance_always_lie_in_the_top_two_gigabytes),
    };

    return cmocka_run_group_tests_name("placement", tests, NULL, NULL);
}
