/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine part in assembly: entry, and accesses that may trap.
 *
 * All runs in M mode, where addresses are physical. An access is made with mstatus.MPRV, which
 * translates it as S or U mode would; a jump really goes there. Whatever traps, the function that
 * made the access returns the cause (privileged specification, sections 3.1.6.3 and 3.1.15).
 */
#define MPRV_MPP_SUM 0x000e1800 /* MXR, SUM, MPRV, MPP */

    .section .text.start, "ax"
    .globl _start
_start:
    csrr t0, mhartid
1:  bnez t0, 1b
    la sp, stack_end
    la t0, trap
    csrw mtvec, t0
    li t0, -1 /* S and U mode may use all of physical memory */
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    call main
1:  j 1b

    .text
/* The functions below can be left in their middle: what the caller expects to keep is put away. */
.macro SAVE
    la t0, context
    sd ra, 0(t0)
    sd sp, 8(t0)
    sd s0, 16(t0)
    sd s1, 24(t0)
    sd s2, 32(t0)
    sd s3, 40(t0)
    sd s4, 48(t0)
    sd s5, 56(t0)
    sd s6, 64(t0)
    sd s7, 72(t0)
    sd s8, 80(t0)
    sd s9, 88(t0)
    sd s10, 96(t0)
    sd s11, 104(t0)
.endm

    .balign 4
trap:
    li t0, MPRV_MPP_SUM
    csrc mstatus, t0
    la t0, context
    ld ra, 0(t0)
    ld sp, 8(t0)
    ld s0, 16(t0)
    ld s1, 24(t0)
    ld s2, 32(t0)
    ld s3, 40(t0)
    ld s4, 48(t0)
    ld s5, 56(t0)
    ld s6, 64(t0)
    ld s7, 72(t0)
    ld s8, 80(t0)
    ld s9, 88(t0)
    ld s10, 96(t0)
    ld s11, 104(t0)
    la t0, trap_value
    csrr t1, mtval
    sd t1, 0(t0)
    csrr a0, mcause
    ret

/* uint64_t try_load(uint64_t status, uint64_t va, uint32_t *value): the cause, or -1. */
    .globl try_load
try_load:
    SAVE
    csrs mstatus, a0
    lw t1, 0(a1)
    li t0, MPRV_MPP_SUM
    csrc mstatus, t0
    sw t1, 0(a2)
    li a0, -1
    ret

/* uint64_t try_store(uint64_t status, uint64_t va, uint32_t value) */
    .globl try_store
try_store:
    SAVE
    csrs mstatus, a0
    sw a2, 0(a1)
    li t0, MPRV_MPP_SUM
    csrc mstatus, t0
    li a0, -1
    ret

/* uint64_t try_execute(uint64_t status, uint64_t va): there stands an ECALL, which traps, too. */
    .globl try_execute
try_execute:
    SAVE
    csrs mstatus, a0
    csrw mepc, a1
    mret

/*
 * The same in S mode itself, at addresses that are translated. Writing mstatus makes the emulated CPU
 * forget its translations, so between stay_begin and stay_end nothing does.
 */
    .globl stay_begin
stay_begin:
    li t0, 0x800 /* MPP: S */
    csrs mstatus, t0
    la t0, stay_trap
    csrw mtvec, t0
    ret

    .globl stay_end
stay_end:
    la t0, trap
    csrw mtvec, t0
    li t0, MPRV_MPP_SUM
    csrc mstatus, t0
    ret

/* uint64_t stay_store(uint64_t va, uint64_t value) */
    .globl stay_store
stay_store:
    la t0, stay_code
    csrw mepc, t0
    mret

/* uint64_t stay_load(uint64_t va, uint32_t *value) */
    .globl stay_load
stay_load:
    la t0, stay_code_load
    csrw mepc, t0
    mret

    .balign 4
stay_trap: /* returns to the caller of stay_store or stay_load: no register of its is lost */
    la t0, trap_value
    csrr t1, mtval
    sd t1, 0(t0)
    csrr a0, mcause
    li t0, 9
    bne a0, t0, 1f
    csrr t0, mepc
    la t1, stay_code_load
    bltu t0, t1, 1f
    sw a2, 0(a1)
1:  ret

    .balign 64
    .globl stay_code
stay_code:
    sw a1, 0(a0)
    ecall
stay_code_load:
    lw a2, 0(a0)
    ecall

    .bss
    .balign 16
context:
    .skip 112
    .globl trap_value
trap_value:
    .skip 8
    .balign 16
    .skip 16384
stack_end:
