/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes: the C side of probe_access.S. */
#include "probe.h"

#include "cpu.h"

uint8_t probe_access_read(uint64_t address);
void probe_access_write(uint64_t address, uint8_t value);
void probe_access_execute(uint64_t address);

const struct fault_record *probe(enum probe_kind kind, uint64_t address)
{
    uint8_t byte = 0;

    fault_record.happened = false;
    if (kind == PROBE_EXECUTE) {
        cpu_serialise();
        probe_access_execute(address);
        return &fault_record;
    }
    byte = probe_access_read(address);
    if (kind == PROBE_WRITE) {
        if (fault_record.happened) {
            byte = 0;
        }
        fault_record.happened = false;
        probe_access_write(address, byte);
    }
    return &fault_record;
}

bool probe_is_readable(const void *address, uint64_t size_bytes)
{
    uint64_t first = (uint64_t)address;
    uint64_t last = first + size_bytes - 1;

    if (size_bytes == 0 || last < first) {
        return false;
    }
    for (uint64_t page = first & ~(CPU_PAGE_BYTES - 1);; page += CPU_PAGE_BYTES) {
        if (probe(PROBE_READ, page < first ? first : page)->happened) {
            return false;
        }
        if (last - page < CPU_PAGE_BYTES) {
            return true;
        }
    }
}
