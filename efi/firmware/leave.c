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

/* Makes the map just read orderly, and holds its RAM against what was planned with. */
static bool check_map(struct pages_map *pages, const struct memory_map *planned,
                      struct problem *problem)
{
    uint64_t difference = 0;

    if (!pages_read_map(pages, problem)) {
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

/* Exits with the key of the map just read, and with fresh ones as long as the firmware wants that. */
static EFI_STATUS exit_boot_services(struct pages_map *pages)
{
    EFI_STATUS status = firmware.boot->ExitBootServices(firmware.image, pages->key);

    for (unsigned try = 1; status != EFI_SUCCESS && try < TRY_LIMIT; try++) {
        status = pages_get_map(pages);
        if (status == EFI_SUCCESS) {
            status = firmware.boot->ExitBootServices(firmware.image, pages->key);
        }
    }
    return status;
}

bool leave_firmware(struct pages_map *pages, const struct memory_map *planned, uint64_t tsc_hz,
                    struct problem *problem)
{
    const struct text none = {NULL, 0};
    EFI_STATUS status = pages_get_map(pages);

    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_UNREADABLE, none, status, 0);
    }
    if (!check_map(pages, planned, problem)) {
        return false;
    }
    status = exit_boot_services(pages);
    __asm__ volatile("cli" : : : "memory");
    if (status == EFI_BUFFER_TOO_SMALL) {
        problem_set(problem, PROBLEM_LEAVE_MAP_OUTGROWN, none, pages->raw_size_bytes,
                    pages->raw_capacity_bytes);
        fail_for_good(problem, tsc_hz);
    }
    if (status != EFI_SUCCESS) {
        problem_set(problem, PROBLEM_LEAVE_TRIES, none, TRY_LIMIT, status);
        fail_for_good(problem, tsc_hz);
    }
    console_leave_firmware();
    /* Once more: between two tries the map may have changed. */
    if (!check_map(pages, planned, problem)) {
        fail_for_good(problem, tsc_hz);
    }
    return true;
}
