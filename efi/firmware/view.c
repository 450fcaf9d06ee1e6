/* SPDX-License-Identifier: BSD-2-Clause */
/* Where tables are read from, and what is known of the machine around them. */
#include "view.h"

#include "boot.h"
#include "port.h"

#define MSR_EFER UINT32_C(0xc0000080)
#define EFER_NXE (UINT64_C(1) << 11)
#define MSR_PAT  UINT32_C(0x277)
#define CR4_LA57 (UINT64_C(1) << 12)

/* Damaged tables may have more of both than were planned: enough of it is shown to see how. */
#define MORE_RANGES 128u
#define MORE_TABLES 16u

/* For the firmware's: an identity map of 2 TiB by 2 MiB. */
#define FIRMWARE_RANGES 4096u
#define FIRMWARE_TABLES 2048u

static bool take_room(struct view *view, uint64_t range_count, uint64_t table_count,
                      uint32_t **order, struct problem *problem)
{
    struct mapping *mapping = &view->mapping;
    const uint64_t range_bytes = range_count * sizeof(*mapping->ranges);
    const uint64_t table_bytes = table_count * sizeof(*mapping->tables);
    void *memory;

    if (!pages_take_anywhere(range_bytes + table_bytes + range_count * sizeof(**order),
                             "mapping dump", &memory, problem)) {
        return false;
    }
    mapping->ranges = memory;
    mapping->range_capacity = range_count;
    mapping->tables = (struct mapping_table *)(void *)((uint8_t *)memory + range_bytes);
    mapping->table_capacity = table_count;
    *order = (uint32_t *)(void *)((uint8_t *)mapping->tables + table_bytes);
    return true;
}

/* A link may lead anywhere; what is no table of ours must not be touched. */
static const uint64_t *kernel_table(void *context, uint64_t pa, unsigned level)
{
    const struct mapping_facts *facts = context;

    (void)level;
    return pa >= facts->tables_pa &&
                   pa - facts->tables_pa < facts->table_frame_count * MEMORY_PAGE_BYTES
               ? (const uint64_t *)(uintptr_t)pa
               : NULL;
}

/* The firmware can reach its own tables, which lie in memory that it lists. */
static const uint64_t *firmware_table(void *context, uint64_t pa, unsigned level)
{
    const struct memory_map *map = ((const struct mapping_facts *)context)->memory;

    (void)level;
    for (size_t i = 0; i < map->count; i++) {
        if (pa >= map->ranges[i].base && pa - map->ranges[i].base < map->ranges[i].size_bytes) {
            return (const uint64_t *)(uintptr_t)pa;
        }
    }
    return NULL;
}

static void read_and_judge(struct view *view, uint32_t *order,
                           const uint64_t *(*table)(void *context, uint64_t pa, unsigned level))
{
    const struct mapping_memory memory = {.table = table, .context = &view->mapping.facts};

    mapping_read(&view->mapping, &memory);
    rules_judge(&view->mapping, order, view->findings);
}

/* What is so for all tables on this machine. */
static struct mapping_facts facts_of(const struct cpu *cpu, const struct memory_map *memory)
{
    return (struct mapping_facts){
        .physical_bits = cpu->paging.physical_bits,
        .has_1g_pages = cpu->paging.has_1g_pages,
        .pat = MAPPING_PAT_AFTER_RESET,
        .mtrr = cpu->has_mtrrs ? &cpu->mtrr : NULL,
        .memory = memory,
    };
}

bool view_kernel(struct view *view, const struct boot *boot, struct problem *problem)
{
    struct mapping_facts *facts = &view->mapping.facts;
    uint32_t *order;

    *facts = facts_of(&boot->cpu, &boot->pages.map);
    facts->levels = boot->cpu.paging.levels;
    facts->has_nx = boot->cpu.paging.has_nx;
    facts->wx_strict = boot->input.wx_strict;
    facts->cr3 = hoist_table_pa(boot->space.root);
    facts->pat = boot->cpu.has_pat ? HOIST_ENTRY_PAT : facts->pat;
    facts->plan = boot->plan.ranges;
    facts->plan_count = boot->plan.count;
    facts->tables_pa = boot->built.pa;
    facts->table_frame_count = boot->built.frame_count;
    view->is_firmware = false;
    if (!take_room(view, facts->plan_count + MORE_RANGES, facts->table_frame_count + MORE_TABLES,
                   &order, problem)) {
        return false;
    }
    read_and_judge(view, order, kernel_table);
    return true;
}

bool view_firmware(struct view *view, const struct boot *boot, struct problem *problem)
{
    struct mapping_facts *facts = &view->mapping.facts;
    uint32_t *order;

    *facts = facts_of(&boot->cpu, &boot->pages.map);
    facts->levels = (read_cr4() & CR4_LA57) != 0 ? 5 : 4;
    facts->has_nx = boot->cpu.paging.has_nx && (read_msr(MSR_EFER) & EFER_NXE) != 0;
    facts->wx_strict = true;
    facts->cr3 = read_cr3();
    facts->pat = boot->cpu.has_pat ? read_msr(MSR_PAT) : facts->pat;
    view->is_firmware = true;
    if (!take_room(view, FIRMWARE_RANGES, FIRMWARE_TABLES, &order, problem)) {
        return false;
    }
    read_and_judge(view, order, firmware_table);
    return true;
}

bool view_find_fault(const struct view *view, struct problem *problem)
{
    const struct finding *finding;
    enum rule rule;
    const char *name;

    if (rules_failed(view->findings, &rule) == 0) {
        return false;
    }
    finding = &view->findings[rule];
    name = finding_name(&view->mapping, finding);
    *problem = (struct problem){.kind = PROBLEM_RULE,
                                .name = text_of(rule_name(rule)),
                                .other = text_of(name[0] != '\0' ? name : "no planned range"),
                                .numbers = {finding->found, finding->checked, finding->va}};
    return true;
}
