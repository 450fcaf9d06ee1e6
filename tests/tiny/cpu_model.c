/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CPU knows, sees and forgets. */
#include "cpu_model.h"

#include <string.h>

#include "reader.h"
#include "report.h"

static uint8_t look_up(const struct tiny_bench *bench, unsigned page)
{
    return tiny_look_up(&bench->memory, bench->space.root, TINY_LEVELS, page);
}

/* Learns what is linked, and mapped where it knows nothing: what it knows already stays. */
static void learn(struct tiny_bench *bench)
{
    struct tiny_cpu *cpu = bench->cpu;

    for (unsigned page = 0; page < TINY_PAGES; page++) {
        for (unsigned level = 1; level < TINY_LEVELS; level++) {
            cpu->links[level][page] =
                tiny_find_link(&bench->memory, bench->space.root, level, page);
        }
        if (cpu->pages[page] == 0) {
            cpu->pages[page] = look_up(bench, page);
        }
    }
}

/* invlpg: the leaf that is known for the page is forgotten, all of it. */
static void forget(struct tiny_cpu *cpu, unsigned page)
{
    const uint8_t known = cpu->pages[page];
    const unsigned level = known == 0 ? 1 : tiny_level_of(known);

    for (unsigned i = 0; i < tiny_span(level); i++) {
        uint8_t *other = &cpu->pages[tiny_block(page, level) + i];

        *other = *other == known ? 0 : *other;
    }
}

/*
 * Outside the range a page is mapped as ever; inside as before or as it will be, and never without
 * a mapping where the range is in use, or nothing but sizes or rights change.
 */
static void check_page(const struct tiny_cpu *cpu, unsigned page, uint8_t seen)
{
    const struct tiny_operation *operation = cpu->operation;
    const uint8_t old = cpu->before->page[page];
    const bool is_inside = page >= operation->first && page < operation->end;
    const bool may_vanish = operation->kind == TINY_UNMAP ||
                            (operation->kind == TINY_REMAP && operation->use == HOIST_RANGE_IDLE);

    CHECK(seen == old || tiny_is_same_mapping(seen, old) ||
              (is_inside && tiny_is_same_mapping(seen, cpu->after->page[page])) ||
              (is_inside && seen == 0 && may_vanish),
          "on the way, a page is neither what it was nor what it will be");
}

/*
 * The CPU must not know a page by a leaf of one size while it is mapped otherwise by a leaf of
 * another: it could use either, or both at once (SDM volume 3, section 4.10.2).
 */
static void check_sizes(const struct tiny_cpu *cpu, unsigned page, uint8_t seen)
{
    const uint8_t known = cpu->pages[page];

    CHECK(known == 0 || seen == 0 || tiny_level_of(known) == tiny_level_of(seen) ||
              tiny_is_same_mapping(known, seen),
          "a CPU knows a page by a leaf of one size and finds another of another size");
}

/*
 * A table out of use too must hold what it held, until the CPU has forgotten that it was one. What
 * a link let through when the CPU last saw it does not count: that it lets through more now is
 * what the flush is for.
 */
static void check_all(const struct tiny_bench *bench)
{
    const struct tiny_cpu *cpu = bench->cpu;

    for (unsigned page = 0; page < TINY_PAGES; page++) {
        const uint8_t seen = look_up(bench, page);

        check_page(cpu, page, seen);
        check_sizes(cpu, page, seen);
        for (unsigned level = 1; level < TINY_LEVELS; level++) {
            if (cpu->links[level][page] != 0) {
                const uint64_t link = tiny_widest(cpu->links[level][page]);

                check_page(cpu, page, tiny_look_up(&bench->memory, link, level, page));
            }
        }
    }
}

void tiny_cpu_watch(struct tiny_bench *bench, struct tiny_cpu *cpu)
{
    bench->cpu = cpu;
    memset(cpu->pages, 0, sizeof cpu->pages);
    learn(bench);
}

void tiny_cpu_flush(struct tiny_bench *bench, const struct hoist_flush *what)
{
    struct tiny_cpu *cpu = bench->cpu;

    check_all(bench);
    if (what->is_everything) {
        memset(cpu->pages, 0, sizeof cpu->pages);
    }
    for (unsigned i = 0; i < what->range_count; i++) {
        for (uint64_t n = 0; n < what->ranges[i].page_count; n++) {
            const uint64_t va = what->ranges[i].va + n * what->ranges[i].page_bytes;

            CHECK(va < TINY_PAGES * TINY_PAGE_BYTES, "a flush lies outside the address space");
            forget(cpu, (unsigned)(va / TINY_PAGE_BYTES));
        }
    }
    learn(bench);
}

void tiny_cpu_end(struct tiny_bench *bench)
{
    const struct tiny_cpu *cpu = bench->cpu;
    bool may_know = false;

    for (unsigned page = 0; page < TINY_PAGES; page++) {
        CHECK(cpu->pages[page] == 0 || cpu->pages[page] == cpu->after->page[page],
              "a CPU still knows what is no longer so");
        may_know |=
            cpu->before->page[page] != 0 && cpu->before->page[page] != cpu->after->page[page];
    }
    for (unsigned table = 0; table < TINY_TABLES; table++) {
        may_know |=
            cpu->before->table[table] != 0 && cpu->before->table[table] != cpu->after->table[table];
    }
    CHECK(bench->flush_count != 0 || !may_know, "nothing was flushed");
    CHECK(bench->flush_count == 0 || may_know, "something was flushed that no CPU can know");
    bench->cpu = NULL;
}
