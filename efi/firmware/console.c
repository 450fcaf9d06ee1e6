/* SPDX-License-Identifier: BSD-2-Clause */
/* Text out. */
#include "firmware.h"

#include "console.h"

#include "keys.h"
#include "print.h"
#include "screen.h"
#include "uart.h"

#define LINE_CAPACITY 1200

/* The variables "ConOut" and "ConIn" hold some device paths of a few dozen bytes each (UEFI 3.3). */
#define CONSOLE_PATHS_CAPACITY_BYTES 2048

/* Speaks for itself only once the firmware cannot any more. */
static struct screen screen;
static struct hoist_framebuffer framebuffer;

static struct uart uart;
static bool firmware_has_console;
static bool serial_is_wanted;
static bool console_reaches_serial;
static bool keys_reach_serial; /* then the firmware takes what comes in there */
static bool details_reach_console;
static bool is_quiet;

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

/* `name` is "ConOut" or "ConIn". */
static bool reaches_serial(CHAR16 *name)
{
    static uint8_t paths[CONSOLE_PATHS_CAPACITY_BYTES];
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
    static CHAR16 output_name[] = u"ConOut";
    static CHAR16 input_name[] = u"ConIn";

    firmware_has_console = firmware.system_table->ConOut != NULL;
    console_reaches_serial = firmware_has_console && reaches_serial(output_name);
    keys_reach_serial = reaches_serial(input_name);
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

void console_be_quiet(bool on)
{
    is_quiet = on;
}

bool console_wants_serial(void)
{
    return serial_is_wanted;
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
    if (is_quiet && serial_is_wanted) {
        uart_write(&uart, line);
    } else if (!is_quiet) {
        write(line);
    }
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

    const bool was_quiet = is_quiet;

    problem_sentence(problem, sentence, sizeof(sentence));
    is_quiet = false;
    console_print("hoist: %s: %s\n", kind, sentence);
    is_quiet = was_quiet;
}

void console_warn(const struct problem *problem)
{
    print_problem("warning", problem);
}

void console_error(const struct problem *problem)
{
    print_problem("error", problem);
}

unsigned console_read_serial(void)
{
    char character = 0;

    if (serial_is_wanted && !keys_reach_serial) {
        uart_read(&uart, &character);
    }
    return (unsigned char)character;
}

void console_pause(unsigned seconds)
{
    if (firmware.system_table->ConIn == NULL) {
        return;
    }
    console_print("hoist: back to the firmware after a key, or in %u seconds\n", seconds);
    keys_wait(seconds);
}
