"""Clients that keep one connection each and ask again when they were answered.

They run in processes of their own, many to a process, over plain sockets: what they cost beside
the server is measured, and told.
"""

import multiprocessing
import os
import re
import selectors
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from time import perf_counter, process_time
from typing import Any

HOST = "127.0.0.1"
PROCESSES = 2
MOST_REQUESTS = 200_000  # of one process: a measurement ends
PATIENCE_SECONDS = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

# The next request of a client as bytes, drawn with the client's own dice.
Draw = Callable[[Random], bytes]


@dataclass
class Seen:
    """What clients saw while it was measured. Times in milliseconds."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    cpu: float = 0.0  # of the clients themselves, in milliseconds

    def add(self, other: "Seen") -> None:
        self.seconds = max(self.seconds, other.seconds)
        self.times += other.times
        self.statuses += other.statuses
        self.cpu += other.cpu


class _Line:
    """One client's connection, and what has come of the answer so far."""

    def __init__(self, port: int, number: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.dice = Random(number)
        self.asked_at = 0.0
        self.received = b""

    def ask(self, draw: Draw) -> None:
        self.received = b""
        request = draw(self.dice)
        self.asked_at = perf_counter()
        self.socket.sendall(request)

    def answered(self) -> int | None:
        """The status once the whole answer is there."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("The server closed a connection.")
        self.received += part
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = _LENGTH.search(head)
        assert length, head
        return int(head[9:12]) if len(body) >= int(length[1]) else None


def drive(port: int, draw: Draw, *, clients: int, seconds: float) -> Seen:
    """Let so many clients ask what `draw` says, for so long."""
    shares = [range(first, clients, PROCESSES) for first in range(min(PROCESSES, clients))]
    return in_processes(len(shares), lambda number: _ask(port, draw, shares[number], seconds))


def in_processes(count: int, work: Callable[[int], Seen]) -> Seen:
    """Run `work(0)` … `work(count − 1)` in a process each and add up what they saw."""
    context: Any = multiprocessing.get_context("fork")
    pipes = [context.Pipe(duplex=False) for _ in range(count)]

    def run(number: int) -> None:
        try:
            pipes[number][1].send(work(number))
        except Exception as error:
            pipes[number][1].send(error)
        os._exit(0)  # nothing of the parent's, such as its connections, is closed in its name

    processes = [context.Process(target=run, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    found, failed = Seen(), None
    for receiver, _ in pipes:
        seen = receiver.recv()
        if isinstance(seen, Exception):
            failed = seen
        else:
            found.add(seen)
    for process in processes:
        process.join()
    if failed:
        raise failed
    return found


def _ask(port: int, draw: Draw, numbers: range, seconds: float) -> Seen:
    selector = selectors.DefaultSelector()
    seen, cpu, began = Seen(), process_time(), perf_counter()
    for number in numbers:
        line = _Line(port, number)
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.ask(draw)
    while selector.get_map():
        ready = selector.select(PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"No answer within {PATIENCE_SECONDS:.0f} seconds.")
        for key, _ in ready:
            line = key.data
            status = line.answered()
            if status is None:
                continue
            now = perf_counter()
            seen.times.append((now - line.asked_at) * 1000)
            seen.statuses[status] += 1
            if now - began >= seconds or len(seen.times) >= MOST_REQUESTS:
                selector.unregister(line.socket)
                line.socket.close()
            else:
                line.ask(draw)
    seen.seconds, seen.cpu = perf_counter() - began, (process_time() - cpu) * 1000
    return seen
