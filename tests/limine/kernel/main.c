/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that asks for everything that the Limine boot protocol has, and checks every promise: a
 * line on the serial port for each, and the verdict by QEMU's isa-debug-exit. Words of its command
 * line tell what it should find:
 *
 *     cpus=n levels=n modules=n display display=n usable=MiB wx=strict
 *     newer             the requests that older loaders do not know are answered
 *     fill              all usable memory is overwritten, then everything is looked at again
 *     wait              it stays at its end, for somebody who looks from outside
 */
#include "kernel.h"

static uint32_t own_processor_id(void)
{
    const struct mp_response *answer = response_to(MP);

    if (answer != NULL) {
        struct mp_info *const *list = (struct mp_info *const *)answer->cpus;

        for (uint64_t i = 0; i < answer->cpu_count; i++) {
            if (list[i]->lapic_id == answer->bsp_lapic_id) {
                return list[i]->processor_id;
            }
        }
    }
    return 0;
}

static void check_handed_over(void)
{
    check_tag();
    check_answers();
    check_files();
    check_firmware();
    check_firmware_map();
}

_Noreturn void kernel_main(struct state *state)
{
    const struct executable_address_response *image = response_to(EXECUTABLE_ADDRESS);

    read_registers(state);
    faults_open();
    print("limine-kernel:");
    print_value("revision", (uint64_t)base_revision);
    print("\n");
    check_equal("the entry point is the one that is asked for", state->entry,
                has_other_entry ? ENTRY_OF_REQUEST : ENTRY_OF_FILE);
    image_physical = image != NULL ? image->physical_base : 0;
    if (!memory_open() || !tables_read()) {
        finish(false);
    }
    check_state(state);
    check_memory_map();
    check_image();
    check_mappings();
    check_faults();
    check_handed_over();
    check_screen();
    check_devices();
    check_local_apic(own_processor_id());
    touch_memory();
    if (word("fill") != NULL) {
        fill_usable();
        check_handed_over();
    }
    check_processors(state);
    finish(word("wait") != NULL);
}
