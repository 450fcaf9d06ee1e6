/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts the machine into a state, and starts the loader. */
#include "state.h"

#define LOADER_LIMIT_BYTES ((UINTN)1 << 20)
#define WORDS_LIMIT_BYTES  128u

#define COM1        0x3f8
#define COM1_STATUS 0x3fd
#define CAN_SEND    0x20

static const struct {
    const char *name;
    void (*set)(EFI_BOOT_SERVICES *services);
} words[] = {
    {"five-levels", change_to_five_levels}, {"registers", use_registers},
    {"interrupts", use_interrupts},         {"attributes", enforce_attributes},
    {"no-execute", refuse_attributes},      {"no-low", hide_low_memory},
};

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

void say(const char *text)
{
    for (; *text != '\0'; text++) {
        uint8_t status;

        do {
            __asm__ volatile("inb %1, %0" : "=a"(status) : "Nd"((uint16_t)COM1_STATUS));
        } while ((status & CAN_SEND) == 0);
        __asm__ volatile("outb %0, %1" : : "a"(*text), "Nd"((uint16_t)COM1));
    }
}

static EFI_STATUS read_file(EFI_FILE_HANDLE volume, CHAR16 *path, void *buffer, UINTN *size_bytes)
{
    EFI_FILE_HANDLE file;
    EFI_STATUS status = volume->Open(volume, &file, path, EFI_FILE_MODE_READ, 0);

    if (status == EFI_SUCCESS) {
        status = file->Read(file, size_bytes, buffer);
        file->Close(file);
    }
    return status;
}

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

static EFI_STATUS run_loader(EFI_HANDLE image, EFI_BOOT_SERVICES *services, void *loader,
                             UINTN size_bytes)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *self = NULL;
    EFI_LOADED_IMAGE *loaded = NULL;
    EFI_HANDLE child = NULL;
    EFI_STATUS status = services->LoadImage(FALSE, image, NULL, loader, size_bytes, &child);

    if (status != EFI_SUCCESS ||
        services->HandleProtocol(image, &guid, (void **)&self) != EFI_SUCCESS ||
        services->HandleProtocol(child, &guid, (void **)&loaded) != EFI_SUCCESS) {
        say("state: the loader cannot be loaded\r\n");
        return EFI_LOAD_ERROR;
    }
    loaded->DeviceHandle = self->DeviceHandle;
    return services->StartImage(child, NULL, NULL);
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static char text[WORDS_LIMIT_BYTES];
    static EFI_BOOT_SERVICES original;
    EFI_BOOT_SERVICES *services = system_table->BootServices;
    EFI_GUID image_guid = LOADED_IMAGE_PROTOCOL;
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_LOADED_IMAGE *self = NULL;
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    EFI_FILE_HANDLE volume = NULL;
    void *loader = NULL;
    UINTN text_bytes = sizeof(text) - 1;
    UINTN loader_bytes = LOADER_LIMIT_BYTES;
    EFI_STATUS status;

    if (services->HandleProtocol(image, &image_guid, (void **)&self) != EFI_SUCCESS ||
        services->HandleProtocol(self->DeviceHandle, &volume_guid, (void **)&file_system) !=
            EFI_SUCCESS ||
        file_system->OpenVolume(file_system, &volume) != EFI_SUCCESS ||
        services->AllocatePool(EfiLoaderData, LOADER_LIMIT_BYTES, &loader) != EFI_SUCCESS ||
        read_file(volume, u"\\state", text, &text_bytes) != EFI_SUCCESS ||
        read_file(volume, u"\\loader.efi", loader, &loader_bytes) != EFI_SUCCESS) {
        say("state: /state or /loader.efi cannot be read\r\n");
        return EFI_LOAD_ERROR;
    }
    volume->Close(volume);
    original = *services;
    set_states(text, services);
    status = run_loader(image, services, loader, loader_bytes);
    /* The firmware goes on without this program. */
    *services = original;
    forget_attributes(services);
    return status;
}
