/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts the fault reporter in its place. */
#include "firmware.h"

#include "faults.h"

#include "console.h"
#include "descriptors.h"
#include "layout.h"
#include "memory_map.h"

/* reporter_image.S */
extern const unsigned char reporter_text[];
extern const unsigned char reporter_text_end[];
extern const unsigned char reporter_constants[];
extern const unsigned char reporter_constants_end[];

static const struct reporter_header *header(void)
{
    return (const struct reporter_header *)(const void *)reporter_constants;
}

void faults_measure(struct plan_reporter *reporter)
{
    reporter->text_bytes = header()->constants;
    reporter->data_bytes = header()->stacks - MEMORY_PAGE_BYTES - header()->constants;
    reporter->frames.size_bytes = header()->end - MEMORY_PAGE_BYTES; /* without the guard page */
}

static void copy(unsigned char *target, const unsigned char *start, const unsigned char *end)
{
    __builtin_memcpy(target, start, (size_t)(end - start));
}

static void configure(struct reporter_config *config, const struct hoist_handoff *handoff,
                      struct text kernel_name)
{
    kernel_name = text_take(kernel_name, sizeof(config->kernel_name) - 1);
    config->framebuffer = handoff->framebuffer;
    config->mappings = handoff->mappings;
    config->mapping_count = handoff->mapping_count;
    config->stack_base = handoff->stack_base;
    config->stack_size_bytes = handoff->stack_size_bytes;
    config->has_uart = console_wants_serial();
    __builtin_memcpy(config->kernel_name, kernel_name.start, kernel_name.length);
}

struct faults_tables faults_install(const struct plan_reporter *reporter, uint64_t va,
                                    const struct hoist_handoff *handoff, const uint64_t *segments,
                                    struct text kernel_name)
{
    unsigned char *memory = (unsigned char *)(uintptr_t)reporter->frames.pa;
    struct reporter_data *data = (struct reporter_data *)(void *)(memory + header()->data);
    const uint64_t stacks = reporter->text_bytes + reporter->data_bytes;
    unsigned char *task_gdt;
    const struct descriptors_places places = {va + header()->entries, va + header()->data,
                                              va + header()->stacks};

    __builtin_memset(memory, 0, reporter->frames.size_bytes);
    copy(memory, reporter_text, reporter_text_end);
    copy(memory + header()->constants, reporter_constants, reporter_constants_end);
    descriptors_fill(data, &places, segments);
    configure(&data->config, handoff, kernel_name);
    /* Needed once, before any of the stacks: at the low end of one. */
    task_gdt = memory + stacks + REPORTER_STACK_BYTES;
    descriptors_copy_available((uint64_t *)(void *)task_gdt, data->gdt);
    return (struct faults_tables){
        .gdt = places.data + offsetof(struct reporter_data, gdt),
        .task_gdt = places.stacks + REPORTER_STACK_BYTES,
        .idt = places.data + offsetof(struct reporter_data, gates),
        .gdt_limit = sizeof(data->gdt) - 1,
        .idt_limit = sizeof(data->gates) - 1,
    };
}
