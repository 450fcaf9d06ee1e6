/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts the machine into a state, and starts the loader. */
#include "state.h"

#define WORDS_LIMIT_BYTES 128u

static const struct {
    const char *name;
    void (*set)(EFI_BOOT_SERVICES *services);
} words[] = {
    {"five-levels", change_to_five_levels}, {"registers", use_registers},
    {"interrupts", use_interrupts},         {"attributes", enforce_attributes},
    {"no-execute", refuse_attributes},      {"no-low", hide_low_memory},
};

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static bool starts_with(const char *text, const char *word)
{
    while (*word != '\0' && *text == *word) {
        text++;
        word++;
    }
    return *word == '\0' && *text <= ' ';
}

static void set_states(const char *text, EFI_BOOT_SERVICES *services)
{
    while (*text != '\0') {
        bool known = *text <= ' ';

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            if (starts_with(text, words[i].name)) {
                words[i].set(services);
                say("state: ");
                say(words[i].name);
                say("\r\n");
                known = true;
            }
        }
        if (!known) {
            say("state: unknown word\r\n");
        }
        while (*text > ' ') {
            text++;
        }
        while (*text != '\0' && *text <= ' ') {
            text++;
        }
    }
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static char text[WORDS_LIMIT_BYTES];
    static EFI_BOOT_SERVICES original;
    EFI_BOOT_SERVICES *services = system_table->BootServices;
    const struct parent_words state = {u"\\state", text, sizeof(text)};
    struct parent parent = {.image = image, .services = services};
    EFI_LOADED_IMAGE *loaded;
    EFI_HANDLE child = NULL;
    EFI_STATUS status;

    if (!parent_open(&parent, &state)) {
        say("state: /state or /loader.efi cannot be read\r\n");
        return EFI_LOAD_ERROR;
    }
    original = *services;
    set_states(text, services);
    status = parent_load(&parent, &child, &loaded);
    if (status == EFI_SUCCESS) {
        status = services->StartImage(child, NULL, NULL);
    }
    /* The firmware goes on without this program. */
    *services = original;
    forget_attributes(services);
    return status;
}
