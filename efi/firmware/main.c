/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's entry point, and one boot as a list. */
#include "firmware.h"

#include "boot.h"
#include "chainload.h"
#include "console.h"
#include "files.h"
#include "port.h"
#include "report.h"
#include "trampoline.h"
#include "version.h"

/* Long enough to read a sentence. */
#define PAUSE_SECONDS 5u

struct firmware firmware;

/* The firmware has what it had before. */
static void give_back(void)
{
    files_close();
    trampoline_give_back();
    pages_give_back();
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

/* From the kernel's file to its page tables, shown and judged. */
static bool build(struct boot *boot, struct problem *problem)
{
    if (!boot_load_kernel(boot, problem)) {
        return false;
    }
    report_kernel(boot);
    report_modules(boot);
    boot_end_phase(boot, HOIST_PHASE_KERNEL);

    report_cpu(boot);
    if (!boot_choose_depth(boot, problem)) {
        return false;
    }
    report_depth(boot);
    if (!boot_make_plan(boot, problem)) {
        return false;
    }
    if (boot->entry.verbose) {
        report_memory(boot);
    }
    boot_end_phase(boot, HOIST_PHASE_PLAN);

    if (!boot_build_tables(boot, problem)) {
        return false;
    }
    boot_end_phase(boot, HOIST_PHASE_BUILD);

    if (!boot_view_tables(boot, problem)) {
        return false;
    }
    boot_end_phase(boot, HOIST_PHASE_VERIFY);
    return boot_dump(boot, problem);
}

/* Up to where an entry is either shown or booted; `program` is that of an entry that is one. */
static bool prepare(struct boot *boot, EFI_HANDLE *program, bool has_come_back,
                    struct problem *problem)
{
    if (!files_open(problem) || !entry_find(&boot->entry, has_come_back, problem)) {
        return false;
    }
    report_entry(&boot->entry);
    boot_end_phase(boot, HOIST_PHASE_CONFIG);

    if (boot->entry.protocol == ENTRY_EFI) {
        return chainload_load(&boot->entry, program, problem);
    }
    if (!boot_survey(boot, problem)) {
        return false;
    }
    return text_is_empty(boot->entry.path) ? boot_dump_firmware(boot, problem)
                                           : build(boot, problem);
}

/* All the rest that can fail, up to the moment when the firmware is gone. */
static bool leave(struct boot *boot, struct problem *problem)
{
    if (!boot_accept_tables(boot, problem)) {
        return false;
    }
    boot_prepare_handoff(boot);
    if (!boot_prepare_entry(boot, problem)) {
        return false;
    }
    files_close();
    boot_end_phase(boot, HOIST_PHASE_DUMP);

    report_times(boot);
    console_print("hoist: leaving the firmware\n");
    return boot_leave_firmware(boot, problem);
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static struct boot boot;
    static struct problem problem;
    EFI_HANDLE program = NULL;
    bool is_ready;

    boot.start_tsc = read_tsc();
    boot.phase_tsc = boot.start_tsc;
    firmware = (struct firmware){image, system_table, system_table->BootServices,
                                 system_table->RuntimeServices};
    firmware.boot->SetWatchdogTimer(0, 0, 0, NULL);
    console_open();
    console_print("Hoist %s\n", HOIST_LOADER_VERSION);

    is_ready = prepare(&boot, &program, false, &problem);
    while (is_ready && boot.entry.protocol == ENTRY_DUMP) {
        console_print("hoist: shown, not booted\n");
        give_back();
        boot = (struct boot){.start_tsc = boot.start_tsc, .phase_tsc = read_tsc()};
        is_ready = prepare(&boot, &program, true, &problem);
    }
    if (is_ready && boot.entry.protocol == ENTRY_EFI) {
        give_back();
        chainload_start(program, &problem);
    } else if (is_ready && leave(&boot, &problem)) {
        boot_enter_kernel(&boot);
    }
    console_error(&problem);
    give_back();
    console_pause(PAUSE_SECONDS);
    return EFI_LOAD_ERROR;
}
