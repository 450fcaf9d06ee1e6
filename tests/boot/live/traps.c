/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: those that an access announced are recorded and survived; any other ends the run. */
#include <stddef.h>

#include "kernel-stub/cpu.h"
#include "kernel-stub/fault.h"
#include "kernel-stub/finish.h"
#include "kernel-stub/print.h"
#include "selectors.h"
#include "step.h"

#define TRAPS_STEP       1
#define TRAPS_BREAKPOINT 3
#define TRAPS_FLAGS      (UINT64_C(1) << 18 | UINT64_C(1) << 8) /* AC and TF */

struct fault_recovery fault_recovery;
struct fault_record fault_record;

_Static_assert(offsetof(struct fault_recovery, rip) == 0, "fault_announce.inc relies on it");
_Static_assert(offsetof(struct fault_recovery, rsp) == 8, "fault_announce.inc relies on it");
_Static_assert(offsetof(struct fault_frame, vector) == 120, "faults.S relies on it");

void fault_handle(struct fault_frame *frame)
{
    static bool dying;

    if (frame->vector == TRAPS_STEP) {
        step_handle(frame);
        return;
    }
    if (fault_recovery.rip == 0) {
        if (!dying) {
            dying = true;
            print("\nFAIL unexpected fault: vector %lu, error code %lx, CR2 %lx, RIP %lx\n",
                  frame->vector, frame->error_code, cpu_read_cr2(), frame->rip);
        }
        finish(false);
    }
    /* A breakpoint is how user code says that it came through. */
    fault_record.happened = frame->vector != TRAPS_BREAKPOINT;
    fault_record.vector = frame->vector;
    fault_record.error_code = frame->error_code;
    fault_record.cr2 = cpu_read_cr2();
    fault_record.rip = frame->rip;
    frame->rip = fault_recovery.rip;
    frame->rsp = fault_recovery.rsp;
    frame->cs = SELECTOR_CODE;
    frame->ss = SELECTOR_DATA;
    frame->rflags &= ~TRAPS_FLAGS;
    fault_recovery.rip = 0;
}
