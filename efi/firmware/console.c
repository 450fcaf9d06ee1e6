/* SPDX-License-Identifier: BSD-2-Clause */
/* Text out, keys in. */
#include "firmware.h"

#include "console.h"

#include "print.h"
#include "screen.h"
#include "uart.h"

#define LINE_CAPACITY 1200

/* The "ConOut" variable holds some device paths of a few dozen bytes each (UEFI 3.3). */
#define CONSOLE_PATHS_CAPACITY_BYTES 2048

#define TICKS_PER_SECOND UINT64_C(10000000) /* SetTimer counts in 100 ns (UEFI 7.1) */

/* Speaks for itself only once the firmware cannot any more. */
static struct screen screen;
static struct hoist_framebuffer framebuffer;

static struct uart uart;
static bool firmware_has_console;
static bool serial_is_wanted;
static bool console_reaches_serial;
static bool details_reach_console;

/*
 * Whether one of the device paths, as they lie in the variable, has a UART in it (UEFI 10.3.4.15).
 */
static bool has_uart(const uint8_t *bytes, size_t size_bytes)
{
    size_t at = 0;

    while (size_bytes - at >= sizeof(EFI_DEVICE_PATH)) {
        const size_t node_bytes = bytes[at + 2] | (size_t)bytes[at + 3] << 8;

        if (bytes[at] == MESSAGING_DEVICE_PATH && bytes[at + 1] == MSG_UART_DP) {
            return true;
        }
        if (node_bytes < sizeof(EFI_DEVICE_PATH) || node_bytes > size_bytes - at) {
            return false;
        }
        at += node_bytes;
    }
    return false;
}

static bool find_serial_console(void)
{
    static uint8_t paths[CONSOLE_PATHS_CAPACITY_BYTES];
    static CHAR16 name[] = u"ConOut";
    EFI_GUID vendor = EFI_GLOBAL_VARIABLE;
    UINTN size_bytes = sizeof(paths);

    return firmware.runtime->GetVariable(name, &vendor, NULL, &size_bytes, paths) == EFI_SUCCESS &&
           has_uart(paths, size_bytes);
}

/* The console's fonts need not know more than ASCII. */
static void write_firmware_console(const char *string)
{
    CHAR16 wide[64];
    size_t length = 0;

    while (*string != '\0') {
        if (*string == '\n') {
            wide[length++] = u'\r';
        }
        if (((uint8_t)*string & 0xc0) != 0x80) { /* one mark for each character beyond ASCII */
            wide[length++] = (uint8_t)*string < 0x80 ? (CHAR16)*string : u'?';
        }
        string++;
        if (length >= sizeof(wide) / sizeof(wide[0]) - 3 || *string == '\0') {
            wide[length] = 0;
            firmware.system_table->ConOut->OutputString(firmware.system_table->ConOut, wide);
            length = 0;
        }
    }
}

static void write(const char *string)
{
    if (firmware_has_console) {
        write_firmware_console(string);
    }
    if (serial_is_wanted && !console_reaches_serial) {
        uart_write(&uart, string);
    }
    screen_write(&screen, string);
}

void console_open(void)
{
    firmware_has_console = firmware.system_table->ConOut != NULL;
    console_reaches_serial = firmware_has_console && find_serial_console();
    serial_is_wanted = true;
    uart_open(&uart, console_reaches_serial);
}

void console_use_serial(bool on)
{
    serial_is_wanted = on;
}

void console_show_details(bool on)
{
    details_reach_console = on;
}

void console_use_screen(const struct hoist_framebuffer *shown)
{
    framebuffer = *shown;
    framebuffer.address = shown->physical_base;
}

void console_leave_firmware(void)
{
    firmware_has_console = false;
    console_reaches_serial = false;
    screen_open(&screen, &framebuffer);
}

static char line[LINE_CAPACITY];

void console_print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_to_v(line, sizeof(line), format, arguments);
    va_end(arguments);
    write(line);
}

void console_detail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_to_v(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (details_reach_console) {
        write(line);
    } else if (serial_is_wanted) {
        uart_write(&uart, line);
    }
}

static void print_problem(const char *kind, const struct problem *problem)
{
    static char sentence[PROBLEM_SENTENCE_CAPACITY];

    problem_sentence(problem, sentence, sizeof(sentence));
    console_print("hoist: %s: %s\n", kind, sentence);
}

void console_warn(const struct problem *problem)
{
    print_problem("warning", problem);
}

void console_error(const struct problem *problem)
{
    print_problem("error", problem);
}

char console_wait_key(unsigned seconds)
{
    SIMPLE_INPUT_INTERFACE *keys = firmware.system_table->ConIn;
    EFI_EVENT events[2];
    EFI_INPUT_KEY key = {0};
    UINTN event_count = 1;
    UINTN which = 0;

    if (keys == NULL) {
        return 0;
    }
    events[0] = keys->WaitForKey;
    if (seconds != 0) {
        if (firmware.boot->CreateEvent(EVT_TIMER, TPL_APPLICATION, NULL, NULL, &events[1]) !=
            EFI_SUCCESS) {
            return 0;
        }
        firmware.boot->SetTimer(events[1], TimerRelative, seconds * TICKS_PER_SECOND);
        event_count = 2;
    }
    if (firmware.boot->WaitForEvent(event_count, events, &which) != EFI_SUCCESS || which != 0 ||
        keys->ReadKeyStroke(keys, &key) != EFI_SUCCESS) {
        key.UnicodeChar = 0;
    }
    if (seconds != 0) {
        firmware.boot->CloseEvent(events[1]);
    }
    return (char)key.UnicodeChar;
}

void console_pause(unsigned seconds)
{
    if (firmware.system_table->ConIn == NULL) {
        return;
    }
    console_print("hoist: back to the firmware after a key, or in %u seconds\n", seconds);
    console_wait_key(seconds);
}
