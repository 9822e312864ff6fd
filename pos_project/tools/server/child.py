"""How a worker process begins: signals first, then Django, then the first client."""

import os
import signal
import socket
import sys
import threading
from importlib import import_module


def main(listener_fd: int, lifeline_fd: int, ready_fd: int, threads: int) -> None:
    """Serve until SIGTERM, or until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent acts
    module = os.environ.get("SERVED_MODULE") or "pos_project.wsgi"  # (`bench` serves another)
    application = import_module(module).application
    from pos_project.tools.server.worker import Worker  # (needs the loaded apps)

    worker = Worker(socket.socket(fileno=listener_fd), application, threads=threads)

    def when_the_parent_is_gone() -> None:
        os.read(lifeline_fd, 1)
        worker.stopping.set()

    threading.Thread(target=when_the_parent_is_gone, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
    os.write(ready_fd, b".")
    os.close(ready_fd)
    worker.run()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
