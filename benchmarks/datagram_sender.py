"""Sends datagrams as fast as one process can: `python -m benchmarks.datagram_sender PORT COUNT SIZE`."""

from __future__ import annotations

import socket
import sys


def main(port: int, count: int, size: int) -> None:
    datagram = (b'{"format":"json","version":1}\n' + b"x" * size)[:size]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        send = sender.send
        for _ in range(count):
            send(datagram)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
