/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens after a fault: back into the probe that asked for it, or the end. */
#include "fault.h"

#include <stddef.h>

#include "cpu.h"
#include "finish.h"
#include "print.h"

struct fault_recovery fault_recovery;
struct fault_record fault_record;

_Static_assert(offsetof(struct fault_recovery, rip) == 0, "fault_announce.inc relies on it");
_Static_assert(offsetof(struct fault_recovery, rsp) == 8, "fault_announce.inc relies on it");
_Static_assert(offsetof(struct fault_frame, vector) == 120, "faults.S relies on it");

void fault_handle(struct fault_frame *frame)
{
    static bool dying;

    if (fault_recovery.rip == 0) {
        /* A fault while telling of a fault: the first line is out as far as it came. */
        if (!dying) {
            dying = true;
            print("\nFAIL unexpected fault: vector %lu, error code %lx, CR2 %lx, RIP %lx\n",
                  frame->vector, frame->error_code, cpu_read_cr2(), frame->rip);
        }
        finish(false);
    }
    fault_record.happened = true;
    fault_record.vector = frame->vector;
    fault_record.error_code = frame->error_code;
    fault_record.cr2 = cpu_read_cr2();
    fault_record.rip = frame->rip;
    frame->rip = fault_recovery.rip;
    frame->rsp = fault_recovery.rsp;
    fault_recovery.rip = 0;
}
