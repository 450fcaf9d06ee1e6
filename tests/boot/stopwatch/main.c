/* SPDX-License-Identifier: BSD-2-Clause */
/* Says what the TSC has just before a loader is started, whichever loader it is. */
#include "parent.h"

#define WORDS_LIMIT_BYTES 16u

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static void say_number(uint64_t number)
{
    char digits[21];
    unsigned at = sizeof(digits) - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    say(&digits[at]);
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static char text[WORDS_LIMIT_BYTES];
    const struct parent_words words = {u"\\words", text, sizeof(text)};
    struct parent parent = {.image = image, .services = system_table->BootServices};
    EFI_LOADED_IMAGE *loaded;
    EFI_HANDLE child = NULL;

    if (!parent_open(&parent, &words) || parent_load(&parent, &child, &loaded) != EFI_SUCCESS) {
        say("stopwatch: /words or /loader.efi cannot be read or loaded\r\n");
        return EFI_LOAD_ERROR;
    }
    say("stopwatch: ");
    say_number(__builtin_ia32_rdtsc());
    say("\r\n");
    return parent.services->StartImage(child, NULL, NULL);
}
