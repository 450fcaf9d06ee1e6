/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the faults, doctors the tables, runs the loader. */
#include "faulty.h"

#define FAULTS_LIMIT_BYTES 512u
#define LOADER_LIMIT_BYTES ((UINTN)1 << 20)
#define TABLES_LIMIT       64u
#define ROUND_LIMIT        64u

#define COM1        0x3f8
#define COM1_STATUS 0x3fd
#define CAN_SEND    0x20

struct faults faults;
struct held held;
EFI_BOOT_SERVICES *real;

/* The tables that the loader sees, in memory of the type that a kernel expects them in. */
struct doctored {
    EFI_SYSTEM_TABLE system;
    EFI_BOOT_SERVICES services;
    EFI_CONFIGURATION_TABLE tables[TABLES_LIMIT];
};

static struct doctored *doctored;

static const struct {
    const char *name;
    UINTN *number;
} words[] = {
    {"no-conout", &faults.no_conout},
    {"no-conin", &faults.no_conin},
    {"no-stderr", &faults.no_stderr},
    {"no-acpi", &faults.no_acpi},
    {"no-tables", &faults.no_tables},
    {"no-device", &faults.no_device},
    {"stale-keys", &faults.stale_keys},
    {"places-taken", &faults.places_taken},
    {"growing-map", &faults.growing_map},
    {"outgrown-map", &faults.outgrown_map},
    {"fail-allocation", &faults.fail_allocation},
    {"fail-each-allocation", &faults.fail_each_allocation},
    {"short-reads", &faults.short_reads},
    {"end-at", &faults.end_at},
    {"broken-at", &faults.broken_at},
};

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static void say_character(char character)
{
    uint8_t status;

    do {
        __asm__ volatile("inb %1, %0" : "=a"(status) : "Nd"((uint16_t)COM1_STATUS));
    } while ((status & CAN_SEND) == 0);
    __asm__ volatile("outb %0, %1" : : "a"(character), "Nd"((uint16_t)COM1));
}

void say(const char *text)
{
    while (*text != '\0') {
        say_character(*text++);
    }
}

void say_number(const char *name, uint64_t number)
{
    char digits[21];
    size_t first = sizeof(digits) - 1;

    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    say(" ");
    say(name);
    say(" ");
    say(digits + first);
}

/* The name of a word, which ends at a blank, at `=` or at the text's end; its length, or 0. */
static size_t match(const char *text, const char *name)
{
    size_t length = 0;

    while (name[length] != '\0' && text[length] == name[length]) {
        length++;
    }
    return name[length] == '\0' && (text[length] <= ' ' || text[length] == '=') ? length : 0;
}

static void read_faults(const char *text)
{
    while (*text != '\0') {
        bool known = *text <= ' ';

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            const size_t length = match(text, words[i].name);

            if (length == 0) {
                continue;
            }
            known = true;
            text += length;
            *words[i].number = *text == '=' ? 0 : 1;
            for (text += *text == '='; *text >= '0' && *text <= '9'; text++) {
                *words[i].number = *words[i].number * 10 + (UINTN)(*text - '0');
            }
        }
        if (!known) {
            say("faulty: unknown fault\r\n");
        }
        while (*text > ' ') {
            text++;
        }
        while (*text != '\0' && *text <= ' ') {
            text++;
        }
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

static bool is_acpi(const EFI_CONFIGURATION_TABLE *table)
{
    static const EFI_GUID guids[] = {ACPI_20_TABLE_GUID, ACPI_TABLE_GUID};

    return __builtin_memcmp(&table->VendorGuid, &guids[0], sizeof(guids[0])) == 0 ||
           __builtin_memcmp(&table->VendorGuid, &guids[1], sizeof(guids[1])) == 0;
}

static void copy_tables(const EFI_SYSTEM_TABLE *original)
{
    UINTN count = 0;

    for (UINTN i = 0; i < original->NumberOfTableEntries && count < TABLES_LIMIT; i++) {
        if (!faults.no_acpi || !is_acpi(&original->ConfigurationTable[i])) {
            doctored->tables[count++] = original->ConfigurationTable[i];
        }
    }
    doctored->system.NumberOfTableEntries = faults.no_tables ? 0 : count;
    doctored->system.ConfigurationTable = faults.no_tables ? NULL : doctored->tables;
}

static void seal(EFI_TABLE_HEADER *header)
{
    header->CRC32 = 0;
    real->CalculateCrc32(header, header->HeaderSize, &header->CRC32);
}

static void doctor(const EFI_SYSTEM_TABLE *original)
{
    EFI_SYSTEM_TABLE *system = &doctored->system;

    *system = *original;
    doctored->services = *real;
    held = (struct held){0};
    files_wrap(&doctored->services);
    memory_wrap(&doctored->services);
    copy_tables(original);
    system->BootServices = &doctored->services;
    system->ConOut = faults.no_conout ? NULL : original->ConOut;
    system->ConIn = faults.no_conin ? NULL : original->ConIn;
    system->StdErr = faults.no_stderr ? NULL : original->StdErr;
    seal(&doctored->services.Hdr);
    seal(&system->Hdr);
}

static EFI_STATUS run_loader(EFI_HANDLE image, EFI_HANDLE device, void *loader, UINTN size_bytes)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *loaded = NULL;
    EFI_HANDLE child = NULL;
    EFI_STATUS status = real->LoadImage(FALSE, image, NULL, loader, size_bytes, &child);

    if (status == EFI_SUCCESS) {
        status = real->HandleProtocol(child, &guid, (void **)&loaded);
    }
    if (status != EFI_SUCCESS) {
        say("faulty: the loader cannot be loaded\r\n");
        return status;
    }
    loaded->DeviceHandle = faults.no_device ? NULL : device;
    loaded->SystemTable = &doctored->system;
    return real->StartImage(child, NULL, NULL);
}

static void say_end(UINTN round, EFI_STATUS status)
{
    say("\r\nfaulty:");
    say_number("round", round);
    say_number("status", status & ~((UINTN)1 << 63));
    say_number("pages", held.page_count);
    say_number("files", held.file_count);
    say_number("events", held.event_count);
    say("\r\n");
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static char text[FAULTS_LIMIT_BYTES];
    EFI_GUID image_guid = LOADED_IMAGE_PROTOCOL;
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_LOADED_IMAGE *self = NULL;
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    EFI_FILE_HANDLE volume = NULL;
    void *loader = NULL;
    UINTN text_bytes = sizeof(text) - 1;
    UINTN loader_bytes = LOADER_LIMIT_BYTES;
    EFI_STATUS status;

    real = system_table->BootServices;
    if (real->HandleProtocol(image, &image_guid, (void **)&self) != EFI_SUCCESS ||
        real->HandleProtocol(self->DeviceHandle, &volume_guid, (void **)&file_system) !=
            EFI_SUCCESS ||
        file_system->OpenVolume(file_system, &volume) != EFI_SUCCESS ||
        real->AllocatePool(EfiLoaderData, LOADER_LIMIT_BYTES, &loader) != EFI_SUCCESS ||
        real->AllocatePool(EfiRuntimeServicesData, sizeof(*doctored), (void **)&doctored) !=
            EFI_SUCCESS ||
        read_file(volume, u"\\faults", text, &text_bytes) != EFI_SUCCESS ||
        read_file(volume, u"\\loader.efi", loader, &loader_bytes) != EFI_SUCCESS) {
        say("faulty: /faults or /loader.efi cannot be read\r\n");
        return EFI_LOAD_ERROR;
    }
    volume->Close(volume);
    read_faults(text);
    for (UINTN round = 1;; round++) {
        if (faults.fail_each_allocation) {
            faults.fail_allocation = round;
        }
        doctor(system_table);
        status = run_loader(image, self->DeviceHandle, loader, loader_bytes);
        say_end(round, status);
        if (!faults.fail_each_allocation || round == ROUND_LIMIT) {
            return status;
        }
    }
}
