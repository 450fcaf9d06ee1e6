/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules in words: docs/mapping-json.md has the same names. */
#include "rules.h"

static const struct {
    const char *name;
    const char *sentence;
    const char *unit;
} words[RULE_COUNT] = {
    [RULE_WRITE_EXECUTE] = {"write-execute", "no page is writable and executable", "pages"},
    [RULE_ALIAS] = {"alias", "no page is writable here and executable there", "pages"},
    [RULE_GUARDS] = {"guards", "page 0 and the guard pages are absent", "pages"},
    [RULE_KERNEL] = {"kernel", "each kernel segment has exactly its rights", "pages"},
    [RULE_USER] = {"user", "nothing can be reached by user code", "pages"},
    [RULE_DEVICE] = {"device", "no reserved or device memory is write-back", "pages"},
    [RULE_CACHE] = {"cache", "no page has two cache types", "pages"},
    [RULE_ACROSS] = {"across", "no leaf reaches across kinds of memory or MTRR types", "leaves"},
    [RULE_RESERVED] = {"reserved", "reserved bits are clear, addresses within the CPU's width",
                       "entries"},
    [RULE_TABLES] = {"tables", "tables lie where they are reported, and are as many", "tables"},
    [RULE_IDENTITY] = {"identity", "only the trampoline lies at its physical address", "pages"},
    [RULE_PLAN] = {"plan", "plan and tables are equal both ways", "pages"},
};

static const char *const reasons[ASIDE_COUNT] = {
    [ASIDE_NOT] = "",
    [ASIDE_NO_NX] = "this CPU has no NX",
    [ASIDE_WX_PROTOCOL] = "wx: protocol",
    [ASIDE_ASKED_FOR] = "the boot protocol asks for it",
    [ASIDE_NO_PLAN] = "no plan is known for these tables",
    [ASIDE_NO_MEMORY_MAP] = "no memory map is known",
    [ASIDE_NO_TABLES] = "nobody reports which frames hold tables",
    [ASIDE_NO_ROOM] = "there was no room to read all tables",
    [ASIDE_UNREADABLE] = "some page tables cannot be read",
};

const char *rule_name(enum rule rule)
{
    return words[rule].name;
}

const char *rule_sentence(enum rule rule)
{
    return words[rule].sentence;
}

const char *rule_unit(enum rule rule)
{
    return words[rule].unit;
}

const char *verdict_text(enum verdict verdict)
{
    static const char *const texts[] = {"pass", "FAIL", "set aside"};

    return texts[verdict];
}

const char *verdict_word(enum verdict verdict)
{
    static const char *const verdicts[] = {"pass", "fail", "aside"};

    return verdicts[verdict];
}

const char *finding_name(const struct mapping *mapping, const struct finding *finding)
{
    if (finding->plan != MAPPING_NO_PLAN) {
        return mapping->facts.plan[finding->plan].name;
    }
    return finding->range != MAPPING_NO_PLAN
               ? mapping_range_name(mapping, &mapping->ranges[finding->range])
               : "";
}

const char *aside_reason(enum aside aside)
{
    return reasons[aside];
}
