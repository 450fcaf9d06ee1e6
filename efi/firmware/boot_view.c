/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a boot that look at page tables: reading back, showing, judging. */
#include "boot.h"

#include "console.h"
#include "dump.h"

bool boot_view_tables(struct boot *boot, struct problem *problem)
{
    return view_kernel(&boot->view, boot, problem);
}

/* With the firmware's tables alone there still is a place to show them. */
static uint8_t places_of(const struct boot *boot)
{
    const uint8_t asked = boot->entry.options->dump;

    return asked == CONFIG_DUMP_FIRMWARE ? asked | CONFIG_DUMP_SERIAL : asked;
}

bool boot_dump_firmware(const struct boot *boot, struct problem *problem)
{
    static struct view view;

    if (!view_firmware(&view, boot, problem)) {
        return false;
    }
    console_detail("hoist: the firmware's page tables:\n");
    dump_view(&view, places_of(boot));
    return true;
}

bool boot_dump(struct boot *boot, struct problem *problem)
{
    const uint8_t places = places_of(boot);

    dump_view(&boot->view, places);
    return (places & CONFIG_DUMP_FIRMWARE) == 0 || boot_dump_firmware(boot, problem);
}

bool boot_accept_tables(const struct boot *boot, struct problem *problem)
{
    struct problem fault;

    if (!view_find_fault(&boot->view, &fault)) {
        return true;
    }
    if (boot->entry.options->on_fail != CONFIG_ON_FAIL_WARN) {
        return problem_set_all(problem, &fault);
    }
    console_warn(&fault);
    return true;
}
