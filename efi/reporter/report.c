/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report of a fault, on the serial port and on the screen. It touches nothing but its own
 * stacks, the framebuffer, and what the list of mappings says is there; it never returns.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"
#include "line.h"
#include "screen.h"
#include "uart.h"
#include "words.h"

#define MSR_EFER UINT32_C(0xc0000080)

#define STACK_WORDS   16u
#define WORDS_IN_LINE 4u
#define CODE_BYTES    16u

/* Three in a line are no longer than a terminal is wide. */
#define REGISTERS_IN_LINE 3u
#define REGISTER_COLUMNS  26u

enum stage {
    STAGE_QUIET,
    STAGE_REPORTING,
    STAGE_OVER, /* all that can be said has been said */
};

/* At the low end of the first stack; zero when the kernel is entered. */
struct reporter_state {
    uint32_t stage;
    uint32_t vector; /* of the fault that is reported */
    uint64_t rip;
    struct uart uart;
    struct screen screen;
};

/* What the processor pushes (SDM volume 3, section 6.14.2). */
enum frame {
    FRAME_RIP,
    FRAME_CS,
    FRAME_RFLAGS,
    FRAME_RSP,
    FRAME_SS,
    FRAME_WORDS,
};

extern const struct reporter_data reporter_data __attribute__((visibility("hidden")));
extern struct reporter_state reporter_state __attribute__((visibility("hidden")));
extern const unsigned char reporter_entries[] __attribute__((visibility("hidden")));

/* `saved`: what entry.S has pushed, down to RAX. */
void report(const uint64_t *saved);

static uint64_t read_efer(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_EFER));
    return (uint64_t)high << 32 | low;
}

static void read_fault(struct words_fault *fault, const uint64_t *saved)
{
    const uint64_t entry = saved[WORDS_SAVED_COUNT] - (uint64_t)(uintptr_t)reporter_entries;
    const uint64_t top = ((uint64_t)(uintptr_t)saved | (REPORTER_STACK_BYTES - 1)) + 1;
    const uint64_t *frame = (const uint64_t *)(uintptr_t)top - FRAME_WORDS;

    for (unsigned i = 0; i < WORDS_SAVED_COUNT; i++) {
        fault->registers[i] = saved[i];
    }
    fault->registers[WORDS_RSP] = frame[FRAME_RSP];
    fault->registers[WORDS_RFLAGS] = frame[FRAME_RFLAGS];
    __asm__ volatile("movq %%cr0, %0" : "=r"(fault->registers[WORDS_CR0]));
    __asm__ volatile("movq %%cr3, %0" : "=r"(fault->registers[WORDS_CR3]));
    __asm__ volatile("movq %%cr4, %0" : "=r"(fault->registers[WORDS_CR4]));
    __asm__ volatile("movq %%cr2, %0" : "=r"(fault->cr2));
    fault->registers[WORDS_EFER] = read_efer();
    fault->rip = frame[FRAME_RIP];
    fault->vector = (uint32_t)(entry / REPORTER_ENTRY_BYTES);
    fault->has_error_code = &saved[WORDS_SAVED_COUNT + 1] != frame;
    fault->error_code = fault->has_error_code ? frame[-1] : 0;
}

/* Ends the line and starts another. */
static void tell(struct line *line)
{
    line_add(line, "\n");
    uart_write(&reporter_state.uart, line->text);
    screen_write(&reporter_state.screen, line->text);
    line_start(line);
}

static void tell_place(struct line *line, const char *what, uint64_t address,
                       const struct words_fault *fault)
{
    line_add(line, what);
    line_add_hex(line, address, 16);
    line_add(line, "  ");
    words_add_place(line, address, fault, &reporter_data.config);
    tell(line);
}

static void tell_registers(struct line *line, const struct words_fault *fault)
{
    for (unsigned i = 0; i < WORDS_REGISTER_COUNT; i++) {
        const unsigned place = i % REGISTERS_IN_LINE;

        line_pad(line, 2u + place * REGISTER_COLUMNS);
        line_add(line, words_register_name(i));
        line_pad(line, 2u + place * REGISTER_COLUMNS + 7u);
        line_add_hex(line, fault->registers[i], 16);
        if (place == REGISTERS_IN_LINE - 1) {
            tell(line);
        }
    }
}

/* How many bytes from there on may be read, up to a limit: ordinary memory alone. */
static uint64_t readable_bytes(uint64_t address, uint64_t limit_bytes)
{
    const struct hoist_mapped_range *mapping = words_find(&reporter_data.config, address);
    uint64_t left;

    if (mapping == NULL || mapping->cache != HOIST_MAPPING_WRITE_BACK) {
        return 0;
    }
    left = mapping->size_bytes - (address - mapping->virtual_base);
    return left < limit_bytes ? left : limit_bytes;
}

static void tell_code(struct line *line, uint64_t rip)
{
    const unsigned char *code = (const unsigned char *)(uintptr_t)rip;
    const uint64_t size_bytes = readable_bytes(rip, CODE_BYTES);

    line_add(line, "  code at RIP ");
    for (uint64_t i = 0; i < size_bytes; i++) {
        line_add(line, " ");
        line_add_hex(line, code[i], 2);
    }
    line_add(line, size_bytes == 0 ? " cannot be read" : "");
    tell(line);
}

static void tell_stack(struct line *line, const struct words_fault *fault)
{
    const uint64_t rsp = fault->registers[WORDS_RSP];
    const uint64_t *words = (const uint64_t *)(uintptr_t)rsp;
    const uint64_t count = readable_bytes(rsp, STACK_WORDS * sizeof(*words)) / sizeof(*words);

    tell_place(line, "  RSP ", rsp, fault);
    for (uint64_t i = 0; i < count; i++) {
        line_add(line, i % WORDS_IN_LINE == 0 ? "   " : "");
        line_add(line, " ");
        line_add_hex(line, words[i], 16);
        if (i % WORDS_IN_LINE == WORDS_IN_LINE - 1 || i == count - 1) {
            tell(line);
        }
    }
}

static void tell_all(struct line *line, const struct words_fault *fault)
{
    line_add(line, "\nhoist: early fault: ");
    words_add_finding(line, fault, &reporter_data.config);
    tell(line);
    line_add(line, "  error code ");
    words_add_error_code(line, fault);
    tell(line);
    tell_place(line, "  RIP ", fault->rip, fault);
    if (words_has_address(fault)) {
        tell_place(line, "  CR2 ", fault->cr2, fault);
    }
    tell_registers(line, fault);
    tell_code(line, fault->rip);
    tell_stack(line, fault);
    line_add(line, "hoist: halted: ");
    line_add(line, reporter_data.config.kernel_name);
    line_add(line, " had not loaded an IDT of its own");
    tell(line);
}

/* Nothing is looked up any more: that may be what went wrong. */
static void tell_second(struct line *line, const struct words_fault *fault)
{
    line_add(line, "\nhoist: halted: ");
    words_add_exception(line, reporter_state.vector);
    line_add(line, " at RIP ");
    line_add_hex(line, reporter_state.rip, 16);
    line_add(line, "; a second fault while reporting it: ");
    words_add_exception(line, fault->vector);
    if (words_has_address(fault)) {
        line_add(line, ", CR2 ");
        line_add_hex(line, fault->cr2, 16);
    }
    tell(line);
}

void report(const uint64_t *saved)
{
    struct words_fault fault;
    struct line line;

    if (reporter_state.stage == STAGE_OVER) {
        return;
    }
    line_start(&line);
    read_fault(&fault, saved);
    if (reporter_state.stage == STAGE_REPORTING) {
        reporter_state.stage = STAGE_OVER;
        tell_second(&line, &fault);
        return;
    }
    reporter_state.stage = STAGE_REPORTING;
    reporter_state.vector = fault.vector;
    reporter_state.rip = fault.rip;
    screen_open(&reporter_state.screen, &reporter_data.config.framebuffer);
    if (reporter_data.config.has_uart != 0) {
        uart_open(&reporter_state.uart, true);
    }
    tell_all(&line, &fault);
    reporter_state.stage = STAGE_OVER;
}
