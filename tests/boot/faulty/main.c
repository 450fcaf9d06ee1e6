/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the faults, doctors the tables, runs the loader. */
#include "faulty.h"

#define FAULTS_LIMIT_BYTES 8192u
#define TABLES_LIMIT       64u
#define SWEEP_LIMIT        400u
#define WATCHDOG_CODE      0x10000u /* the first that is not the firmware's own (UEFI 7.5) */

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
    EFI_LOADED_IMAGE *loaded = NULL;
    EFI_HANDLE child = NULL;
    EFI_STATUS status = parent_load(parent, &child, &loaded);

    if (status != EFI_SUCCESS) {
        return status;
    }
    loaded->DeviceHandle = faults.no_device ? NULL : parent->device;
    loaded->SystemTable = &doctored->system;
    return real->StartImage(child, NULL, NULL);
}

/* One run, and what was left of it. */
static void run(const struct parent *parent, const EFI_SYSTEM_TABLE *original)
{
    const uint64_t free_before = memory_count_free();
    uint64_t free_after;
    EFI_STATUS status;

    doctor(original);
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
static void run_all(const struct parent *parent, const EFI_SYSTEM_TABLE *original, const char *text)
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
            run(parent, original);
            if (sweep == NULL || !sweep_came) {
                break;
            }
        }
        text = next;
    }
    say("faulty: done\r\n");
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static char text[FAULTS_LIMIT_BYTES];
    const struct parent_words words = {u"\\faults", text, sizeof(text)};
    struct parent parent = {.image = image, .services = system_table->BootServices};

    real = system_table->BootServices;
    if (!parent_open(&parent, &words) ||
        real->AllocatePool(EfiRuntimeServicesData, sizeof(*doctored), (void **)&doctored) !=
            EFI_SUCCESS ||
        !map_prepare()) {
        say("faulty: /faults or /loader.efi cannot be read\r\n");
        return EFI_LOAD_ERROR;
    }
    run_all(&parent, system_table, text);
    return EFI_LOAD_ERROR;
}
