/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for a key without keeping the CPU busy. */
#include "firmware.h"

#include "keys.h"

#include "choice.h"
#include "console.h"

/* How often the serial port is looked at; SetTimer counts in 100 ns (UEFI 7.1). */
#define LOOKS_PER_SECOND UINT64_C(20)
#define LOOK_TICKS       (UINT64_C(10000000) / LOOKS_PER_SECOND)

/* Keys without a character (UEFI 12.3.4). Those that mean nothing here are some character. */
#define SCAN_CODE_UP   0x01
#define SCAN_CODE_DOWN 0x02
#define OTHER_KEY      0xffffu

static unsigned read_key(SIMPLE_INPUT_INTERFACE *input)
{
    EFI_INPUT_KEY key = {0};

    if (input == NULL || input->ReadKeyStroke(input, &key) != EFI_SUCCESS) {
        return console_read_serial();
    }
    if (key.UnicodeChar != 0) {
        return key.UnicodeChar;
    }
    switch (key.ScanCode) {
    case 0: return 0;
    case SCAN_CODE_UP: return CHOICE_KEY_UP;
    case SCAN_CODE_DOWN: return CHOICE_KEY_DOWN;
    default: return OTHER_KEY;
    }
}

unsigned keys_wait(unsigned seconds)
{
    SIMPLE_INPUT_INTERFACE *input = firmware.system_table->ConIn;
    EFI_EVENT events[2] = {NULL, input == NULL ? NULL : input->WaitForKey};
    uint64_t looks = seconds * LOOKS_PER_SECOND;
    unsigned key;

    if ((input == NULL && seconds == 0) ||
        firmware.boot->CreateEvent(EVT_TIMER, TPL_APPLICATION, NULL, NULL, &events[0]) !=
            EFI_SUCCESS) {
        return 0;
    }
    firmware.boot->SetTimer(events[0], TimerPeriodic, LOOK_TICKS);
    for (key = read_key(input); key == 0 && (seconds == 0 || looks != 0); key = read_key(input)) {
        UINTN which = 0;

        if (firmware.boot->WaitForEvent(input == NULL ? 1 : 2, events, &which) != EFI_SUCCESS) {
            break;
        }
        looks -= which == 0 ? 1 : 0;
    }
    firmware.boot->CloseEvent(events[0]);
    return key;
}
