/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the faults, doctors the tables, runs the loader. */
#include "faulty.h"

#define FAULTS_LIMIT_BYTES 8192u
#define LOADER_LIMIT_BYTES ((UINTN)1 << 20)
#define TABLES_LIMIT       64u
#define SWEEP_LIMIT        400u
#define WATCHDOG_CODE      0x10000u /* the first that is not the firmware's own (UEFI 7.5) */

/* What a run needs. */
struct parent {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *system_table;
    EFI_HANDLE device;
    void *loader;
    UINTN loader_bytes;
};

struct held held;
EFI_BOOT_SERVICES *real;

/* The tables that the loader sees, in memory of the type that a kernel expects them in. */
struct doctored {
    EFI_SYSTEM_TABLE system;
    EFI_BOOT_SERVICES services;
    EFI_CONFIGURATION_TABLE tables[TABLES_LIMIT];
};

static struct doctored *doctored;

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

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
    sweep_came = false;
    files_wrap(&doctored->services);
    memory_wrap(&doctored->services);
    leave_wrap(&doctored->services);
    graphics_wrap(&doctored->services);
    copy_tables(original);
    system->BootServices = &doctored->services;
    if (faults.no_conout != 0) {
        system->ConOut = NULL;
        system->ConsoleOutHandle = NULL;
    }
    if (faults.no_conin != 0) {
        system->ConIn = NULL;
        system->ConsoleInHandle = NULL;
    }
    if (faults.no_stderr != 0) {
        system->StdErr = NULL;
        system->StandardErrorHandle = NULL;
    }
    seal(&doctored->services.Hdr);
    seal(&system->Hdr);
}

static EFI_STATUS run_loader(const struct parent *parent)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *loaded = NULL;
    EFI_HANDLE child = NULL;
    EFI_STATUS status =
        real->LoadImage(FALSE, parent->image, NULL, parent->loader, parent->loader_bytes, &child);

    if (status == EFI_SUCCESS) {
        status = real->HandleProtocol(child, &guid, (void **)&loaded);
    }
    if (status != EFI_SUCCESS) {
        say("faulty: the loader cannot be loaded\r\n");
        return status;
    }
    loaded->DeviceHandle = faults.no_device ? NULL : parent->device;
    loaded->SystemTable = &doctored->system;
    return real->StartImage(child, NULL, NULL);
}

/* One run, and what was left of it. */
static void run(const struct parent *parent)
{
    const uint64_t free_before = memory_count_free();
    uint64_t free_after;
    EFI_STATUS status;

    doctor(parent->system_table);
    real->SetWatchdogTimer(faults.watchdog, WATCHDOG_CODE, 0, NULL);
    status = run_loader(parent);
    real->SetWatchdogTimer(0, WATCHDOG_CODE, 0, NULL);
    memory_release();
    free_after = memory_count_free();
    say("\r\nfaulty: end of run:");
    say_number("status", status & ~((UINTN)1 << 63));
    say_number("pages", held.page_count);
    say_number("files", held.file_count);
    say_number("events", held.event_count);
    say_number("free-before", free_before);
    say_number("free-after", free_after);
    say("\r\n");
}

/* Every line is a run, or a sweep of runs that ends with the first one without the fault. */
static void run_all(const struct parent *parent, const char *text)
{
    for (UINTN line = 1; *text != '\0'; line++) {
        const char *next = text;

        faults_read(&next);
        for (UINTN number = 1; number <= SWEEP_LIMIT; number++) {
            if (sweep != NULL) {
                *sweep = number;
            }
            say("\r\nfaulty: run:");
            say_number("line", line);
            say_number("number", number);
            say("\r\n");
            run(parent);
            if (sweep == NULL || !sweep_came) {
                break;
            }
        }
        text = next;
    }
    say("faulty: done\r\n");
}

static bool open_parent(struct parent *parent, char *text, UINTN text_bytes)
{
    EFI_GUID image_guid = LOADED_IMAGE_PROTOCOL;
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_LOADED_IMAGE *self = NULL;
    EFI_FILE_IO_INTERFACE *file_system = NULL;
    EFI_FILE_HANDLE volume = NULL;
    bool done;

    if (real->HandleProtocol(parent->image, &image_guid, (void **)&self) != EFI_SUCCESS ||
        real->HandleProtocol(self->DeviceHandle, &volume_guid, (void **)&file_system) !=
            EFI_SUCCESS ||
        file_system->OpenVolume(file_system, &volume) != EFI_SUCCESS) {
        return false;
    }
    parent->device = self->DeviceHandle;
    done = real->AllocatePool(EfiLoaderData, LOADER_LIMIT_BYTES, &parent->loader) == EFI_SUCCESS &&
           real->AllocatePool(EfiRuntimeServicesData, sizeof(*doctored), (void **)&doctored) ==
               EFI_SUCCESS &&
           map_prepare() && read_file(volume, u"\\faults", text, &text_bytes) == EFI_SUCCESS &&
           read_file(volume, u"\\loader.efi", parent->loader, &parent->loader_bytes) == EFI_SUCCESS;
    volume->Close(volume);
    return done;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static char text[FAULTS_LIMIT_BYTES];
    struct parent parent = {
        .image = image, .system_table = system_table, .loader_bytes = LOADER_LIMIT_BYTES};

    real = system_table->BootServices;
    if (!open_parent(&parent, text, sizeof(text) - 1)) {
        say("faulty: /faults or /loader.efi cannot be read\r\n");
        return EFI_LOAD_ERROR;
    }
    run_all(&parent, text);
    return EFI_LOAD_ERROR;
}
