/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mode local APICs run in, and what becomes of their entries; where processors, NMIs and IOMMUs are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "apic.h"
#include "iommu_tables.h"
#include "madt.h"

#define MADT_HEADER  44u
#define OTHER_HEADER 48u

static void the_mode_is_as_wished_where_that_can_be(void **state)
{
    static const struct {
        struct apic_facts facts;
        bool is_wished;
        bool is_well;
        bool uses;
    } cases[] = {
        {{false, false, false, 3}, false, true, false},
        {{false, false, false, 3}, true, true, false},
        {{true, false, false, 3}, false, true, false},
        {{true, false, false, 3}, true, true, true},
        {{true, false, false, 400}, false, true, false}, /* those beyond 254 are left out */
        {{true, true, false, 254}, false, true, false},
        {{true, true, false, 255}, false, false, false},
        {{true, true, true, 3}, false, false, false},
        {{true, true, true, 3}, true, true, true},
        {{true, true, false, 4000}, true, true, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool uses = !cases[i].uses;

        assert_int_equal(apic_choose_mode(&cases[i].facts, cases[i].is_wished, &uses),
                         cases[i].is_well);
        assert_int_equal(uses, cases[i].uses);
    }
}

static void entries_are_masked_by_their_mode(void **state)
{
    (void)state;
    for (uint32_t mode = 0; mode < 8; mode++) {
        const uint32_t entry = 0xa0e0 | mode << 8;

        assert_int_equal(apic_masked(entry, false), mode <= 1 ? entry | 0x10000 : entry);
        assert_int_equal(apic_masked(entry, true),
                         mode <= 1 || mode == 4 || mode == 7 ? entry | 0x10000 : entry);
        assert_int_equal(apic_masked(entry | 0x10000, true), entry | 0x10000);
    }
}

static void a_line_becomes_an_nmi_with_the_flags_polarity_and_trigger(void **state)
{
    (void)state;
    assert_int_equal(apic_nmi_line(0x10000, 0), 0x10400);
    assert_int_equal(apic_nmi_line(0x10000, 0x5), 0x10400);
    assert_int_equal(apic_nmi_line(0x10000, 0xf), 0x1a400 | 0x0);
    assert_int_equal(apic_nmi_line(0x10000, 0x3), 0x12400);
    assert_int_equal(apic_nmi_line(0x10000, 0xc), 0x18400);
    assert_int_equal(apic_nmi_line(0xa733, 0x5), 0x10433);
    assert_int_equal(apic_nmi_line(0x0200, 0xf), 0x0200); /* SMI */
    assert_int_equal(apic_nmi_line(0x0500, 0xf), 0x0500); /* INIT */
}

/* Entries behind a header, on the heap without a byte to spare. */
static uint8_t *table_of(size_t header_bytes, const uint8_t *entries, size_t size_bytes)
{
    uint8_t *table = malloc(header_bytes + size_bytes);

    assert_non_null(table);
    memset(table, 0xff, header_bytes);
    memcpy(table + header_bytes, entries, size_bytes);
    return table;
}

static void enabled_processors_of_both_kinds_are_found(void **state)
{
    static const uint8_t entries[] = {
        0, 8,  1, 10, 1,  0, 0,    0,                            /* enabled */
        0, 8,  2, 11, 0,  0, 0,    0,                            /* not */
        1, 12, 0, 0,  0,  0, 0xc0, 0xfe, 0, 0, 0, 0,             /* an I/O APIC */
        9, 16, 0, 0,  44, 1, 0,    0,    1, 0, 0, 0, 5, 0, 0, 0, /* x2APIC 300 */
        9, 15, 0, 0,  44, 1, 0,    0,    1, 0, 0, 0, 5, 0, 0,    /* cut */
        0, 7,  3, 12, 1,  0, 0,                                  /* cut */
        0, 8,  4, 13, 3,  0, 0,    0,
    };
    uint8_t *table = table_of(MADT_HEADER, entries, sizeof(entries));
    const struct madt madt = {table, MADT_HEADER + sizeof(entries)};
    struct madt_processor processor;
    size_t cursor = 0;

    (void)state;
    assert_true(madt_next_processor(&madt, &cursor, &processor));
    assert_int_equal(processor.acpi_uid, 1);
    assert_int_equal(processor.apic_id, 10);
    assert_true(madt_next_processor(&madt, &cursor, &processor));
    assert_int_equal(processor.acpi_uid, 5);
    assert_int_equal(processor.apic_id, 300);
    assert_true(madt_next_processor(&madt, &cursor, &processor));
    assert_int_equal(processor.acpi_uid, 4);
    assert_false(madt_next_processor(&madt, &cursor, &processor));
    assert_false(madt_next_processor(&madt, &cursor, &processor));
    free(table);
}

static void lines_of_nmis_are_found(void **state)
{
    static const uint8_t entries[] = {
        4,    6,  0xff, 0x05, 0, 1, 10, 12, 0x0f, 0, 7, 0,  0,  0, 0, 0,    0,    0,
        10,   11, 0x0f, 0,    7, 0, 0,  0,  0,    0, 0, 10, 12, 0, 0, 0xff, 0xff, 0xff,
        0xff, 1,  0,    0,    0, 4, 5,  3,  0,    0, 4, 6,  3,  0, 0, 0,
    };
    uint8_t *table = table_of(MADT_HEADER, entries, sizeof(entries));
    const struct madt madt = {table, MADT_HEADER + sizeof(entries)};
    struct madt_nmi nmi;
    size_t cursor = 0;

    (void)state;
    assert_true(madt_next_nmi(&madt, &cursor, &nmi));
    assert_true(nmi.is_for_all);
    assert_int_equal(nmi.flags, 5);
    assert_int_equal(nmi.line, 1);
    assert_true(madt_next_nmi(&madt, &cursor, &nmi));
    assert_false(nmi.is_for_all);
    assert_int_equal(nmi.acpi_uid, 7);
    assert_int_equal(nmi.flags, 15);
    assert_int_equal(nmi.line, 0);
    assert_true(madt_next_nmi(&madt, &cursor, &nmi));
    assert_true(nmi.is_for_all);
    assert_true(madt_next_nmi(&madt, &cursor, &nmi));
    assert_int_equal(nmi.acpi_uid, 3);
    assert_false(madt_next_nmi(&madt, &cursor, &nmi));
    free(table);
}

static void units_of_vtd_are_found(void **state)
{
    static const uint8_t entries[] = {
        1, 0, 8,  0,  0, 0, 0, 0, /* reserved memory */
        0, 0, 16, 0,  1, 0, 0, 0,    0,    0,    0xd9, 0xfe, 0,    0, 0, 0, 0, 0, 12,
        0, 1, 0,  0,  0, 0, 0, 0xd9, 0xfe,                                  /* cut */
        0, 1, 16, 0,  1, 0, 0, 0,    0,    0,    0xd8, 0xfe, 0,    0, 0, 0, /* another type */
        0, 0, 20, 0,  1, 0, 0, 0,    0,    0x10, 0,    0,    2,    0, 0, 0, 9, 9, 9,
        9, 0, 0,  17, 0, 1, 0, 0,    0,    0,    0,    0xd7, 0xfe, 0, 0, 0, 0, /* longer than what is left */
    };
    uint8_t *table = table_of(OTHER_HEADER, entries, sizeof(entries));
    size_t cursor = 0;
    uint64_t pa;

    (void)state;
    assert_true(iommu_next_vtd(table, OTHER_HEADER + sizeof(entries), &cursor, &pa));
    assert_int_equal(pa, 0xfed90000);
    assert_true(iommu_next_vtd(table, OTHER_HEADER + sizeof(entries), &cursor, &pa));
    assert_int_equal(pa, UINT64_C(0x200001000));
    assert_false(iommu_next_vtd(table, OTHER_HEADER + sizeof(entries), &cursor, &pa));
    cursor = 0;
    assert_false(iommu_next_vtd(table, OTHER_HEADER, &cursor, &pa));
    assert_false(iommu_next_vtd(table, 3, &cursor, &pa));
    assert_false(iommu_next_vtd(NULL, 0, &cursor, &pa));
    free(table);
}

static void units_of_amd_are_found(void **state)
{
    static const uint8_t entries[] = {
        0x20, 0, 8,  0, 0,    0, 0,  0, 0x10, 0, 16,   0,    0, 0, 0,    0,    0,    0, 0xd8, 0xfe,
        0,    0, 0,  0, 0x11, 0, 16, 0, 0,    0, 0,    0,    0, 0, 0xd9, 0xfe, 0,    0, 0,    0,
        0x40, 0, 16, 0, 0,    0, 0,  0, 0,    0, 0xda, 0xfe, 0, 0, 0,    0,    0x10, 0, 3,    0,
    };
    uint8_t *table = table_of(OTHER_HEADER, entries, sizeof(entries));
    size_t cursor = 0;
    uint64_t pa;

    (void)state;
    for (uint64_t expected = 0xfed80000; expected <= 0xfeda0000; expected += 0x10000) {
        assert_true(iommu_next_amd(table, OTHER_HEADER + sizeof(entries), &cursor, &pa));
        assert_int_equal(pa, expected);
    }
    assert_false(iommu_next_amd(table, OTHER_HEADER + sizeof(entries), &cursor, &pa));
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mode_is_as_wished_where_that_can_be),
        cmocka_unit_test(entries_are_masked_by_their_mode),
        cmocka_unit_test(a_line_becomes_an_nmi_with_the_flags_polarity_and_trigger),
        cmocka_unit_test(enabled_processors_of_both_kinds_are_found),
        cmocka_unit_test(lines_of_nmis_are_found),
        cmocka_unit_test(units_of_vtd_are_found),
        cmocka_unit_test(units_of_amd_are_found),
    };

    return cmocka_run_group_tests_name("apic", tests, NULL, NULL);
}
