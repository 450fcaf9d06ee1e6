/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for numbers that other people chose.
 */
#include "problem_names.h"

#include <stddef.h>

#define STATUS_ERROR (UINT64_C(1) << 63)

/* EFI_STATUS codes without their error bit (UEFI appendix D, table D-3). */
static const char *const status_names[] = {
    [1] = "load error",
    [2] = "invalid parameter",
    [3] = "unsupported",
    [4] = "bad buffer size",
    [5] = "buffer too small",
    [6] = "not ready",
    [7] = "device error",
    [8] = "write protected",
    [9] = "out of resources",
    [10] = "volume corrupted",
    [11] = "volume full",
    [12] = "no media",
    [13] = "media changed",
    [14] = "not found",
    [15] = "access denied",
    [16] = "no response",
    [17] = "no mapping",
    [18] = "time-out",
    [19] = "not started",
    [20] = "already started",
    [21] = "aborted",
    [22] = "ICMP error",
    [23] = "TFTP error",
    [24] = "protocol error",
    [25] = "incompatible version",
    [26] = "security violation",
    [27] = "CRC error",
    [28] = "end of media",
    [31] = "end of file",
    [32] = "invalid language",
    [33] = "compromised data",
    [34] = "IP address conflict",
    [35] = "HTTP error",
};

const char *problem_machine_name(uint64_t machine)
{
    switch (machine) {
    case 3: return "i386";
    case 8: return "MIPS";
    case 21: return "PowerPC64";
    case 40: return "ARM";
    case 183: return "AArch64";
    case 243: return "RISC-V";
    case 258: return "LoongArch";
    default: return NULL;
    }
}

/* Those that a file linked as no kernel may still have (psABI for AMD64, table 4.9). */
const char *problem_relocation_name(uint64_t type)
{
    switch (type) {
    case 2: return "PC32";
    case 5: return "COPY";
    case 10: return "32";
    case 11: return "32S";
    case 16: return "DTPMOD64";
    case 17: return "DTPOFF64";
    case 18: return "TPOFF64";
    case 36: return "TLSDESC";
    case 37: return "IRELATIVE";
    default: return NULL;
    }
}

const char *problem_status_name(uint64_t status)
{
    uint64_t code = status & ~STATUS_ERROR;

    if ((status & STATUS_ERROR) == 0) {
        return code == 0 ? "success" : NULL;
    }
    return code < sizeof(status_names) / sizeof(status_names[0]) ? status_names[code] : NULL;
}
