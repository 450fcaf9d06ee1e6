/* SPDX-License-Identifier: BSD-2-Clause */
/* ExitBootServices (UEFI 7.4.6), with the care that it takes. */
#include "firmware.h"

#include "leave.h"

#include "console.h"
#include "port.h"

#define TRY_LIMIT 8u

/* Time to read the last sentence. */
#define LAST_WORDS_SECONDS UINT64_C(10)

/* Where the TSC's speed is not known: ten seconds at least on any CPU. */
#define TSC_HZ_HIGHEST UINT64_C(6000000000)

/* Nothing can be given back to the firmware any more. */
static _Noreturn void fail_for_good(const struct problem *problem, uint64_t tsc_hz)
{
    const uint64_t ticks = LAST_WORDS_SECONDS * (tsc_hz != 0 ? tsc_hz : TSC_HZ_HIGHEST);
    const uint64_t start = read_tsc();

    console_leave_firmware();
    console_error(problem);
    console_print(
        "hoist: the firmware cannot be used any more; the machine restarts in a moment\n");
    while (read_tsc() - start < ticks) {
        __builtin_ia32_pause();
    }
    firmware.runtime->ResetSystem(EfiResetCold, EFI_LOAD_ERROR, 0, NULL);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

/* The first reading of the final map, while everything can still be undone. */
static bool check_final_map(struct pages_map *pages, const struct memory_map *planned,
                            const struct memory_range *kernel, struct problem *problem)
{
    const EFI_STATUS status = pages_get_map(pages);
    uint64_t difference = 0;

    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_UNREADABLE, (struct text){NULL, 0}, status,
                           0);
    }
    if (!pages_read_map(pages, kernel, problem)) {
        return false;
    }
    if (!memory_map_same_ram(planned, &pages->map, &difference)) {
        return problem_set_all(
            problem,
            &(struct problem){.kind = PROBLEM_LEAVE_MAP_CHANGED,
                              .name = text_of(memory_map_name_at(planned, difference)),
                              .other = text_of(memory_map_name_at(&pages->map, difference)),
                              .numbers = {difference}});
    }
    return true;
}

bool leave_firmware(struct pages_map *pages, const struct memory_map *planned,
                    const struct memory_range *kernel, uint64_t tsc_hz, struct problem *problem)
{
    EFI_STATUS status;

    if (!check_final_map(pages, planned, kernel, problem)) {
        return false;
    }
    status = firmware.boot->ExitBootServices(firmware.image, pages->key);
    for (unsigned try = 1; status != EFI_SUCCESS && try < TRY_LIMIT; try++) {
        status = pages_get_map(pages);
        if (status == EFI_SUCCESS) {
            status = firmware.boot->ExitBootServices(firmware.image, pages->key);
        }
    }
    if (status != EFI_SUCCESS) {
        problem_set(problem, PROBLEM_LEAVE_TRIES, (struct text){NULL, 0}, TRY_LIMIT, status);
        fail_for_good(problem, tsc_hz);
    }
    __asm__ volatile("cli" : : : "memory");
    console_leave_firmware();
    if (!pages_read_map(pages, kernel, problem)) {
        fail_for_good(problem, tsc_hz);
    }
    return true;
}
