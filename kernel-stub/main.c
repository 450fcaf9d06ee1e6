/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sample kernel: it checks all that the loader promised, says so line by line, and ends the
 * emulator with the verdict.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "descriptors.h"
#include "entry_state.h"
#include "finish.h"
#include "mark.h"
#include "option.h"
#include "print.h"
#include "serial.h"

_Noreturn void kernel_main(const struct hoist_handoff *handoff);

struct entry_state entry_state;

/* Options count only when the hand-off can be read; whether it can is told by a check later. */
static struct options main_read_options(const struct hoist_handoff *handoff)
{
    if (!probe_is_readable(handoff, sizeof(*handoff)) || handoff->magic != HOIST_MAGIC ||
        !probe_is_readable(handoff->command_line, 1)) {
        return (struct options){0};
    }
    return option_read(handoff->command_line);
}

static _Noreturn void main_reset_machine(void)
{
    descriptors_drop_interrupts();
    __asm__ volatile("ud2");
    cpu_halt_forever();
}

/* Returns whether there is a screen to draw the verdict on. */
static bool main_run_checks(const struct hoist_handoff *handoff)
{
    bool screen;

    check_note("command line: %s", handoff->command_line);
    check_note("started by %s %s", handoff->loader_name, handoff->loader_version);
    check_memory_map(handoff);
    check_mappings(handoff);
    check_handoff_firmware(handoff);
    check_image(handoff);
    check_state(handoff);
    check_registers();
    check_reporter(handoff);
    check_rights(handoff);
    check_absent(handoff);
    check_memory(handoff);
    check_tables(handoff);
    check_details(handoff);
    check_modules(handoff);
    check_firmware(handoff);
    screen = check_framebuffer(handoff);
    check_handoff_times(handoff);
    check_runtime(handoff);
    return screen;
}

_Noreturn void kernel_main(const struct hoist_handoff *handoff)
{
    struct options options;
    bool screen = false;
    bool passed;

    descriptors_load();
    serial_start();
    options = main_read_options(handoff);
    check_set_quiet(options.quiet);
    check_note("entered at %lx, hand-off at %lx", entry_state.rip, (uint64_t)handoff);
    if (options.hang) {
        for (;;) {
            cpu_pause();
        }
    }
    if (options.triple) {
        main_reset_machine();
    }

    if (check_handoff(handoff)) {
        screen = main_run_checks(handoff);
    }
    if (options.fail) {
        check_fail(
            "the command line asks for a check that fails: expected no such word, got \"fail\"");
    }
    passed = check_failed_count() == 0;
    if (screen) {
        mark_draw(&handoff->framebuffer, passed ? MARK_PASSED : MARK_FAILED);
    }
    print("hoist-stub: %lu checks passed, %lu failed\n", check_passed_count(),
          check_failed_count());
    if (options.wait) {
        print("hoist-stub: waiting\n");
        for (;;) {
            cpu_pause();
        }
    }
    finish(passed);
}
