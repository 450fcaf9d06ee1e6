/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1, a 16550 UART. Every wait has a bound: a machine without a port must not hang. */
#include "serial.h"

#include <stdbool.h>
#include <stdint.h>

#include "cpu.h"

#define SERIAL_BASE          0x3f8
#define SERIAL_DATA          (SERIAL_BASE + 0)
#define SERIAL_INTERRUPTS    (SERIAL_BASE + 1)
#define SERIAL_FIFO          (SERIAL_BASE + 2)
#define SERIAL_LINE_CONTROL  (SERIAL_BASE + 3)
#define SERIAL_MODEM_CONTROL (SERIAL_BASE + 4)
#define SERIAL_LINE_STATUS   (SERIAL_BASE + 5)
#define SERIAL_SCRATCH       (SERIAL_BASE + 7)

#define SERIAL_LINE_8N1        0x03
#define SERIAL_LINE_DIVISOR    0x80 /* the data and interrupt registers hold the divisor */
#define SERIAL_DIVISOR_115200  1
#define SERIAL_FIFO_ON         0x07 /* both emptied */
#define SERIAL_MODEM_READY     0x03 /* DTR and RTS */
#define SERIAL_STATUS_CAN_SEND 0x20
#define SERIAL_SCRATCH_PROBE   0x5a

/* A read of a port takes about a microsecond and sending a byte 87: far more than one byte needs.
 */
#define SERIAL_WAIT_READS 100000

static bool serial_present;

void serial_start(void)
{
    /* Where there is no UART the bus reads FF, and the scratch register keeps nothing. */
    cpu_port_write(SERIAL_SCRATCH, SERIAL_SCRATCH_PROBE);
    serial_present = cpu_port_read(SERIAL_SCRATCH) == SERIAL_SCRATCH_PROBE;
    if (!serial_present) {
        return;
    }
    cpu_port_write(SERIAL_INTERRUPTS, 0);
    cpu_port_write(SERIAL_LINE_CONTROL, SERIAL_LINE_DIVISOR);
    cpu_port_write(SERIAL_DATA, SERIAL_DIVISOR_115200);
    cpu_port_write(SERIAL_INTERRUPTS, 0);
    cpu_port_write(SERIAL_LINE_CONTROL, SERIAL_LINE_8N1);
    cpu_port_write(SERIAL_FIFO, SERIAL_FIFO_ON);
    cpu_port_write(SERIAL_MODEM_CONTROL, SERIAL_MODEM_READY);
}

/* A port that does not take a byte in time is taken as gone: the run goes on in silence. */
static void serial_send(uint8_t byte)
{
    for (uint32_t i = 0; i < SERIAL_WAIT_READS; i++) {
        if ((cpu_port_read(SERIAL_LINE_STATUS) & SERIAL_STATUS_CAN_SEND) != 0) {
            cpu_port_write(SERIAL_DATA, byte);
            return;
        }
    }
    serial_present = false;
}

void serial_write(char byte)
{
    if (byte == '\n' && serial_present) {
        serial_send('\r');
    }
    if (serial_present) {
        serial_send((uint8_t)byte);
    }
}
