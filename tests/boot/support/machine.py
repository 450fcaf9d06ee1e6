# SPDX-License-Identifier: BSD-2-Clause
"""A guest: QEMU with OVMF, its serial port, its monitor, its end."""

import os
import re
import subprocess
import threading
import time

from support import paths
from support.qmp import Monitor
from support.tap import Failure, check

# isa-debug-exit makes (value << 1) | 1 of what the guest writes to port f4.
STATUS_PASSED = 0x10 << 1 | 1
STATUS_FAILED = 0x11 << 1 | 1
# What our own kernels write when they run though they should have been refused.
STATUS_NOT_REFUSED = 0x2a << 1 | 1

TIME_LIMIT_SECONDS = float(os.environ.get("HOIST_TIME_LIMIT", "120"))

_COMMAND = [paths.QEMU, "-nodefaults", "-no-reboot", "-display", "none", "-net", "none",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]

_MEANINGS = {
    0: "the guest reset or was switched off, as a triple fault does; 0 is never success",
    STATUS_PASSED: "every check passed",
    STATUS_FAILED: "a check of the kernel failed",
    STATUS_NOT_REFUSED: "a kernel ran that should have been refused",
    None: "the time limit ended it",
}

# Cursor movement, colours and modes: ESC [ ... letter, ESC letter, and ESC ( ) with one letter.
_ESCAPE_CODE = re.compile(rb"\x1b(?:\[[0-9;?=]*[A-Za-z]|[()].|[=>78A-Za-z])")


def meaning(status):
    return _MEANINGS.get(status, "QEMU itself failed, or the kernel wrote another value")


def clean(data):
    """The text that a person sees: without escape codes, lines ended by a line feed."""
    text = _ESCAPE_CODE.sub(b"", data).decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "")


class Disk:
    """A raw image and how it is attached. The order of the disks is the order of booting."""

    def __init__(self, path, bus="virtio"):
        self.path = path
        self.bus = bus

    def arguments(self, number):
        drive = f"disk{number}"
        place = f"drive={drive},bootindex={number}"
        device = {
            "virtio": [f"virtio-blk-pci,{place}"],
            "ahci": [f"ahci,id=ahci{number}", f"ide-hd,bus=ahci{number}.0,{place}"],
            "ide": [f"ide-hd,bus=ide.0,{place}"],
            "nvme": [f"nvme,serial={number},{place}"],
            "usb": [f"qemu-xhci,id=usb{number}", f"usb-storage,bus=usb{number}.0,{place}"],
        }[self.bus]
        # What the guest writes is thrown away: OVMF keeps its variables in a file on the volume.
        result = ["-drive", f"if=none,id={drive},format=raw,snapshot=on,file={self.path}"]
        for one in device:
            result += ["-device", one]
        return result


class KeptDisk(Disk):
    """What the guest writes stays on the image."""

    def arguments(self, number):
        return [one.replace("snapshot=on,", "") for one in super().arguments(number)]


class Machine:
    """
    A running guest. Use it in a with statement: at the end QEMU is gone, whatever happened.

    Instructions are counted and an idle guest does not wait (-icount sleep=off): pauses of the
    loader cost no time, and every boot of the same bytes is the same boot.
    """

    def __init__(self, disks, cpu="max", memory="512M", board="q35", devices=(), serial=True,
                 monitor=False, arguments=(), ticks="shift=6", firmware=paths.FIRMWARE):
        self._folder = paths.scratch_folder()
        self._bytes = bytearray()
        self._news = threading.Condition()
        self._closed = False
        self.status = None
        self.monitor = None
        command = ["-M", "q35,smm=off" if board == "q35" else board, "-cpu", cpu, "-m", memory,
                   "-serial", "stdio" if serial else "none", "-icount", f"{ticks},sleep=off",
                   "-drive", f"if=pflash,format=raw,readonly=on,file={firmware}"]
        for number, disk in enumerate(disks):
            command += disk.arguments(number)
        for device in devices:
            command += ["-device", device]
        socket_path = os.path.join(self._folder.name, "monitor")
        if monitor:
            command += ["-qmp", f"unix:{socket_path},server=on,wait=off"]
        self.command = [*_COMMAND, *command, *arguments]
        self._deadline = time.monotonic() + TIME_LIMIT_SECONDS
        self._process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if monitor:
            self.monitor = Monitor(socket_path, self._deadline)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass
        if self.monitor is not None:
            self.monitor.close()
        self._folder.cleanup()
        if isinstance(value, Failure):
            value.args = (self.describe(str(value)),)

    def _read(self):
        while True:
            data = self._process.stdout.read1(65536)
            with self._news:
                self._bytes += data
                self._closed = not data
                self._news.notify_all()
            if not data:
                return

    @property
    def log(self):
        with self._news:
            return clean(bytes(self._bytes))

    def describe(self, text):
        """The failure's text, and all that is needed to understand and repeat it."""
        return (f"{text}\nQEMU: {' '.join(self.command)}\n"
                f"--- serial log ---\n{self.log}\n--- end of the serial log ---")

    def wait_for(self, words):
        """Waits until the words appear in the log."""
        with self._news:
            while words not in clean(bytes(self._bytes)):
                left = self._deadline - time.monotonic()
                check(not self._closed, f"the guest ended before it said {words!r}")
                check(left > 0, f"the time limit came before {words!r}")
                self._news.wait(left)

    def wait_until(self, condition):
        """Waits until the condition, a function, holds: for a guest that says nothing."""
        while not condition():
            check(time.monotonic() < self._deadline, "the time limit came before what was waited for")
            time.sleep(0.2)

    def type(self, keys):
        """Sends characters to the serial port, as a terminal does."""
        self._process.stdin.write(keys.encode())
        self._process.stdin.flush()

    def finish(self):
        """Waits for the guest's end and returns QEMU's status; None: the time limit ended it."""
        try:
            self.status = self._process.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        return self.status

    def expect_status(self, expected):
        status = self.finish()
        if status != expected:
            errors = self._process.stderr.read().decode("utf-8", "replace").strip()
            raise Failure(f"expected status {expected} ({meaning(expected)}), "
                          f"got {status} ({meaning(status)}) {errors}")
