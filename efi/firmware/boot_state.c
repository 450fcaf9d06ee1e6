/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a boot that are about the processor: how many paging levels, and its state. */
#include "boot.h"

#include "depth.h"
#include "registers.h"
#include "trampoline.h"

/* The configuration's word for a mode: 0, 4 or 5. */
static uint32_t levels_of(uint8_t mode)
{
    return mode == CONFIG_PAGING_ANY ? 0 : mode == CONFIG_PAGING_4_LEVEL ? 4 : 5;
}

bool boot_choose_depth(struct boot *boot, struct problem *problem)
{
    const struct config_entry *options = boot->entry.options;
    const struct elf_wishes *wishes = &boot->kernel.image.wishes;
    const struct depth_cpu cpu = {boot->cpu.paging.levels, boot->cpu.has_five_levels};
    const struct depth_wishes configured = {
        text_of("configuration"), levels_of(options->paging_mode),
        levels_of(options->min_paging_mode), levels_of(options->max_paging_mode)};
    const struct depth_wishes noted = {text_of("kernel's note"), wishes->paging_levels,
                                       wishes->min_paging_levels, wishes->max_paging_levels};
    const bool is_configured = (configured.mode | configured.least | configured.most) != 0;
    const struct depth_wishes asked = limine_depth(boot);
    uint32_t levels;

    if (!depth_choose(&cpu,
                      boot->entry.protocol == ENTRY_LIMINE ? &asked
                      : is_configured                      ? &configured
                                                           : &noted,
                      &levels, problem)) {
        return false;
    }
    boot->changes_depth = levels != cpu.runs_at;
    boot->cpu.paging.levels = (uint8_t)levels;
    return true;
}

bool boot_prepare_entry(struct boot *boot, struct problem *problem)
{
    const struct hoist_cpu *cpu = &boot->cpu.paging;
    const uint64_t depth_bit = cpu->levels == 5 ? HOIST_ENTRY_CR4_LA57 : 0;
    const uint64_t other_depth = boot->changes_depth ? HOIST_ENTRY_CR4_LA57 : 0;

    boot->enter = (struct enter_state){
        .cr0 = HOIST_ENTRY_CR0,
        .cr3 = boot->handoff.body->cr3,
        .cr4 = HOIST_ENTRY_CR4 | (depth_bit ^ other_depth),
        .efer = HOIST_ENTRY_EFER | (cpu->has_nx ? HOIST_ENTRY_EFER_NXE : 0),
        .pat = boot->cpu.has_pat ? HOIST_ENTRY_PAT : 0,
        .stack = boot->handoff.body->stack_base + boot->stack.size_bytes,
        .handoff = boot->handoff.body_va,
        .entry = boot->kernel.image.entry,
        .new_cr4 = boot->changes_depth ? HOIST_ENTRY_CR4 | depth_bit : 0,
        .tables = boot->tables,
    };
    if (boot->entry.protocol == ENTRY_LIMINE) {
        limine_set_state(boot);
    }
    interrupts_find(&boot->interrupts, boot->handoff.body->rsdp_physical);
    return trampoline_prepare(&boot->input.trampoline, &boot->enter, problem);
}

_Noreturn void boot_enter_kernel(struct boot *boot)
{
    interrupts_mask(&boot->interrupts,
                    boot->entry.protocol == ENTRY_LIMINE && !limine_lets_report(boot));
    registers_reset();
    boot_end_phase(boot, HOIST_PHASE_LEAVE);
    __builtin_memcpy(boot->handoff.body->phase_ticks, boot->phase_ticks, sizeof(boot->phase_ticks));
    trampoline_enter(&boot->input.trampoline, &boot->enter);
}
