# SPDX-License-Identifier: MIT
"""A listener on a free port of the loopback address, visited by a child of its own."""

import os
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(1)
port = listener.getsockname()[1]
with open(sys.argv[1], "w", encoding="ascii") as f:
    f.write(f"{port}\n")
if os.fork() == 0:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
        visitor.sendall(b"hello\n")
    os._exit(0)
peer, _ = listener.accept()
print("the service was told:", peer.recv(64).decode().strip())
os.wait()
