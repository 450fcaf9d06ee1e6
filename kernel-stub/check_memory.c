/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM through the direct map: it keeps what is written, and shows the same bytes as the kernel's
 * mapping.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "image.h"
#include "lookup.h"

/*
 * First, middle and last page of each usable range; machines with more ranges have the first ones
 * checked.
 */
#define MEMORY_SAMPLES_MAX 384

#define MEMORY_PATTERN_FACTOR \
    UINT64_C(0xd6e8feb86659fd93) /* odd: no two samples get equal patterns */

struct memory_sample {
    volatile uint64_t *word;
    uint64_t saved;
};

static struct memory_sample samples[MEMORY_SAMPLES_MAX];
static uint64_t sample_count;

static void memory_add_sample(const struct hoist_handoff *handoff, uint64_t physical)
{
    volatile uint64_t *word = (volatile uint64_t *)(physical + handoff->direct_map_offset);

    if (sample_count < MEMORY_SAMPLES_MAX &&
        (sample_count == 0 || samples[sample_count - 1].word != word)) {
        samples[sample_count++].word = word;
    }
}

/* Returns how many usable ranges were sampled. */
static uint64_t memory_choose_samples(const struct hoist_handoff *handoff)
{
    uint64_t range_count = 0;

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];
        uint64_t middle = range->size_bytes / 2 & ~(CPU_PAGE_BYTES - 1);

        if (range->type != HOIST_MEMORY_USABLE || sample_count == MEMORY_SAMPLES_MAX) {
            continue;
        }
        range_count++;
        memory_add_sample(handoff, range->physical_base);
        memory_add_sample(handoff, range->physical_base + middle);
        memory_add_sample(handoff, range->physical_base + range->size_bytes - sizeof(uint64_t));
    }
    return range_count;
}

/*
 * All patterns are written before the first is read back: two addresses that reach the same byte
 * would show the later one's pattern. What was there is put back in the opposite order, once all
 * is read, for the same reason.
 */
static const struct memory_sample *memory_try_pattern(uint64_t invert)
{
    const struct memory_sample *wrong = NULL;

    for (uint64_t i = 0; i < sample_count; i++) {
        samples[i].saved = *samples[i].word;
        *samples[i].word = (MEMORY_PATTERN_FACTOR * (i + 1)) ^ invert;
    }
    for (uint64_t i = 0; i < sample_count && wrong == NULL; i++) {
        if (*samples[i].word != ((MEMORY_PATTERN_FACTOR * (i + 1)) ^ invert)) {
            wrong = &samples[i];
        }
    }
    for (uint64_t i = sample_count; i > 0; i--) {
        *samples[i - 1].word = samples[i - 1].saved;
    }
    return wrong;
}

static void memory_check_usable(const struct hoist_handoff *handoff)
{
    uint64_t range_count = memory_choose_samples(handoff);
    const struct memory_sample *wrong = NULL;

    for (uint64_t i = 0; i < sample_count; i++) {
        if (probe(PROBE_WRITE, (uint64_t)samples[i].word)->happened) {
            check_fail("the direct map reads and writes usable RAM: expected no fault at %lx, got "
                       "error code %lx",
                       (uint64_t)samples[i].word, fault_record.error_code);
            return;
        }
    }
    wrong = memory_try_pattern(0);
    if (wrong == NULL) {
        wrong = memory_try_pattern(UINT64_MAX);
    }
    if (wrong != NULL) {
        check_fail("the direct map reads and writes usable RAM: expected what was written at %lx, "
                   "got another value",
                   (uint64_t)wrong->word);
        return;
    }
    check_pass("the direct map reads and writes usable RAM (%lu places in %lu ranges)",
               sample_count, range_count);
}

/* The same byte through both mappings, written through each in turn. */
static void memory_check_alias(const struct hoist_handoff *handoff)
{
    uint64_t distance =
        handoff->kernel_physical_base + handoff->direct_map_offset - handoff->kernel_virtual_base;
    volatile uint64_t *alias = (volatile uint64_t *)((uint64_t)image_data_words + distance);
    uint64_t saved = image_data_words[0];

    if (probe(PROBE_WRITE, (uint64_t)alias)->happened) {
        check_fail(
            "the direct map of .data can be written: expected no fault at %lx, got error code %lx",
            (uint64_t)alias, fault_record.error_code);
        return;
    }
    for (uint64_t i = 0; i < IMAGE_WORDS; i++) {
        if (alias[i] != image_data_words[i]) {
            check_fail("the direct map shows the kernel's .data: expected %lx at %lx, got %lx",
                       image_data_words[i], (uint64_t)&alias[i], alias[i]);
            return;
        }
    }
    alias[0] = ~saved;
    if (image_data_words[0] != ~saved) {
        check_fail("what the direct map writes is seen in .data: expected %lx, got %lx", ~saved,
                   image_data_words[0]);
        image_data_words[0] = saved;
        return;
    }
    image_data_words[0] = saved;
    if (alias[0] != saved) {
        check_fail("what .data writes is seen in the direct map: expected %lx, got %lx", saved,
                   alias[0]);
        return;
    }
    check_pass("the direct map shows the kernel's .data, both ways (%lx)", (uint64_t)alias);
}

void check_memory(const struct hoist_handoff *handoff)
{
    memory_check_usable(handoff);
    memory_check_alias(handoff);
}
