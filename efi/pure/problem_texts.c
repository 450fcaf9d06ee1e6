/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each kind of problem has a row here with its sentence, in which braces stand for the problem's
 * data:
 *
 *     {name} {other}   the texts, with control characters shown as \xNN
 *     {0} to {3}       a number, decimal; or with a letter behind it:
 *     {0x}             hexadecimal with 0x
 *     {0s}             a size such as "2 MiB"
 *     {0f}             an EFI_STATUS
 *     {0m}             an ELF machine
 *     {0t}             a type of relocation
 */
#include "problem_texts.h"

const char *const problem_texts[PROBLEM_KIND_COUNT] = {
    [PROBLEM_NONE] = "no problem",

    [PROBLEM_FILE_NO_VOLUME] =
        "{name}: there is no file system on the device that the loader was started from; "
        "the firmware says {0f}",
    [PROBLEM_FILE_MISSING] = "{name}: there is no such file on the boot volume",
    [PROBLEM_FILE_ABSENT] = "{name}: there is no such file on that volume",
    [PROBLEM_FILE_RESOURCE] =
        "there is no volume for the path \"{name}\" among the {0} that the firmware knows",
    [PROBLEM_FILE_HASH] = "{name} has another hash than it should: from byte {2} on {0x}, not {1x}",
    [PROBLEM_FILE_START] = "{name} could not be started; the firmware says {0f}",
    [PROBLEM_FILE_RETURNED] = "{name} has come back; it says {0f}",
    [PROBLEM_FILE_OPEN] = "{name}: the file cannot be opened; the firmware says {0f}",
    [PROBLEM_FILE_INFO] = "{name}: the file's size cannot be found; the firmware says {0f}",
    [PROBLEM_FILE_DIRECTORY] = "{name}: this is a directory, not a file",
    [PROBLEM_FILE_SHORT] = "{name}: the file ends early: {0s} wanted at offset {2}, {1s} got",
    [PROBLEM_FILE_READ] = "{name}: reading at offset {1} failed; the firmware says {0f}",
    [PROBLEM_FILE_CREATE] = "{name} is not written: it cannot be made; the firmware says {0f}",
    [PROBLEM_FILE_WRITE] =
        "{name} is not written: after {1s} writing failed; the firmware says {0f}",
    [PROBLEM_FILE_NOTHING_TO_BOOT] =
        "nothing to boot: the boot volume has neither {name} nor {other}",

    [PROBLEM_CONFIG_TOO_LARGE] = "{name}: the configuration has {1s}, more than the {2s} allowed",
    [PROBLEM_CONFIG_UTF16] = "{name}: this is UTF-16 text (it starts with {1x}); save it as UTF-8",
    [PROBLEM_CONFIG_BINARY] =
        "{name}, line {0}: byte {1x} is a control character; a configuration is plain text",
    [PROBLEM_CONFIG_NOT_UTF8] = "{name}, line {0}: byte {1x} is not valid UTF-8",
    [PROBLEM_CONFIG_LINE_TOO_LONG] =
        "{name}, line {0}: the line has {1s}, more than the {2s} allowed",
    [PROBLEM_CONFIG_NO_COLON] =
        "{name}, line {0}: \"{other}\" is no `key: value` line (there is no colon)",
    [PROBLEM_CONFIG_NO_KEY] = "{name}, line {0}: \"{other}\" has no key before its colon",
    [PROBLEM_CONFIG_NO_TITLE] = "{name}, line {0}: \"{other}\" starts an entry without a title",
    [PROBLEM_CONFIG_NO_PARENT] =
        "{name}, line {0}: \"{other}\" has {1} slashes, but at most {2} can stand here: "
        "the entry that it belongs to is missing",
    [PROBLEM_CONFIG_TOO_DEEP] =
        "{name}, line {0}: \"{other}\" has {1} slashes, more than the {2} allowed",
    [PROBLEM_CONFIG_MACRO] = "{name}, line {0}: the macro \"{other}\" is not defined",
    [PROBLEM_CONFIG_MACRO_OPEN] =
        "{name}, line {0}: the macro \"{other}\" is not closed by a brace",
    [PROBLEM_CONFIG_NO_VALUE] = "{name}, line {0}: {other} has no value",
    [PROBLEM_CONFIG_NO_NUMBER] = "{name}, line {0}: the value in \"{other}\" is no number",
    [PROBLEM_CONFIG_NUMBER_RANGE] =
        "{name}, line {0}: the number in \"{other}\" is out of range: {1} to {2} can stand here",
    [PROBLEM_CONFIG_NO_SWITCH] = "{name}, line {0}: the value in \"{other}\" is neither yes nor no",
    [PROBLEM_CONFIG_NO_SIZE] =
        "{name}, line {0}: the value in \"{other}\" is no size, such as 65536, 64K, 1M or 1G",
    [PROBLEM_CONFIG_SIZE_RANGE] =
        "{name}, line {0}: the size in \"{other}\" is out of range: {1s} to {2s} can stand here",
    [PROBLEM_CONFIG_NO_RESOLUTION] = "{name}, line {0}: the value in \"{other}\" is no resolution, "
                                     "such as 1024x768 or 1024x768x32",
    [PROBLEM_CONFIG_CHOICE] =
        "{name}, line {0}: the value is none of those that can stand here, `{other}`",
    [PROBLEM_CONFIG_DEFAULT_ENTRY] =
        "{name}, line {0}: default_entry is {1}, but the number of entries is {2}",
    [PROBLEM_CONFIG_TOO_MANY_ENTRIES] =
        "{name}, line {0}: this entry is one more than the {1} allowed",
    [PROBLEM_CONFIG_NO_ENTRY] =
        "{name}: the configuration has no entry to boot (a line such as `/Title`)",
    [PROBLEM_CONFIG_UNKNOWN_KEY] = "{name}, line {0}: the key \"{other}\" is not known; ignored",
    [PROBLEM_CONFIG_OUTSIDE_ENTRY] =
        "{name}, line {0}: the key \"{other}\" belongs into an entry, but none has begun; ignored",
    [PROBLEM_CONFIG_DUPLICATE_KEY] =
        "{name}, line {0}: the key \"{other}\" was given before; the first value stays",
    [PROBLEM_CONFIG_NO_MODULE] =
        "{name}, line {0}: the key \"{other}\" has no module_path before it; ignored",

    [PROBLEM_ENTRY_NO_PATH] = "the entry \"{name}\" (line {0}) has no path: nothing to load",
    [PROBLEM_ENTRY_NO_PROTOCOL] =
        "the entry \"{name}\" (line {0}) does not say its protocol (`protocol: hoist`)",
    [PROBLEM_ENTRY_NO_KEYS] = "there are no keys to choose another entry than \"{name}\" with",
    [PROBLEM_ENTRY_PROTOCOL] = "the entry \"{name}\" (line {0}) asks for the protocol \"{other}\"; "
                               "hoist, limine, efi and dump are supported",

    [PROBLEM_PATH_EMPTY] = "the path \"{name}\" is empty",
    [PROBLEM_PATH_NOT_ABSOLUTE] = "the path \"{name}\" does not start with a slash",
    [PROBLEM_PATH_RESOURCE] = "the path \"{name}\" asks for \"{other}\"; boot(), hdd(), guid() and "
                              "fslabel() are supported",
    [PROBLEM_PATH_ARGUMENT] =
        "the path \"{name}\" asks for \"{other}\", whose argument is none; "
        "such as boot(2), hdd(1:2), guid(736b5698-5ae1-4dff-be2c-ef8f44a61c52) "
        "and fslabel(NAME) can stand there",
    [PROBLEM_PATH_HASH] =
        "the path \"{name}\" has {0} characters behind its #; a BLAKE2b hash has {1}, "
        "all of them hexadecimal digits",
    [PROBLEM_PATH_TOO_LONG] =
        "the path \"{name}\" is too long: {0} characters, of which {1} are allowed",
    [PROBLEM_PATH_CHARACTER] =
        "the path \"{name}\" has the character {0x} at offset {1}, which no file name can have",
    [PROBLEM_PATH_NOT_UTF8] = "the path \"{name}\" is not valid UTF-8: byte {0x} at offset {1}",
    [PROBLEM_PATH_NOT_UCS2] = "the path \"{name}\" has the character {0x} at offset {1}; "
                              "the firmware knows none above 0xffff",

    [PROBLEM_ELF_EMPTY] = "{name}: the kernel file is empty (0 bytes)",
    [PROBLEM_ELF_TRUNCATED] =
        "{name}: the file is cut off: it has {0s}, but an ELF header needs {1s}",
    [PROBLEM_ELF_MAGIC] = "{name}: this is no ELF file (it starts with {0x})",
    [PROBLEM_ELF_32_BIT] = "{name}: this is a 32-bit ELF file; a 64-bit kernel is needed",
    [PROBLEM_ELF_CLASS] = "{name}: the ELF class is {0}, which is neither 32-bit nor 64-bit",
    [PROBLEM_ELF_BIG_ENDIAN] = "{name}: this is a big-endian ELF file; x86-64 is little-endian",
    [PROBLEM_ELF_DATA] = "{name}: the ELF data encoding is {0}, which is unknown",
    [PROBLEM_ELF_VERSION] = "{name}: the ELF version is {0}; only version 1 is known",
    [PROBLEM_ELF_RELOCATABLE] =
        "{name}: this is a relocatable object file (ET_REL); link it into an executable",
    [PROBLEM_ELF_TYPE] = "{name}: the ELF type is {0}; an executable (ET_EXEC, 2, or ET_DYN, 3) "
                         "is needed",
    [PROBLEM_ELF_MACHINE] = "{name}: the file is for machine {0m}; x86-64 (62) is needed",
    [PROBLEM_ELF_HEADER_SIZE] = "{name}: the ELF header says it has {0} bytes instead of {1}",
    [PROBLEM_ELF_PROGRAM_HEADER_SIZE] = "{name}: a program header has {0} bytes instead of {1}",
    [PROBLEM_ELF_NO_PROGRAM_HEADERS] = "{name}: the file has 0 program headers: nothing to load",
    [PROBLEM_ELF_TOO_MANY_HEADERS] =
        "{name}: the file has {0} program headers, more than the {1} allowed",
    [PROBLEM_ELF_TABLE_OUTSIDE] =
        "{name}: the program headers ({1} bytes at offset {0}) lie outside the file of {2} bytes",
    [PROBLEM_ELF_TABLE_OVERFLOW] =
        "{name}: the program headers ({1} bytes at offset {0x}) end beyond 64 bits",
    [PROBLEM_ELF_INTERPRETER] = "{name}: program header {0} asks for an interpreter (PT_INTERP): "
                                "this is a program for an operating system, no kernel "
                                "(or a kernel linked without --no-dynamic-linker)",
    [PROBLEM_ELF_NO_SEGMENT] =
        "{name}: none of the {0} program headers is a segment to load (PT_LOAD)",
    [PROBLEM_ELF_TOO_MANY_SEGMENTS] = "{name}: the file has more than {0} segments to load",
    [PROBLEM_ELF_FILE_SIZE] =
        "{name}: segment {0} has {1} bytes in the file, but only {2} bytes in memory",
    [PROBLEM_ELF_OUTSIDE_FILE] =
        "{name}: segment {0} ({2} bytes at offset {1}) lies outside the file of {3} bytes",
    [PROBLEM_ELF_FILE_OVERFLOW] =
        "{name}: segment {0} ({2x} bytes at offset {1x}) ends beyond 64 bits",
    [PROBLEM_ELF_ALIGNMENT] =
        "{name}: segment {0} asks for an alignment of {1x}, which is no power of two",
    [PROBLEM_ELF_CONGRUENCE] = "{name}: segment {0} has address {1x} and file offset {2x}, "
                               "which differ modulo its alignment of {3x}",
    [PROBLEM_ELF_LOWER_HALF] =
        "{name}: segment {0} is at address {1x}, below the higher half, which starts at {2x}",
    [PROBLEM_ELF_WRAPS] =
        "{name}: segment {0} at address {1x} with {2x} bytes wraps around the address space",
    [PROBLEM_ELF_LAST_PAGE] =
        "{name}: segment {0} at address {1x} with {2x} bytes reaches into the last page "
        "of the address space",
    [PROBLEM_ELF_WRITE_EXECUTE] =
        "{name}: segment {0} at address {1x} ({2s}) is both writable and executable",
    [PROBLEM_ELF_UNREADABLE] =
        "{name}: segment {0} at address {1x} is not readable (flags {2x}); every page is",
    [PROBLEM_ELF_OVERLAP] = "{name}: segments {0} and {1} overlap at address {2x}",
    [PROBLEM_ELF_RIGHTS_ON_PAGE] =
        "{name}: segments {0} and {1} have different rights but share the page at {2x}; "
        "align them to 4 KiB",
    [PROBLEM_ELF_ENTRY] = "{name}: the entry point {0x} lies in no executable segment",
    [PROBLEM_ELF_PART_OUTSIDE] =
        "{name}: program header {0} ({other}, {2x} bytes at address {1x}) lies in no segment "
        "to load",
    [PROBLEM_ELF_NOTE_TOO_LONG] =
        "{name}: program header {0} has {1s} of notes, more than the {2s} allowed",
    [PROBLEM_ELF_TOO_MANY_NOTES] =
        "{name}: program header {0} is one PT_NOTE more than the {1} allowed",
    [PROBLEM_ELF_STACK] = "{name}: the file asks for an executable stack (PT_GNU_STACK; often a "
                          "missing .note.GNU-stack in assembly); the stack is not executable",

    [PROBLEM_NOTE_TYPE] =
        "{name}: the kernel has a Hoist note of type {0}, which this loader does not know",
    [PROBLEM_NOTE_SIZE] = "{name}: the kernel's Hoist note has {0} bytes of wishes instead of {1}",
    [PROBLEM_NOTE_WISH] = "{name}: the kernel's Hoist note has a wish at offset {0}, which this "
                          "loader does not know (it knows {1} bytes of them)",
    [PROBLEM_NOTE_VERSION] = "{name}: the kernel's Hoist note asks for version {0} of the hand-off "
                             "or later; this loader has version {1}",
    [PROBLEM_NOTE_LEVELS] =
        "{name}: the kernel's Hoist note asks for {0} levels of page tables; there are 4 or 5",

    [PROBLEM_PLACEMENT_NONE] =
        "{name}: the kernel's {0s}, aligned to {1s}, have no place between {2x} and {3x}",
    [PROBLEM_PLACEMENT_FIXED] =
        "{name}: kaslr has no effect: the kernel cannot be moved (ET_EXEC); link it with -pie",
    [PROBLEM_RELOCATE_TABLE] =
        "{name}: the table {other} ({1x} bytes at address {0x}) lies in no segment",
    [PROBLEM_RELOCATE_ENTRY_SIZE] =
        "{name}: the table {other} has {0} bytes in entries of {1}; its entries must have {2}",
    [PROBLEM_RELOCATE_FORM] = "{name}: the kernel has relocations without addends (DT_REL), "
                              "which x86-64 does not use",
    [PROBLEM_RELOCATE_LIBRARY] =
        "{name}: the file needs the shared library \"{other}\": this is no kernel",
    [PROBLEM_RELOCATE_BITMAP] =
        "{name}: entry {0} of DT_RELR is a bitmap, but no address comes before it",
    [PROBLEM_RELOCATE_TARGET] =
        "{name}: relocation {0} of {other} would change address {1x}, which lies in no segment",
    [PROBLEM_RELOCATE_TYPE] = "{name}: relocation {0} at address {1x} has the type {2t} "
                              "(symbol: {other}), which a kernel cannot have",
    [PROBLEM_RELOCATE_SYMBOL] =
        "{name}: relocation {0} of {other} at address {1x} is about symbol {2}, but the file has "
        "{3} symbols",
    [PROBLEM_RELOCATE_SYMBOL_PLACE] = "{name}: relocation {0} of {other} at address {1x} is about "
                                      "symbol {2}, which lies in no segment",
    [PROBLEM_RELOCATE_UNDEFINED] = "{name}: the symbol \"{other}\" is not defined anywhere "
                                   "(relocation {0} at address {1x})",
    [PROBLEM_RELOCATE_INDIRECT] =
        "{name}: the symbol \"{other}\" is an indirect function (STT_GNU_IFUNC), which a kernel "
        "cannot have (relocation {0} at address {1x})",
    [PROBLEM_RELOCATE_OVERFLOW] = "{name}: relocation {0} of {other} at address {1x}: the sum of "
                                  "{2x} and {3x} does not fit into 64 bits",

    [PROBLEM_MEMORY_OUT] =
        "too little memory for the {name}: {0s} needed, {1s} free in all, {2s} in one piece",
    [PROBLEM_MEMORY_NO_RUN] =
        "no piece of free memory fits the {name}: {0s} needed, aligned to {1s}, "
        "the largest piece has {2s}",
    [PROBLEM_MEMORY_PLACE_TAKEN] =
        "the firmware refused {0} places for the {name}, the last of {2s} at {1x}; it says {3f}",
    [PROBLEM_MEMORY_ALLOCATE] = "the firmware gave no memory for the {name} ({0s}); it says {1f}",
    [PROBLEM_MEMORY_MAP_TOO_LONG] =
        "the firmware's memory map has {0} entries, more than the {1} there is room for",
    [PROBLEM_MEMORY_MAP_UNREADABLE] =
        "the firmware's memory map cannot be read; the firmware says {0f}",
    [PROBLEM_MEMORY_MAP_DESCRIPTOR] =
        "the firmware's memory map has entries of {0} bytes; at least {1} are needed",
    [PROBLEM_MEMORY_MAP_BEYOND] =
        "{0s} of RAM lie beyond the {1} address bits of this CPU and are left out",
    [PROBLEM_MEMORY_MAP_NO_RAM] = "none of the {0} entries of the firmware's memory map is RAM",

    [PROBLEM_PLAN_OVERLAP] = "the ranges \"{name}\" and \"{other}\" overlap at address {0x}",
    [PROBLEM_PLAN_TAKEN] =
        "no place is left for the {name} from {0x} on: the {other} at {1x} is in the way",
    [PROBLEM_PLAN_TOO_LONG] =
        "the range \"{name}\" is one more than the {0} that a plan has room for",
    [PROBLEM_PLAN_TOO_LARGE] =
        "the {name} of {0s} is too large; there is room in the address space for {1s}",
    [PROBLEM_PLAN_DIRECT_MAP] =
        "the direct map of {0s} has no place from {1x} on: {other} at {2x} is in the way",
    [PROBLEM_PLAN_RIGHTS] = "the range \"{name}\" at {0x} is both writable and executable",
    [PROBLEM_PLAN_ALIAS] = "the physical page {0x} is in \"{name}\" and in \"{other}\": writable "
                           "through one, executable through the other",
    [PROBLEM_PLAN_TWO_CACHES] =
        "the physical page {0x} is in \"{name}\" and in \"{other}\", with two cache types",

    [PROBLEM_SCREEN_SHAPE] =
        "the screen is not used: the firmware tells of {0} x {1} pixels of {3} "
        "bits in lines of {2} pixels",
    [PROBLEM_SCREEN_SHORT] =
        "the screen is not used: its pixels take {0s}, more than the {1s} that "
        "the firmware gives it",
    [PROBLEM_SCREEN_BEYOND] = "the screen is not used: its framebuffer at {0x} ({1s}) does not fit "
                              "into the {2} address bits of this CPU",
    [PROBLEM_SCREEN_TOO_LARGE] = "the screen is not used: its framebuffer at {0x} would have {1s}, "
                                 "more than the {2s} allowed",
    [PROBLEM_SCREEN_IN_USE] = "the screen is not used: its framebuffer at {0x} ({1s}) would lie in "
                              "memory of another use, {name}, at {2x}",

    [PROBLEM_TABLES_COUNT] =
        "the page tables for \"{name}\" at {0x} ({1s}) cannot be counted: {other}",
    [PROBLEM_TABLES_BUILD] =
        "the page tables for \"{name}\" at {0x} ({1s}) cannot be built: {other}",
    [PROBLEM_RULE] =
        "the page tables break the rule \"{name}\" in {0} of {1} places, the first at {2x} "
        "({other})",

    [PROBLEM_CPU_WIDTH] =
        "the processor says it has {0} physical address bits; x86-64 processors have 32 to 52",

    [PROBLEM_DEPTH_CONTRADICTION] =
        "the {name} asks for at least {0} levels of paging, and for at most {1}",
    [PROBLEM_DEPTH_CPU] =
        "the {name} asks for {0} levels of paging, but the processor has only {1} (no LA57)",
    [PROBLEM_DEPTH_NO_LOW] =
        "to change the number of paging levels the {name} ({0s}) must lie below {1x}, "
        "and no piece of free memory there is large enough",
    [PROBLEM_DEPTH_NOT_EXECUTABLE] =
        "the code at {0x} that changes the number of paging levels cannot be made executable; "
        "the firmware says {1f}",

    [PROBLEM_LIMINE_REVISION] =
        "the kernel {name} asks for base revision {0} of the Limine protocol; {1} is the newest "
        "that is known",
    [PROBLEM_LIMINE_TWICE] =
        "the kernel {name} has its request \"{other}\" twice, at {0x} and {1x}",
    [PROBLEM_LIMINE_CUT] = "the kernel {name} ends within its request \"{other}\" at {0x}, "
                           "which has {1} bytes",
    [PROBLEM_LIMINE_OUTSIDE] = "{other} at {0x}, {1} bytes, does not lie within the kernel {name}",
    [PROBLEM_LIMINE_ENTRY] = "the kernel {name} asks to be entered at {0x}, "
                             "which is in no segment that can be executed",
    [PROBLEM_LIMINE_MODULES] = "the kernel {name} asks for {0} modules; it may ask for {1}",
    [PROBLEM_LIMINE_PACKED] = "the kernel {name} asks for the module \"{other}\" to be unpacked, "
                              "which this loader does not do",
    [PROBLEM_PROCESSORS_X2APIC] = "the firmware has switched x2APIC mode on (numbers up to {0}), "
                                  "the kernel does not ask for it, "
                                  "and it cannot be switched off",
    [PROBLEM_LIMINE_RIGHTS] = "the kernel {name} has segments that are writable and executable",

    [PROBLEM_SCREEN_NO_MODE] =
        "none of the screen's {3} modes is {name}; the nearest is {0}x{1}x{2}; "
        "the screen stays as it is",
    [PROBLEM_SCREEN_MODE] = "the screen's mode {name} could not be set; the firmware says {0f}",

    [PROBLEM_LEAVE_TRIES] = "the firmware could not be left in {0} tries; it says {1f}",
    [PROBLEM_LEAVE_MAP_CHANGED] =
        "the memory map changed while the firmware was left: {0x} was {name}, "
        "now it is {other}",
    [PROBLEM_LEAVE_MAP_OUTGROWN] =
        "the memory map outgrew its buffer while the firmware was left: {0s} needed, {1s} there",
};
