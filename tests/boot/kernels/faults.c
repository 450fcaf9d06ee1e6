/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that does the one wrong thing that its command line names, before it has loaded
 * descriptors of its own. RBX is 1234 at the fault, and RIP a label, wherever that can be.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hoist.h"

#define PAGE_BYTES     UINT64_C(4096)
#define ENTRY_PRESENT  UINT64_C(1)
#define ENTRY_LARGE    UINT64_C(0x80)
#define ENTRY_ADDRESS  UINT64_C(0x000ffffffffff000)
#define TASK_STACKS    36 /* of the first interrupt stack in the TSS */
#define PAGE_FAULT     14
#define GATE_BYTES     16
#define GATE_STACK     4
#define DESCRIPTOR_TSS 7

struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

_Noreturn void kernel_entry(const struct hoist_handoff *handoff);

volatile uint64_t data_word = 0xc3;
const volatile uint64_t rodata_word = 0xc3;

static void print(const char *text)
{
    while (*text != '\0') {
        __asm__ volatile("outb %0, %w1" : : "a"(*text++), "Nd"(0x3f8));
    }
}

static bool same(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

/* The entry of a page, by the direct map. */
static volatile uint64_t *entry_of(const struct hoist_handoff *handoff, uint64_t address)
{
    uint64_t table = handoff->cr3;

    for (unsigned shift = handoff->paging_levels == 5 ? 48 : 39;; shift -= 9) {
        volatile uint64_t *entry = (volatile uint64_t *)(handoff->direct_map_offset + table) +
                                   ((address >> shift) & 0x1ff);

        if (shift == 12 || (*entry & ENTRY_LARGE) != 0) {
            return entry;
        }
        table = *entry & ENTRY_ADDRESS;
    }
}

static void unmap(const struct hoist_handoff *handoff, uint64_t address)
{
    *entry_of(handoff, address) &= ~ENTRY_PRESENT;
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* The end of the stack that the gate of the page fault names. */
static uint64_t page_fault_stack(void)
{
    struct table_register gdtr;
    struct table_register idtr;
    const volatile uint64_t *gdt;
    uint64_t task;
    unsigned number;

    __asm__ volatile("sgdt %0" : "=m"(gdtr));
    __asm__ volatile("sidt %0" : "=m"(idtr));
    gdt = (const volatile uint64_t *)gdtr.base + DESCRIPTOR_TSS;
    task = (gdt[0] >> 16 & 0xffffff) | gdt[0] >> 56 << 24 | gdt[1] << 32;
    number = *(const volatile uint8_t *)(idtr.base + PAGE_FAULT * GATE_BYTES + GATE_STACK);
    return *(const volatile uint64_t *)(task + TASK_STACKS + (number - 1u) * 8u);
}

static void read_from(uint64_t address)
{
    __asm__ volatile("movl $0x1234, %%ebx; movq (%0), %%rax" : : "r"(address) : "rax", "rbx");
}

static void write_to(uint64_t address)
{
    __asm__ volatile("movl $0x1234, %%ebx; movq %%rbx, (%0)" : : "r"(address) : "rbx", "memory");
}

static void call(uint64_t address)
{
    __asm__ volatile("movl $0x1234, %%ebx; call *%0" : : "r"(address) : "rbx", "memory");
}

static void overflow(void)
{
    __asm__ volatile("1: pushq $0x77; jmp 1b");
}

static void divide(void)
{
    __asm__ volatile("xorl %%ecx, %%ecx; divl %%ecx" : : : "rax", "rcx", "rdx");
}

static void do_wrong(const struct hoist_handoff *handoff, const char *what)
{
    if (same(what, "write-text")) {
        write_to((uint64_t)&kernel_entry);
    } else if (same(what, "write-rodata")) {
        write_to((uint64_t)&rodata_word);
    } else if (same(what, "execute-data")) {
        call((uint64_t)&data_word);
    } else if (same(what, "read-null")) {
        read_from(0);
    } else if (same(what, "write-null")) {
        write_to(0x10);
    } else if (same(what, "call-null")) {
        call(0);
    } else if (same(what, "read-nothing")) {
        read_from(UINT64_C(0xffffe00000000000));
    } else if (same(what, "overflow")) {
        overflow();
    } else if (same(what, "underflow")) {
        read_from(handoff->stack_base + handoff->stack_size_bytes);
    } else if (same(what, "lost-stack")) {
        __asm__ volatile("movl $8, %esp; pushq $1");
    } else if (same(what, "non-canonical")) {
        read_from(UINT64_C(0x8000000000001234));
    } else if (same(what, "invalid-opcode")) {
        __asm__ volatile("ud2");
    } else if (same(what, "sse")) {
        __asm__ volatile("xorps %xmm0, %xmm0");
    } else if (same(what, "divide")) {
        divide();
    } else if (same(what, "vector")) {
        __asm__ volatile("int $0x50");
    } else if (same(what, "vector-14")) {
        __asm__ volatile("int $14");
    } else if (same(what, "breakpoint")) {
        __asm__ volatile("int3");
    } else if (same(what, "machine-check")) {
        __asm__ volatile("int $18");
    } else if (same(what, "segment")) {
        __asm__ volatile("movl $0x50, %%eax; movl %%eax, %%ds" : : : "rax");
    } else if (same(what, "unmapped-data")) {
        unmap(handoff, (uint64_t)&data_word);
        read_from((uint64_t)&data_word);
    } else if (same(what, "double-fault")) {
        unmap(handoff, page_fault_stack() - 1);
        read_from(0);
    } else if (same(what, "second-fault")) {
        unmap(handoff, (uint64_t)handoff->mappings);
        read_from(0);
    } else if (same(what, "wait")) {
        print("waiting\n");
        for (;;) {
            __asm__ volatile("pause");
        }
    }
}

__attribute__((section(".text.entry"))) _Noreturn void
kernel_entry(const struct hoist_handoff *handoff)
{
    print("the kernel runs\n");
    do_wrong(handoff, handoff->command_line);
    print("nothing went wrong\n");
    __asm__ volatile("outb %0, $0xf4" : : "a"((uint8_t)0x10));
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
