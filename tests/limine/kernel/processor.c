/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor looks like at the first instruction (SDM volume 3A, chapters 2, 3, 9 and 11). */
#include "kernel.h"

#define STRICT_REVISION 5
#define CR0_PROMISED    UINT64_C(0x80010011) /* PG, WP, ET, PE */
#define CR4_PAE         UINT64_C(0x20)
#define CR4_LA57        UINT64_C(0x1000)
#define EFER_LONG       UINT64_C(0x500) /* LME, LMA */
#define EFER_NXE        UINT64_C(0x800)
#define RFLAGS_ALWAYS   UINT64_C(2)
#define RFLAGS_CLEAR    UINT64_C(0x20600) /* VM, DF, IF */
#define CODE_SELECTOR   0x28
#define DATA_SELECTOR   0x30
#define PAT_PROMISED    UINT64_C(0x010500070406)
#define PAT_MASK        UINT64_C(0xffffffffffff)
#define MSR_EFER        0xc0000080u
#define MSR_PAT         0x277u
#define MSR_FS_BASE     0xc0000100u
#define MSR_GS_BASE     0xc0000101u
#define MSR_MTRR_CAP    0xfeu
#define MSR_MTRR_BASE   0x200u
#define MSR_MTRR_TYPE   0x2ffu
#define TASK_PLACE      UINT64_C(0xff0f00ffffffffff) /* base and limit */
#define GDT_ACCESSED    (UINT64_C(1) << 40)

void cpuid(uint32_t leaf, uint32_t registers[4])
{
    __asm__ volatile("cpuid"
                     : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]),
                       "=d"(registers[3])
                     : "a"(leaf), "c"(0));
}

uint64_t read_msr(uint32_t number)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static void read_mtrrs(struct state *state)
{
    static const uint16_t fixed[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                     0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
    unsigned variable = 2 * (unsigned)(read_msr(MSR_MTRR_CAP) & 0xff);

    state->mtrr_count = 0;
    state->mtrr[state->mtrr_count++] = read_msr(MSR_MTRR_TYPE);
    for (unsigned i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        state->mtrr[state->mtrr_count++] = read_msr(fixed[i]);
    }
    for (unsigned i = 0; i < variable && state->mtrr_count < MTRR_COUNT; i++) {
        state->mtrr[state->mtrr_count++] = read_msr(MSR_MTRR_BASE + i);
    }
}

void read_registers(struct state *state)
{
    __asm__ volatile("movq %%cr8, %0" : "=r"(state->cr8));
    state->efer = read_msr(MSR_EFER);
    state->pat = read_msr(MSR_PAT);
    state->fs_base = read_msr(MSR_FS_BASE);
    state->gs_base = read_msr(MSR_GS_BASE);
    state->return_address = *(const volatile uint64_t *)state->general[RSP];
    read_mtrrs(state);
}

static void check_gdt(const struct table_register *gdtr)
{
    static const uint64_t promised[] = {
        0,
        UINT64_C(0x00009a000000ffff),
        UINT64_C(0x000092000000ffff),
        UINT64_C(0x00cf9a000000ffff),
        UINT64_C(0x00cf92000000ffff),
        UINT64_C(0x00209a0000000000),
        UINT64_C(0x0000920000000000),
    };
    /* The limits of 64-bit segments, their granularity and the size of data there do not count. */
    static const uint64_t counts[] = {UINT64_MAX,
                                      UINT64_MAX,
                                      UINT64_MAX,
                                      UINT64_MAX,
                                      UINT64_MAX,
                                      UINT64_C(0xff60ffffffff0000),
                                      UINT64_C(0xff00ffffffff0000)};
    const uint64_t *gdt = (const uint64_t *)gdtr->base;

    check("the GDT lies in reclaimable memory", is_handed_over(gdtr->base, gdtr->limit + 1u));
    if (!check("the GDT has seven descriptors", gdtr->limit >= sizeof(promised) - 1)) {
        return;
    }
    for (unsigned i = 0; i < sizeof(promised) / sizeof(promised[0]); i++) {
        hold("descriptor", ((gdt[i] ^ promised[i]) & counts[i] & ~GDT_ACCESSED) == 0, gdt[i]);
    }
    conclude("the GDT's descriptors are in the order that is promised");
}

/* The processor has no way to make TR null: its descriptor says nothing, then. */
static bool is_empty_task(const struct state *state)
{
    const uint64_t *descriptor = (const uint64_t *)(state->gdtr.base + (state->task & 0xfff8u));

    return state->task == 0 || (state->task + 15u <= state->gdtr.limit &&
                                (descriptor[0] & TASK_PLACE) == 0 && descriptor[1] == 0);
}

static void check_control(const struct state *state)
{
    bool is_strict = base_revision >= STRICT_REVISION;
    uint32_t features[4];
    uint64_t efer = EFER_LONG;
    uint64_t cr4 = CR4_PAE | (number_word("levels", 4) == 5 ? CR4_LA57 : 0);
    uint64_t rflags = state->rflags;

    cpuid(0x80000001u, features);
    efer |= (features[3] >> 20 & 1) != 0 ? EFER_NXE : 0;
    if (is_strict) {
        check_equal("CR0 has PG, WP, ET and PE alone", state->cr0, CR0_PROMISED);
        check_equal("CR4 has PAE and LA57 alone", state->cr4, cr4);
        check_equal("EFER has LMA, LME and NXE alone", state->efer, efer);
        check_equal("RFLAGS is 2", rflags, RFLAGS_ALWAYS);
        check_equal("LDTR is null", state->local, 0);
        check("TR has the base 0 and the limit 0", is_empty_task(state));
        check_equal("IDTR's limit is 0", state->idtr.limit, 0);
        check_equal("IDTR's base is 0", state->idtr.base, 0);
        return;
    }
    check_equal("CR0 has PG, WP, ET and PE", state->cr0 & CR0_PROMISED, CR0_PROMISED);
    check_equal("CR4 has PAE, and LA57 as asked", state->cr4 & (CR4_PAE | CR4_LA57), cr4);
    check_equal("EFER has LMA, LME and NXE", state->efer & efer, efer);
    check_equal("IF, DF and VM are clear", rflags & RFLAGS_CLEAR, 0);
}

static void check_stack(const struct state *state)
{
    uint64_t top = state->general[RSP] + 8;

    check_equal("RSP is 16n + 8", state->general[RSP] & 15, 8);
    check_equal("the return address is 0", state->return_address, 0);
    check("the stack is as large as asked and lies in reclaimable memory",
          is_handed_over(top - stack_bytes, stack_bytes));
    /* What is in use now is far less than the half. */
    for (uint64_t va = top - stack_bytes; va < top - stack_bytes / 2; va += PAGE_BYTES / 2) {
        *(volatile uint64_t *)va = va;
    }
    for (uint64_t va = top - stack_bytes; va < top - stack_bytes / 2; va += PAGE_BYTES / 2) {
        hold("word", *(volatile uint64_t *)va == va, va);
    }
    conclude("the stack can be written and keeps what is written");
}

void check_state(const struct state *state)
{
    for (unsigned i = 0; i < GENERAL_COUNT; i++) {
        bool is_argument = i == RDI && state->entry == ENTRY_OF_PROCESSOR;

        hold("register", i == RSP || is_argument || state->general[i] == 0, i);
    }
    conclude("the general registers are 0");
    for (unsigned i = 0; i < SEGMENT_COUNT; i++) {
        hold("segment", state->segment[i] == (i == CS ? CODE_SELECTOR : DATA_SELECTOR), i);
    }
    conclude("CS is 28 and the other segments are 30");
    check_equal("FS has the base 0", state->fs_base, 0);
    check_equal("GS has the base 0", state->gs_base, 0);
    check_control(state);
    check_equal("PAT has its first six entries", state->pat & PAT_MASK, PAT_PROMISED);
    check_gdt(&state->gdtr);
    check_stack(state);
}

void check_other_state(const struct state *first, const struct state *other)
{
    check_state(other);
    check_equal("CR0 is the first one's", other->cr0, first->cr0);
    check_equal("CR3 is the first one's", other->cr3, first->cr3);
    check_equal("CR4 is the first one's", other->cr4, first->cr4);
    check_equal("EFER is the first one's", other->efer, first->efer);
    check_equal("PAT is the first one's", other->pat, first->pat);
    for (unsigned i = 0; i < first->mtrr_count; i++) {
        hold("register", other->mtrr[i] == first->mtrr[i], i);
    }
    conclude("the MTRRs are the first one's");
}
