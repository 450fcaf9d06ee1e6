/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random machines: the plan holds what was promised and nothing else, so do the tables built from it, as an
 * independent reader finds them, and the rules pass them and no others. Refused is what has no place, or would
 * break a promise, and nothing else.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many machines).
 */
#include <inttypes.h>
#include <stdio.h>

#include "plan_chance.h"
#include "plan_damage.h"
#include "plan_judge.h"
#include "plan_mtrr.h"
#include "plan_tables.h"
#include "property.h"

static struct {
    uint64_t plans, strict, runtime, orderly, gaps, moved, uncountable, tables, leaves;
    uint64_t refusals[PROBLEM_KIND_COUNT];
    uint64_t of_damage[DAMAGE_KINDS];
} done;

static void do_machine(void)
{
    static struct promise promise;

    property.step = "plan";
    machine_begin();
    machine_promise(&promise);
    if (!built_make()) {
        judge_refusal(&promise);
        done.refusals[built.problem.kind]++;
        return;
    }
    judge_plan(&promise);
    done.plans++;
    done.strict += machine.input.wx_strict;
    done.runtime += machine.input.runtime != NULL;
    done.orderly += machine.is_orderly;
    done.gaps += machine_has_a_gap();
    done.moved += promise.direct_map_va != DIRECT;
    property.step = "build";
    if (!built_map()) {
        CHECK(!machine_can_map(&promise));
        CHECK(built.problem.kind == PROBLEM_TABLES_COUNT);
        done.uncountable++;
        return;
    }
    CHECK(machine_can_map(&promise));
    built_read();
    judge_tables(&promise);
    done.tables += built.table_count;
    done.leaves += built.leaf_count;
    property.step = "rules";
    judge_mapping();
    for (unsigned i = 0; i < 8; i++) {
        done.of_damage[damage_once()]++;
        property.step = "rules again";
        CHECK(i % 4 != 0 || built_judge() == built.faults);
    }
}

int main(void)
{
    property_begin("plan and tables of random machines are as promised", 1500);
    for (; property.operation < property.operation_count; property.operation++) {
        do_machine();
        built_end();
    }
    printf("# %" PRIu64 " plans: %" PRIu64 " strict, %" PRIu64 " with runtime services, %" PRIu64
           " orderly, %" PRIu64 " with gaps in MTRR masks, %" PRIu64
           " with another direct map, %" PRIu64 " not to be mapped\n",
           done.plans, done.strict, done.runtime, done.orderly, done.gaps, done.moved,
           done.uncountable);
    printf("# refused: %" PRIu64 " too large, %" PRIu64 " taken, %" PRIu64 " direct map, %" PRIu64
           " rights, %" PRIu64 " aliases, %" PRIu64 " two caches\n",
           done.refusals[PROBLEM_PLAN_TOO_LARGE], done.refusals[PROBLEM_PLAN_TAKEN],
           done.refusals[PROBLEM_PLAN_DIRECT_MAP], done.refusals[PROBLEM_PLAN_RIGHTS],
           done.refusals[PROBLEM_PLAN_ALIAS], done.refusals[PROBLEM_PLAN_TWO_CACHES]);
    printf("# %" PRIu64 " tables, %" PRIu64 " leaves; damage:", done.tables, done.leaves);
    for (unsigned i = 0; i < DAMAGE_KINDS; i++) {
        printf(" %s %" PRIu64 "%s", damage_names[i], done.of_damage[i],
               i + 1 < DAMAGE_KINDS ? "," : "\n");
    }
    printf("ok 1 - %s\n", property.name);
    return 0;
}
