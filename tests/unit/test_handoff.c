/* SPDX-License-Identifier: BSD-2-Clause */
/* The block that the kernel is handed: every piece within it, none on another, all pointers the kernel's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handoff.h"
#include "version.h"

#define PAGE          UINT64_C(4096)
#define MIB           UINT64_C(0x100000)
#define BLOCK_VA      UINT64_C(0xffffffff40012000)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    unsigned char *block; /* exactly as large as was asked for */
    struct handoff_room room;
    struct handoff handoff;
};

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    assert_non_null(*state);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    free(f->block);
    free(f);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void lay_out(struct fixture *f, size_t mappings, size_t ranges, struct text command_line)
{
    f->room = (struct handoff_room){.mapping_count = mappings,
                                    .memory_range_count = ranges,
                                    .command_line_bytes = command_line.length};
    free(f->block);
    assert_int_equal(handoff_size(&f->room) % PAGE, 0);
    f->block = aligned_alloc(PAGE, handoff_size(&f->room));
    assert_non_null(f->block);
    memset(f->block, 0, handoff_size(&f->room));
    handoff_lay_out(&f->handoff, f->block, BLOCK_VA, &f->room, command_line);
}

/* Where the kernel's pointer leads, in the block. */
static const void *reach(const struct fixture *f, const void *pointer)
{
    const uint64_t va = (uint64_t)(uintptr_t)pointer;

    assert_true(va >= BLOCK_VA && va < BLOCK_VA + handoff_size(&f->room));
    return f->block + (va - BLOCK_VA);
}

static void what_is_fixed_is_filled_in(void **state)
{
    struct fixture *f = *state;
    const struct hoist_handoff *body;

    lay_out(f, 3, 5, text_of("root=/dev/x quiet"));
    body = f->handoff.body;
    assert_int_equal(f->handoff.va, BLOCK_VA);
    assert_ptr_equal(reach(f, (const void *)(uintptr_t)f->handoff.body_va), body);
    assert_int_equal(f->handoff.body_va % 64, 0);
    assert_memory_equal(&body->magic, "HOISTBT1", 8);
    assert_int_equal(body->version, 3);
    assert_int_equal(body->size_bytes, 384);
    assert_string_equal(reach(f, body->loader_name), "Hoist");
    assert_string_equal(reach(f, body->loader_version), HOIST_LOADER_VERSION);
    assert_string_equal(reach(f, body->command_line), "root=/dev/x quiet");
    assert_ptr_equal(reach(f, body->memory_map), f->handoff.memory_map);
    assert_ptr_equal(reach(f, body->mappings), f->handoff.mappings);
    assert_ptr_equal(reach(f, body->mapping_details), f->handoff.details);
    assert_int_equal(body->memory_map_count, 0);
    assert_int_equal(body->mapping_count, 0);
    assert_int_equal(body->framebuffer.address, 0);
}

/* SDM volume 3, section 3.4.5: base, limit and flags of each segment, read bit by bit. */
static void the_gdt_has_flat_segments_that_the_cpu_need_not_write_to(void **state)
{
    static const struct {
        uint64_t limit;
        unsigned type, bits;
    } expected[] = {{0xffff, 0xb, 16},     {0xffff, 0x3, 16},     {0xffffffff, 0xb, 32},
                    {0xffffffff, 0x3, 32}, {0xffffffff, 0xb, 64}, {0xffffffff, 0x3, 0}};
    struct fixture *f = *state;
    uint64_t gdt[HANDOFF_GDT_ENTRIES];

    lay_out(f, 0, 0, text_of(""));
    assert_int_equal(f->handoff.gdt_va, BLOCK_VA);
    memcpy(gdt, f->block, sizeof(gdt));
    assert_int_equal(gdt[0], 0);
    assert_int_equal(LENGTH(expected) + 1, HANDOFF_GDT_ENTRIES);
    for (size_t i = 0; i < LENGTH(expected); i++) {
        const uint64_t word = gdt[i + 1];
        const bool pages = ((word >> 55) & 1) != 0;
        const uint64_t limit = (word & 0xffff) | ((word >> 32) & 0xf0000);

        assert_int_equal(((word >> 16) & 0xffffff) | ((word >> 32) & 0xff000000), 0);
        assert_int_equal(pages ? limit << 12 | 0xfff : limit, expected[i].limit);
        assert_int_equal((word >> 40) & 0xf, expected[i].type); /* accessed already */
        assert_int_equal((word >> 44) & 0xf, 0x9);              /* present, ring 0, code or data */
        if (expected[i].bits != 0) {
            assert_int_equal((word >> 53) & 1, expected[i].bits == 64);
            assert_int_equal((word >> 54) & 1, expected[i].bits == 32);
        }
    }
}

/* Each piece filled to the brim with bytes of its own: none may lose any. */
static void full_lists_and_strings_do_not_touch_each_other(void **state)
{
    static const size_t counts[] = {0, 1, 2, 3, 5, 64, 171};
    struct fixture *f = *state;
    char command_line[5000];

    memset(command_line, 'c', sizeof(command_line));
    for (size_t i = 0; i < LENGTH(counts); i++) {
        for (size_t k = 0; k < LENGTH(counts); k++) {
            const size_t length = (i * 977 + k * 613) % sizeof(command_line);
            const size_t map_bytes = counts[i] * sizeof(struct hoist_mapped_range);
            const size_t detail_bytes = counts[i] * sizeof(struct hoist_mapping_detail);
            const size_t memory_bytes = counts[k] * sizeof(struct hoist_memory_range);
            const struct hoist_handoff *body;
            const unsigned char *text;

            lay_out(f, counts[i], counts[k], (struct text){command_line, length});
            body = f->handoff.body;
            memset(f->handoff.mappings, 1, map_bytes);
            memset(f->handoff.details, 3, detail_bytes);
            memset(f->handoff.memory_map, 2, memory_bytes);
            assert_memory_equal(&body->magic, "HOISTBT1", 8);
            assert_string_equal(reach(f, body->loader_name), "Hoist");
            text = reach(f, body->command_line);
            assert_int_equal(strlen((const char *)text), length);
            assert_true(text + length < f->block + handoff_size(&f->room));
            for (size_t at = 0; at < map_bytes; at++) {
                assert_int_equal(((const unsigned char *)f->handoff.mappings)[at], 1);
            }
            for (size_t at = 0; at < detail_bytes; at++) {
                assert_int_equal(((const unsigned char *)f->handoff.details)[at], 3);
            }
            for (size_t at = 0; at < memory_bytes; at++) {
                assert_int_equal(((const unsigned char *)f->handoff.memory_map)[at], 2);
            }
            assert_int_equal((uintptr_t)f->handoff.mappings % 8, 0);
            assert_int_equal((uintptr_t)f->handoff.details % 8, 0);
            assert_int_equal((uintptr_t)f->handoff.memory_map % 8, 0);
        }
    }
}

/* One byte more of command line is one page more at the right length, and not before. */
static void the_block_is_as_many_pages_as_it_needs(void **state)
{
    struct handoff_room room = {0};
    struct fixture *f = *state;
    char *line = calloc(1, 3 * PAGE);
    uint64_t pages = 1;

    assert_non_null(line);
    memset(line, 'x', 3 * PAGE);
    for (size_t length = 0; length < 2 * PAGE; length++) {
        room.command_line_bytes = length;
        if (handoff_size(&room) == pages * PAGE) {
            continue;
        }
        assert_int_equal(handoff_size(&room), (pages + 1) * PAGE);
        lay_out(f, 0, 0, (struct text){line, length - 1}); /* fills its last page to the end */
        assert_ptr_equal((const unsigned char *)reach(f, f->handoff.body->command_line) + length,
                         f->block + pages * PAGE);
        pages++;
    }
    assert_int_equal(pages, 3);
    free(line);
}

static void a_command_line_longer_than_its_room_is_cut(void **state)
{
    struct fixture *f = *state;

    f->room =
        (struct handoff_room){.mapping_count = 1, .memory_range_count = 1, .command_line_bytes = 4};
    f->block = aligned_alloc(PAGE, handoff_size(&f->room));
    assert_non_null(f->block);
    memset(f->block, 0, handoff_size(&f->room));
    handoff_lay_out(&f->handoff, f->block, BLOCK_VA, &f->room, text_of("abcdefgh"));
    assert_string_equal(reach(f, f->handoff.body->command_line), "abcd");
    handoff_lay_out(&f->handoff, f->block, BLOCK_VA, &f->room, (struct text){NULL, 0});
    assert_string_equal(reach(f, f->handoff.body->command_line), "");
}

static void mappings_are_copied_with_the_protocols_words(void **state)
{
    static const struct {
        uint8_t rights, cache;
        uint32_t expected_rights, expected_cache;
    } all[] = {
        {HOIST_READ, HOIST_WRITE_BACK, 0, HOIST_MAPPING_WRITE_BACK},
        {HOIST_READ | HOIST_WRITE, HOIST_WRITE_COMBINING, HOIST_MAPPING_WRITE,
         HOIST_MAPPING_WRITE_COMBINING},
        {HOIST_READ | HOIST_EXECUTE, HOIST_UNCACHED, HOIST_MAPPING_EXECUTE, HOIST_MAPPING_UNCACHED},
        {HOIST_READ, HOIST_UNCACHED_MINUS, 0, HOIST_MAPPING_UNCACHED},
    };
    struct plan_range ranges[LENGTH(all)] = {0};
    const struct plan plan = {ranges, LENGTH(all), LENGTH(all)};
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(all); i++) {
        memcpy(ranges[i].name, "a name of 31 characters, long..", HOIST_MAPPING_NAME_BYTES);
        ranges[i].name[0] = (char)('a' + i);
        ranges[i].va = UINT64_C(0xffff800000000000) + i * MIB;
        ranges[i].pa = i * MIB;
        ranges[i].size_bytes = (i + 1) * PAGE;
        ranges[i].access = hoist_access_of(all[i].rights, all[i].cache);
    }
    lay_out(f, LENGTH(all), 1, text_of("x"));
    handoff_set_mappings(&f->handoff, &plan);
    assert_int_equal(f->handoff.body->mapping_count, LENGTH(all));
    for (size_t i = 0; i < LENGTH(all); i++) {
        const struct hoist_mapped_range *mapping = &f->handoff.mappings[i];

        assert_int_equal(mapping->virtual_base, ranges[i].va);
        assert_int_equal(mapping->physical_base, ranges[i].pa);
        assert_int_equal(mapping->size_bytes, ranges[i].size_bytes);
        assert_int_equal(mapping->rights, all[i].expected_rights);
        assert_int_equal(mapping->cache, all[i].expected_cache);
        assert_string_equal(mapping->name, ranges[i].name);
    }
    assert_string_equal(reach(f, f->handoff.body->command_line), "x");
}

static void the_memory_map_is_the_list_for_the_kernel(void **state)
{
    struct memory_range ranges[] = {{0, PAGE, MEMORY_RESERVED},
                                    {MIB, MIB, MEMORY_FREE},
                                    {2 * MIB, MIB, MEMORY_BOOT},
                                    {3 * MIB, MIB, MEMORY_KERNEL}};
    const struct memory_map map = {ranges, LENGTH(ranges), LENGTH(ranges), 0};
    struct fixture *f = *state;

    lay_out(f, 1, LENGTH(ranges), text_of("x"));
    handoff_set_memory_map(&f->handoff, &map);
    assert_int_equal(f->handoff.body->memory_map_count, 3);
    assert_int_equal(f->handoff.memory_map[1].physical_base, MIB);
    assert_int_equal(f->handoff.memory_map[1].size_bytes, 2 * MIB);
    assert_int_equal(f->handoff.memory_map[1].type, HOIST_MEMORY_USABLE);
    assert_int_equal(f->handoff.memory_map[2].type, HOIST_MEMORY_KERNEL);
}

/* The block with modules is exactly full where the strings end on its last byte. */
static void modules_have_their_places_and_their_strings(void **state)
{
    static const char text[] = "path and command line of a module";
    struct fixture *f = *state;
    const struct hoist_module *modules;

    for (size_t count = 0; count < 300; count++) {
        f->room = (struct handoff_room){.mapping_count = 1,
                                        .memory_range_count = 1,
                                        .command_line_bytes = 4,
                                        .module_count = count,
                                        .module_text_bytes = count * (count % 33 + 5)};
        free(f->block);
        f->block = aligned_alloc(PAGE, handoff_size(&f->room));
        assert_non_null(f->block);
        memset(f->block, 0, handoff_size(&f->room));
        handoff_lay_out(&f->handoff, f->block, BLOCK_VA, &f->room, text_of("line"));
        for (size_t i = 0; i < count; i++) {
            handoff_add_module(&f->handoff, &(struct handoff_module){.pa = i * PAGE,
                                                                     .va = MIB + i * PAGE,
                                                                     .size_bytes = i,
                                                                     .path = {text, count % 33},
                                                                     .command_line = {text, 5}});
        }
        assert_int_equal(f->handoff.body->module_count, count);
        modules = reach(f, f->handoff.body->modules);
        assert_int_equal((uintptr_t)modules % 8, 0);
        assert_string_equal(reach(f, f->handoff.body->command_line), "line");
        for (size_t i = 0; i < count; i++) {
            const char *path = reach(f, modules[i].path);

            assert_int_equal(modules[i].physical_base, i * PAGE);
            assert_int_equal((uintptr_t)modules[i].address, MIB + i * PAGE);
            assert_int_equal(modules[i].size_bytes, i);
            assert_int_equal(strlen(path), count % 33);
            assert_memory_equal(path, text, count % 33);
            assert_string_equal(reach(f, modules[i].command_line), "path ");
            assert_true((const unsigned char *)reach(f, modules[i].command_line) + 5 <
                        f->block + handoff_size(&f->room));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(what_is_fixed_is_filled_in),
        test_of(the_gdt_has_flat_segments_that_the_cpu_need_not_write_to),
        test_of(full_lists_and_strings_do_not_touch_each_other),
        test_of(the_block_is_as_many_pages_as_it_needs),
        test_of(a_command_line_longer_than_its_room_is_cut),
        test_of(mappings_are_copied_with_the_protocols_words),
        test_of(the_memory_map_is_the_list_for_the_kernel),
        test_of(modules_have_their_places_and_their_strings),
    };

    return cmocka_run_group_tests_name("hand-off", tests, NULL, NULL);
}
