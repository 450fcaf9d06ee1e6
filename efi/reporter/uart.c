/* SPDX-License-Identifier: BSD-2-Clause */
/* A 16550 UART at the PC's first port. */
#include "uart.h"

#include <stdint.h>

#define COM1 UINT16_C(0x3f8)

enum uart_register {
    UART_DATA = 0,       /* divisor, low byte, while DLAB is set */
    UART_INTERRUPTS = 1, /* divisor, high byte, while DLAB is set */
    UART_FIFO_CONTROL = 2,
    UART_LINE_CONTROL = 3,
    UART_MODEM_CONTROL = 4,
    UART_LINE_STATUS = 5,
};

#define LINE_8N1              UINT8_C(0x03)
#define LINE_DLAB             UINT8_C(0x80)
#define FIFO_ENABLE_AND_CLEAR UINT8_C(0x07)
#define MODEM_DTR_RTS         UINT8_C(0x03)
#define STATUS_HAS_DATA       UINT8_C(0x01)
#define STATUS_CAN_SEND       UINT8_C(0x20)
#define STATUS_ABSENT         UINT8_C(0xff) /* what a port without a device reads */
#define DIVISOR_115200        UINT8_C(1)

/* A character takes under 100 us at 115200 baud, and a port access takes about 1 us. */
#define WAIT_LIMIT 20000u

static void port_write(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t port_read(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static uint8_t line_status(void)
{
    return port_read(COM1 + UART_LINE_STATUS);
}

static void send(struct uart *uart, char character)
{
    for (unsigned i = 0; i < WAIT_LIMIT && uart->is_there; i++) {
        const uint8_t status = line_status();

        if (status == STATUS_ABSENT) {
            break;
        }
        if ((status & STATUS_CAN_SEND) != 0) {
            port_write(COM1 + UART_DATA, (uint8_t)character);
            return;
        }
    }
    uart->is_there = false; /* it does not take anything: no further line shall wait for it */
}

void uart_open(struct uart *uart, bool is_set_up)
{
    uart->is_there = line_status() != STATUS_ABSENT;
    if (!uart->is_there || is_set_up) {
        return;
    }
    port_write(COM1 + UART_INTERRUPTS, 0);
    port_write(COM1 + UART_LINE_CONTROL, LINE_DLAB);
    port_write(COM1 + UART_DATA, DIVISOR_115200);
    port_write(COM1 + UART_INTERRUPTS, 0);
    port_write(COM1 + UART_LINE_CONTROL, LINE_8N1);
    port_write(COM1 + UART_FIFO_CONTROL, FIFO_ENABLE_AND_CLEAR);
    port_write(COM1 + UART_MODEM_CONTROL, MODEM_DTR_RTS);
}

bool uart_read(const struct uart *uart, char *character)
{
    const uint8_t status = uart->is_there ? line_status() : 0;

    if (status == STATUS_ABSENT || (status & STATUS_HAS_DATA) == 0) {
        return false;
    }
    *character = (char)port_read(COM1 + UART_DATA);
    return true;
}

void uart_write(struct uart *uart, const char *string)
{
    for (; *string != '\0' && uart->is_there; string++) {
        if (*string == '\n') {
            send(uart, '\r');
        }
        send(uart, *string);
    }
}
