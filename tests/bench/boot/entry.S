/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that reads the clock by its first instruction, and brings a payload that makes its file
 * as long as wanted: PAYLOAD_BYTES is on the command line of the build.
 */
#define PATTERN 0x5bd1e995

    .section .text
    .globl kernel_entry
kernel_entry:
    rdtsc
    shlq $32, %rdx
    leaq (%rax, %rdx), %rsi
    jmp kernel_main

    .section .data
    .balign 4096
    .globl payload
payload:
    .fill PAYLOAD_BYTES / 4, 4, PATTERN
    .globl payload_end
payload_end:

    .section .note.GNU-stack, "", @progbits
