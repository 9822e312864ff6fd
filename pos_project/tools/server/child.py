"""How a worker process begins: signals first, then Django, then the first client.

The first workers of a server are forked from the command that loaded everything to check the
database; those that replace them are processes of their own, with the code as it is then.
"""

import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

# glibc's M_ARENA_MAX, and so many of them: each thread would have an arena of its own, and what is
# freed in one serves no other.
ARENA_MAX, ARENAS = -8, 2

# Held back while a server begins, until somebody is there who acts on them.
HELD_BACK = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(listener_fd: int, lifeline_fd: int, ready_fd: int, threads: int) -> None:
    """Serve until SIGTERM, or until the parent is gone."""
    bound_arenas()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent acts
    application = load_application()
    from pos_project.tools.server.worker import Worker  # (needs the loaded apps)

    worker = Worker(socket.socket(fileno=listener_fd), application, threads=threads)

    def when_the_parent_is_gone() -> None:
        os.read(lifeline_fd, 1)
        worker.stopping.set()

    threading.Thread(target=when_the_parent_is_gone, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
    os.write(ready_fd, b".")
    os.close(ready_fd)
    from reports.dashboards.beforehand import read_beforehand  # (likewise)

    threading.Thread(target=read_beforehand, daemon=True).start()
    worker.run()


def bound_arenas() -> bool:
    """Let threads share arenas of memory; False where the C library has no such thing."""
    libc = ctypes.CDLL(None)
    return hasattr(libc, "mallopt") and bool(libc.mallopt(ARENA_MAX, ARENAS))


def load_application() -> Callable[..., Any]:
    """What is served, with everything that the first requests would load."""
    module = os.environ.get("SERVED_MODULE") or "pos_project.wsgi"  # (`bench` serves another)
    application: Callable[..., Any] = import_module(module).application
    return application


def fork(listener_fd: int, lifeline: tuple[int, int], threads: int) -> tuple[int, int]:
    """A worker with all that this process has loaded: its number, and where it says that it serves.

    The caller has no thread and no open connection.
    """
    of_worker, of_parent = lifeline
    ready_fd, tell_fd = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell_fd)
        return pid, ready_fd
    os.close(of_parent)  # held by the parent alone, so that its end says that the parent is gone
    os.close(ready_fd)
    code = 1
    try:
        main(listener_fd, of_worker, tell_fd, threads)
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
