"""The server's parent and the workers that were forked before it began."""

import os
import socket
from collections.abc import Iterator

import pytest

from pos_project.tools.server.parent import Parent


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def a_dead_worker(*, served: bool) -> tuple[int, int]:
    """The number of a process that has ended, and the file in which it said that it serves."""
    ready_fd, tell_fd = os.pipe()
    pid = os.fork()
    if not pid:
        if served:
            os.write(tell_fd, b".")
        os._exit(1)
    os.close(tell_fd)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # ended; its end is for the parent to read
    return pid, ready_fd


@pytest.mark.parametrize("served", [True, False])
def test_a_worker_that_died_before_anybody_listened_is_replaced_if_it_had_served(
    served: bool, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(Parent, "_spawn", lambda parent: started.append(parent))
    first = [a_dead_worker(served=served)]
    parent = Parent(listener.fileno(), workers=1, threads=1, lifeline=os.pipe(), first=first)
    parent._reap()
    # One that never came up will not the next time either: the server says so and stops.
    assert parent._keep_up() is served
    assert bool(started) is served
