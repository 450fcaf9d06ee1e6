/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of the phases. */
#include "descriptors.h"
#include "expect.h"
#include "frames.h"
#include "kernel-stub/finish.h"
#include "kernel-stub/print.h"
#include "kernel-stub/serial.h"
#include "live.h"

_Noreturn void live_main(const struct hoist_handoff *handoff);

_Noreturn void live_main(const struct hoist_handoff *handoff)
{
    descriptors_load();
    serial_start();
    live_identify(handoff);
    if (frames_init(handoff)) {
        takeover_run();
        own_run();
        rights_run();
        refused_run();
        stale_run();
        flusher_run();
        sizes_run();
        itself_run();
        spaces_run();
    } else {
        expect(false, "there is memory to work with");
    }
    print("live: %lu checks passed, %lu failed\n", expect_passed_count(), expect_failed_count());
    finish(expect_failed_count() == 0);
}
