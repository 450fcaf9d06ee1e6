/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tools/pack makes of the loader. It is reached by a pointer that is relocated: some firmware
 * refuses a file without relocations.
 */
    .section .rdata, "dr"
    .globl packed_loader
    .balign 8
packed_loader:
    .quad packed_file
packed_file:
    .incbin "loader.packed"
