/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules that an address space is held against, each by itself: what one rule judges, no other
 * does.
 */
#ifndef RULES_H
#define RULES_H

#include "mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rule {
    RULE_WRITE_EXECUTE, /* no page is writable and executable, by its effective rights */
    RULE_ALIAS,         /* nor by two mappings of it taken together */
    RULE_GUARDS,        /* page 0 is absent, and the guard pages around what has them */
    RULE_KERNEL,        /* what is mapped of a kernel segment has exactly the segment's rights */
    RULE_USER,          /* nothing can be reached by user code */
    RULE_DEVICE,        /* no reserved or device memory is cached write-back */
    RULE_CACHE,         /* no physical page has two cache types */
    RULE_ACROSS,        /* no leaf reaches across two classes of memory or two MTRR types */
    RULE_RESERVED,      /* reserved bits are clear, addresses within the CPU's width */
    RULE_TABLES,        /* tables lie where their maker reports them, and are as many */
    RULE_IDENTITY,      /* nothing but the trampoline lies at its physical address */
    RULE_PLAN,          /* all of the plan is mapped where it says, and nothing else is */
    RULE_COUNT
};

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_ASIDE };

/* Why a rule is set aside, or 0. */
enum aside {
    ASIDE_NOT,
    ASIDE_NO_NX,         /* this CPU has no NX */
    ASIDE_WX_PROTOCOL,   /* wx: protocol */
    ASIDE_ASKED_FOR,     /* the plan breaks it, for another boot protocol's sake */
    ASIDE_NO_PLAN,       /* these tables were made by no plan that is known */
    ASIDE_NO_MEMORY_MAP, /* no memory map is known */
    ASIDE_NO_TABLES,     /* nobody reports which frames hold tables */
    ASIDE_NO_ROOM,       /* there are more ranges than room */
    ASIDE_UNREADABLE,    /* some tables cannot be read, and nothing is wrong with the others */
    ASIDE_COUNT
};

struct finding {
    uint8_t verdict; /* enum verdict */
    uint8_t aside;   /* enum aside */
    uint64_t found;  /* how many places break the rule: pages of 4 KiB, or rule_unit()s */
    uint64_t checked;
    uint64_t va; /* of the first place */
    uint64_t pa;
    uint32_t range; /* the range it lies in, or MAPPING_NO_PLAN */
    uint32_t plan;  /* the planned range concerned, or MAPPING_NO_PLAN */
};

/*
 * Judges them all. `order` has room for one number for each range of the mapping; its content
 * before and after does not matter.
 */
void rules_judge(const struct mapping *mapping, uint32_t *order,
                 struct finding findings[RULE_COUNT]);

/* How many have failed; *first is the first of them. */
unsigned rules_failed(const struct finding findings[RULE_COUNT], enum rule *first);

/* "write-execute": the rule's name in the JSON, the text and the docs. */
const char *rule_name(enum rule rule);

/* "no page is writable and executable": what holds where the rule passes. */
const char *rule_sentence(enum rule rule);

/* What `found` and `checked` count: "pages", "leaves", "entries", "tables". */
const char *rule_unit(enum rule rule);

/* "pass", "FAIL", "set aside" for people; "pass", "fail", "aside" in the JSON. */
const char *verdict_text(enum verdict verdict);
const char *verdict_word(enum verdict verdict);

/* Whose the first place is: a planned range's name, or that of the range it lies in; "" for none. */
const char *finding_name(const struct mapping *mapping, const struct finding *finding);

/* "this CPU has no NX". */
const char *aside_reason(enum aside aside);

#endif
