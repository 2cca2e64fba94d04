# SPDX-License-Identifier: MIT
"""The audit protocol as far as tests speak it by themselves: the same messages over netlink and over an engine's socket."""

import errno
import os
import select
import socket
import struct

NETLINK_AUDIT = 9
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLMSG_ERROR, NLMSG_DONE = 2, 3
HEADER = struct.Struct("=IHHII")
STATUS = struct.Struct("=11I")
STATUS_FIELDS = ["mask", "enabled", "failure", "pid", "rate_limit", "backlog_limit", "lost", "backlog", "features",
                 "backlog_wait_time", "backlog_wait_time_actual"]
MASK = {"enabled": 1, "failure": 2, "pid": 4, "rate_limit": 8, "backlog_limit": 16, "backlog_wait_time": 32, "lost": 64}

GET, SET, LIST_RULES, ADD_RULE, DEL_RULE, SIGNAL_INFO = 1000, 1001, 1013, 1011, 1012, 1010
REPLACE = 1329
ANSWER_TIMEOUT = 10  # seconds
BUFFER = 1 << 17     # bytes, more than any datagram


class Link:
    """One connection: to the kernel, or to the engine whose control.sock is at path."""

    def __init__(self, path=None):
        self.seq = 0
        if path:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
            self.sock.connect(path)
        else:
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_AUDIT)
            self.sock.connect((0, 0))

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send_raw(self, datagram):
        self.sock.send(datagram)

    def receive_raw(self, timeout=ANSWER_TIMEOUT):
        """The next datagram; None: nothing came in time, or nobody is there any more."""
        if not select.select([self.sock], [], [], timeout)[0]:
            return None
        return self.sock.recv(BUFFER) or None

    def receive(self, timeout=ANSWER_TIMEOUT):
        """(type, seq, payload) of the next datagram, or None."""
        data = self.receive_raw(timeout)
        if data is None:
            return None
        _, kind, _, seq, _ = HEADER.unpack_from(data)
        return kind, seq, data[HEADER.size:]  # not nlmsg_len: it leaves the header out in records (spec kernel 1.2)

    def answer(self):
        while True:
            message = self.receive()
            if message is None:
                raise TimeoutError(errno.ETIMEDOUT, "no answer")
            if message[1] == self.seq:
                return message

    def request(self, kind, payload=b"", length=None, flags=NLM_F_REQUEST | NLM_F_ACK):
        """The number in the answer: 0, a negative errno, or what the request answers."""
        self.seq += 1
        length = HEADER.size + len(payload) if length is None else length
        self.send_raw(HEADER.pack(length, kind, flags, self.seq, 0) + payload)
        while True:
            got, _, data = self.answer()
            if got == NLMSG_ERROR:
                return struct.unpack_from("=i", data)[0]

    def status(self):
        r = self.request(GET)
        if r:
            raise OSError(-r, os.strerror(-r))
        while True:
            kind, _, data = self.answer()
            if kind == GET:
                return dict(zip(STATUS_FIELDS, STATUS.unpack_from(data.ljust(STATUS.size, b"\0"))))

    def set(self, field, value):
        values = [0] * len(STATUS_FIELDS)
        values[0] = MASK[field]
        values[STATUS_FIELDS.index(field)] = value
        return self.request(SET, STATUS.pack(*values))

    def rules(self):
        """The payload of each loaded rule."""
        r = self.request(LIST_RULES)
        if r:
            raise OSError(-r, os.strerror(-r))
        found = []
        while True:
            kind, _, data = self.answer()
            if kind == LIST_RULES:
                size = 1040 + struct.unpack_from("=I", data, 1036)[0]
                found.append(data[:size])
            elif kind == NLMSG_DONE:
                return found
