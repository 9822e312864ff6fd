"""The parent of the worker processes: starts them, replaces who dies, ends or renews them all.

It holds the listening socket, imports no Django and touches no request. SIGTERM and SIGINT stop,
SIGHUP starts new workers and stops the old ones when the new ones serve.
"""

import logging
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.multiprocess import mark_process_dead

from pos_project.core.logs import Json, Line
from pos_project.tools.server.child import HELD_BACK

log = logging.getLogger("server")
# Where the workers count together; `serve` has made it for this server alone.
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
KILL_SECONDS = 40.0  # a worker stops by itself within 30
RESPAWN_SECONDS = 2.0  # before another try, when a new worker did not come up


@dataclass(slots=True)
class _Worker:
    pid: int
    ready_fd: int
    is_ready: bool = False
    is_retired: bool = False
    code: int | None = None  # how it ended; −15: by signal 15

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def signal(self, number: int) -> None:
        if self.poll() is None:  # its number is its own until its end was read
            os.kill(self.pid, number)


class Parent:
    """`first` are the number and the ready file of workers that were forked already; they hold the
    worker's end of `lifeline`, whose other end tells them when the parent is gone, however that
    happened."""

    def __init__(
        self,
        listener_fd: int,
        *,
        workers: int,
        threads: int,
        lifeline: tuple[int, int],
        first: Iterable[tuple[int, int]],
    ) -> None:
        self._listener_fd, self._count, self._threads = listener_fd, workers, threads
        self._workers: list[_Worker] = []
        self._told_to_stop = self._told_to_renew = False
        self._selector = selectors.DefaultSelector()
        self._respawn_at = 0.0
        self._was_ready = False
        self._lifeline_fd, lifeline_of_parent = lifeline
        os.set_inheritable(lifeline_of_parent, False)
        for pid, ready_fd in first:
            os.set_inheritable(ready_fd, False)
            self._watch(_Worker(pid, ready_fd))

    def run(self) -> int:
        """Serve until told to stop; the exit code."""
        self._listen_to_signals()
        while not self._told_to_stop:
            if self._told_to_renew:
                self._told_to_renew = False
                self._renew()
            self._reap()
            if not self._keep_up():
                log.error("No worker comes up: the server stops.")
                self._stop()
                return 1
            for key, _ in self._selector.select(timeout=1.0):
                if key.data is None:
                    self._wake.recv(1024)
                else:
                    self._hear(key.data)
        self._stop()
        return 0

    def _listen_to_signals(self) -> None:
        self._wake, at_signal = socket.socketpair()
        at_signal.setblocking(False)
        self._at_signal = at_signal
        signal.set_wakeup_fd(at_signal.fileno())
        self._selector.register(self._wake, selectors.EVENT_READ)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)

    def _note(self, number: int, _frame: object) -> None:
        self._told_to_stop |= number in (signal.SIGTERM, signal.SIGINT)
        self._told_to_renew |= number == signal.SIGHUP

    def _keep_up(self) -> bool:
        """Start what is missing; False when workers die before they serve and none is left."""
        current = [worker for worker in self._workers if not worker.is_retired]
        if len(current) < self._count and self._respawn_at and not self._was_ready:
            return False
        if time.monotonic() >= self._respawn_at:
            for _ in range(self._count - len(current)):
                self._spawn()
        return True

    def _spawn(self) -> None:
        ready_fd, tell_fd = os.pipe()
        os.set_inheritable(tell_fd, True)
        told = map(str, (self._listener_fd, self._lifeline_fd, tell_fd, self._threads))
        words = [sys.executable, "-m", "pos_project.tools.server.child", *told]
        pid = os.posix_spawn(sys.executable, words, os.environ)
        os.close(tell_fd)
        self._watch(_Worker(pid, ready_fd))

    def _watch(self, worker: _Worker) -> None:
        self._workers.append(worker)
        self._selector.register(worker.ready_fd, selectors.EVENT_READ, worker)

    def _hear(self, worker: _Worker) -> None:
        """A worker serves, or died before it did."""
        worker.is_ready = bool(os.read(worker.ready_fd, 1))
        self._selector.unregister(worker.ready_fd)
        os.close(worker.ready_fd)
        if not worker.is_ready:
            return
        log.info("worker %d serves", worker.pid)
        self._was_ready, self._respawn_at = True, 0.0
        retired = [each for each in self._workers if each.is_retired]
        if retired and all(each.is_ready for each in self._workers if not each.is_retired):
            for each in retired:
                each.signal(signal.SIGTERM)

    def _reap(self) -> None:
        for worker in list(self._workers):
            code = worker.poll()
            if code is None:
                continue
            self._workers.remove(worker)
            if not worker.is_ready:  # it may have served, and died before anybody listened
                self._hear(worker)
            if METRICS_FOLDER:
                mark_process_dead(worker.pid)
            if not worker.is_retired:
                log.error("worker %d ended with %d", worker.pid, code)
            if not worker.is_ready:
                self._respawn_at = time.monotonic() + RESPAWN_SECONDS

    def _renew(self) -> None:
        log.info("new workers take over")
        for worker in self._workers:
            worker.is_retired = True

    def _stop(self) -> None:
        os.close(self._listener_fd)
        for worker in self._workers:
            worker.signal(signal.SIGTERM)
        give_up_at = time.monotonic() + KILL_SECONDS
        while any(worker.poll() is None for worker in self._workers):
            if time.monotonic() > give_up_at:
                for worker in self._workers:
                    worker.signal(signal.SIGKILL)
            time.sleep(0.02)
        if METRICS_FOLDER:
            shutil.rmtree(METRICS_FOLDER, ignore_errors=True)
        log.info("stopped")


def main(listener_fd: int, workers: int, threads: int, *fds: int) -> int:
    """`fds`: both ends of the lifeline; for each forked worker its number and ready file."""
    console = logging.StreamHandler()
    console.setFormatter(Json() if os.environ.get("LOG_FORMAT") == "json" else Line())
    logging.basicConfig(handlers=[console], level=logging.INFO)
    lifeline, first = (fds[0], fds[1]), zip(fds[2::2], fds[3::2], strict=True)
    return Parent(
        listener_fd, workers=workers, threads=threads, lifeline=lifeline, first=first
    ).run()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
