/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of the kernel that are read-only once it is relocated, in a segment that is writable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

#define DATA (KERNEL + 3 * PAGE) /* three pages */

static void assert_pages(struct fixture *f, unsigned page, unsigned count, const char *name)
{
    const struct plan_range *range = range_at(f, DATA + page * PAGE);
    const bool is_relro = strcmp(name, "kernel relro") == 0;

    assert_string_equal(range->name, name);
    assert_int_equal(range->pa, KERNEL_PA + (3 + page) * PAGE);
    assert_int_equal(range->size_bytes, count * PAGE);
    assert_int_equal(range->access.rights, HOIST_READ | (is_relro ? 0 : HOIST_WRITE));
    assert_int_equal(range->access.cache, HOIST_WRITE_BACK);
    assert_int_equal(range->largest, HOIST_LEAF_2M);
}

static size_t kernel_ranges(const struct fixture *f)
{
    size_t count = 0;

    for (size_t i = 0; i < f->plan.count; i++) {
        count += strncmp(f->plan.ranges[i].name, "kernel ", 7) == 0;
    }
    return count;
}

static void they_are_cut_out_of_the_segment_at_its_start_its_end_or_inside(void **state)
{
    struct fixture *f = *state;

    must_make(f);
    assert_int_equal(kernel_ranges(f), 3);
    f->kernel.relro = (struct elf_range){DATA, PAGE};
    must_make(f);
    assert_int_equal(kernel_ranges(f), 4);
    assert_pages(f, 0, 1, "kernel relro");
    assert_pages(f, 1, 2, "kernel segment 2");
    f->kernel.relro = (struct elf_range){DATA + 2 * PAGE, PAGE};
    must_make(f);
    assert_int_equal(kernel_ranges(f), 4);
    assert_pages(f, 0, 2, "kernel segment 2");
    assert_pages(f, 2, 1, "kernel relro");
    f->kernel.relro = (struct elf_range){DATA + PAGE, PAGE};
    must_make(f);
    assert_int_equal(kernel_ranges(f), 5);
    assert_pages(f, 0, 1, "kernel segment 2");
    assert_pages(f, 1, 1, "kernel relro");
    assert_pages(f, 2, 1, "kernel segment 2");
    f->kernel.relro = (struct elf_range){DATA, 3 * PAGE};
    must_make(f);
    assert_int_equal(kernel_ranges(f), 3);
    assert_pages(f, 0, 3, "kernel relro");
}

static void other_segments_are_as_they_were(void **state)
{
    struct fixture *f = *state;

    f->kernel.relro = (struct elf_range){DATA + PAGE, PAGE};
    must_build(f);
    assert_int_equal(range_at(f, KERNEL)->access.rights, HOIST_READ | HOIST_EXECUTE);
    assert_int_equal(range_at(f, KERNEL)->size_bytes, 2 * PAGE);
    assert_int_equal(range_at(f, KERNEL + 2 * PAGE)->size_bytes, PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(they_are_cut_out_of_the_segment_at_its_start_its_end_or_inside),
        test_of(other_segments_are_as_they_were),
    };

    return cmocka_run_group_tests_name("plan relro", tests, NULL, NULL);
}
