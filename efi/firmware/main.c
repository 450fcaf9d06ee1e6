/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's entry point, and one boot as a list. */
#include "firmware.h"

#include "boot.h"
#include "console.h"
#include "files.h"
#include "port.h"
#include "print.h"
#include "version.h"

/* Long enough to read a sentence. */
#define PAUSE_SECONDS 5u

#define US_PER_SECOND UINT64_C(1000000)

struct firmware firmware;

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static void print_entry(const struct entry *entry)
{
    console_print("hoist: booting %.*s: %.*s\n", TEXT_ARGUMENTS(entry->title),
                  TEXT_ARGUMENTS(entry->path));
    if (!text_is_empty(entry->cmdline)) {
        console_print("hoist: command line: %.*s\n", TEXT_ARGUMENTS(entry->cmdline));
    }
}

static void print_cpu(const struct boot *boot)
{
    const struct hoist_cpu *cpu = &boot->cpu.paging;

    console_print("hoist: CPU: %u levels, %u physical bits, %s 1G pages, %s NX\n", cpu->levels,
                  cpu->physical_bits, cpu->has_1g_pages ? "with" : "without",
                  cpu->has_nx ? "with" : "without");
    if (!cpu->has_nx) {
        console_print("hoist: warning: this CPU has no NX, so every mapping can be executed\n");
    }
}

static void print_times(const struct boot *boot)
{
    static const char *const names[] = {"config", "kernel", "plan", "build", "verify", "dump"};

    console_print("hoist: time in us:");
    for (unsigned phase = 0; phase < sizeof(names) / sizeof(names[0]); phase++) {
        const uint64_t us = boot->cpu.tsc_hz == 0
                                ? 0
                                : boot->phase_ticks[phase] / (boot->cpu.tsc_hz / US_PER_SECOND + 1);

        console_print(" %s %" PRINT_64 "u", names[phase], us);
    }
    console_print("\n");
}

/* Everything that can fail, up to the moment when the firmware is gone. */
static bool prepare_and_leave(struct boot *boot, struct problem *problem)
{
    if (!files_open(problem) || !entry_find(&boot->entry, problem)) {
        return false;
    }
    print_entry(&boot->entry);
    boot_end_phase(boot, HOIST_PHASE_CONFIG);

    if (!boot_load_kernel(boot, problem)) {
        return false;
    }
    boot_end_phase(boot, HOIST_PHASE_KERNEL);

    cpu_probe(&boot->cpu);
    print_cpu(boot);
    if (!boot_make_plan(boot, problem)) {
        return false;
    }
    boot_end_phase(boot, HOIST_PHASE_PLAN);

    if (!boot_build_tables(boot, problem)) {
        return false;
    }
    boot_end_phase(boot, HOIST_PHASE_BUILD);

    if (!boot_verify_tables(boot, problem)) {
        return false;
    }
    boot_end_phase(boot, HOIST_PHASE_VERIFY);

    boot_print_dump(boot);
    boot_prepare_handoff(boot);
    files_close();
    boot_end_phase(boot, HOIST_PHASE_DUMP);

    print_times(boot);
    console_print("hoist: leaving the firmware\n");
    return boot_leave_firmware(boot, problem);
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static struct boot boot;
    static struct problem problem;

    boot.start_tsc = read_tsc();
    boot.phase_tsc = boot.start_tsc;
    firmware = (struct firmware){image, system_table, system_table->BootServices,
                                 system_table->RuntimeServices};
    firmware.boot->SetWatchdogTimer(0, 0, 0, NULL);
    console_open();
    console_print("Hoist %s\n", HOIST_LOADER_VERSION);

    if (prepare_and_leave(&boot, &problem)) {
        boot_enter_kernel(&boot);
    }
    console_error(&problem);
    files_close();
    pages_give_back();
    console_pause(PAUSE_SECONDS);
    return EFI_LOAD_ERROR;
}
