/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting and telling of checks. */
#include "check.h"

#include "cpu.h"
#include "print.h"

static bool check_quiet;
static uint64_t check_passed;
static uint64_t check_failed;

void check_set_quiet(bool quiet)
{
    check_quiet = quiet;
}

uint64_t check_passed_count(void)
{
    return check_passed;
}

uint64_t check_failed_count(void)
{
    return check_failed;
}

void check_pass(const char *format, ...)
{
    va_list values;

    check_passed++;
    if (check_quiet) {
        return;
    }
    print("OK   ");
    va_start(values, format);
    print_list(format, values);
    va_end(values);
    print("\n");
}

void check_fail(const char *format, ...)
{
    va_list values;

    check_failed++;
    print("FAIL ");
    va_start(values, format);
    print_list(format, values);
    va_end(values);
    print("\n");
}

void check_note(const char *format, ...)
{
    va_list values;

    if (check_quiet) {
        return;
    }
    print("hoist-stub: ");
    va_start(values, format);
    print_list(format, values);
    va_end(values);
    print("\n");
}

void check_equal(const char *name, uint64_t expected, uint64_t got)
{
    if (expected == got) {
        check_pass("%s (%lx)", name, got);
    } else {
        check_fail("%s: expected %lx, got %lx", name, expected, got);
    }
}

bool check_is_page_fault(const struct fault_record *record, uint64_t address, uint64_t error_code)
{
    return record->happened && record->vector == CPU_VECTOR_PAGE_FAULT &&
           record->error_code == error_code && record->cr2 == address;
}

void check_faults(const char *name, enum probe_kind kind, uint64_t address, uint64_t error_code)
{
    const struct fault_record *record = probe(kind, address);

    if (check_is_page_fault(record, address, error_code)) {
        check_pass("%s (error code %lx, CR2 %lx)", name, error_code, address);
    } else if (!record->happened) {
        check_fail("%s: expected a page fault with error code %lx at %lx, got none", name,
                   error_code, address);
    } else {
        check_fail("%s: expected vector e, error code %lx, CR2 %lx, got vector %lx, error code "
                   "%lx, CR2 %lx",
                   name, error_code, address, record->vector, record->error_code, record->cr2);
    }
}
