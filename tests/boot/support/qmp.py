# SPDX-License-Identifier: BSD-2-Clause
"""A client for QEMU's machine protocol (QMP): one command, one answer."""

import json
import os
import socket
import time

from support.tap import Failure


class Monitor:
    def __init__(self, path, deadline):
        self._socket = socket.socket(socket.AF_UNIX)
        self._deadline = deadline
        while True:
            try:
                self._socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self._socket.settimeout(max(1.0, deadline - time.monotonic()))
        self._stream = self._socket.makefile("rb")
        self._read()  # the greeting
        self.execute("qmp_capabilities")

    def _read(self):
        line = self._stream.readline()
        if not line:
            raise Failure("the guest ended while its monitor was used")
        return json.loads(line)

    def execute(self, command, **arguments):
        """Runs a command and returns its answer; events are skipped."""
        request = {"execute": command}
        if arguments:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._read()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise Failure(f"QMP {command}: {answer['error']['desc']}")

    def human(self, line):
        """Runs a line of the monitor that people use, and returns what it prints."""
        text = self.execute("human-monitor-command", **{"command-line": line})
        return text.replace("\r\n", "\n")

    def read_physical(self, address, size_bytes, folder):
        """Reads guest memory by its physical address."""
        path = os.path.join(folder, "memory")
        self.execute("pmemsave", val=address, size=size_bytes, filename=path)
        with open(path, "rb") as file:
            return file.read()

    def close(self):
        self._stream.close()
        self._socket.close()
