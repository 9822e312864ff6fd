"""One worker process: threads take turns at one epoll, and none ever waits for a client.

A thread reads what has come, and goes on to the next connection unless a whole request is there.
The application runs in at most `threads` of them; three more keep reading, refusing and
answering `/health` and `/metrics` while all the others wait for a database that does not answer.
"""

import contextlib
import errno
import logging
import resource
import select
import socket
import sys
import threading
import time
from collections import deque
from wsgiref.types import WSGIApplication

from pos_project.core import metrics
from pos_project.tools.server import answering
from pos_project.tools.server.answering import CHUNK_BYTES, Answer, Readable
from pos_project.tools.server.reading import BIG_BODIES_BYTES, Budget, Reader, Refused

log = logging.getLogger(__name__)
HEAD_SECONDS = 15.0  # from a request's first byte (a connection's beginning) to its blank line
BODY_SECONDS = 120.0  # 15 MB over a line of one megabit
IDLE_SECONDS = 75.0
SEND_SECONDS = 120.0
LINGER_SECONDS = 5.0  # to read on after a refusal, or the client never sees it
QUEUE_SECONDS = 30.0  # a request that waited longer for a thread has nobody waiting for it
QUEUE_LENGTH = 256
_BUSY = Refused(503, "The shop is busy. Please try again.")
_TOO_SLOW = Refused(408, "The request took too long to arrive.")
STOP_SECONDS = 30.0  # for what is being answered
GRACE_SECONDS = 2.0  # for what a client was just sending when the server was told to stop
SLOW_GRACE_SECONDS = 10.0  # for who was sending a body, or taking an answer
MOST_CONNECTIONS = 2000
SPARE_FILES = 100  # what else is open: database, pictures, uploads
READ_BYTES = 64 * 1024
_READ = select.EPOLLIN | select.EPOLLONESHOT
_WRITE = select.EPOLLOUT | select.EPOLLONESHOT


class Connection:
    """A client. Exactly one thread holds it, or it waits in `Worker.waiting`."""

    __slots__ = ("deadline", "fd", "file", "keep_alive", "lingers", "out", "reader", "sock")

    def __init__(self, sock: socket.socket, reader: Reader) -> None:
        self.sock, self.fd, self.reader = sock, sock.fileno(), reader
        self.deadline = time.monotonic() + HEAD_SECONDS
        self.out: bytes | memoryview = b""
        self.file: Readable | None = None
        self.keep_alive, self.lingers = True, False

    @property
    def is_sending(self) -> bool:
        return bool(self.out) or self.file is not None

    @property
    def is_ending(self) -> bool:
        return self.is_sending or self.lingers

    @property
    def is_idle(self) -> bool:
        return not (self.is_ending or self.reader.in_head or self.reader.in_body)

    def take_from_file(self) -> None:
        assert self.file
        self.out = self.file.read(CHUNK_BYTES)
        if not self.out:
            self.file.close()
            self.file = None

    def close(self) -> None:
        self.sock.close()
        self.reader.close()
        if self.file:
            self.file.close()


class Lane:
    """So many requests at once; the others wait their turn without a thread."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._free, self._lock = width, threading.Lock()
        self._queue: deque[Connection] = deque()

    def enter(self, connection: Connection) -> bool | None:
        """True when it may go on; False when it was queued, None when the queue is full."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if len(self._queue) >= QUEUE_LENGTH:
                return None
            connection.deadline = time.monotonic() + QUEUE_SECONDS
            self._queue.append(connection)
            return False

    @property
    def busy(self) -> int:
        return self.width - self._free

    @property
    def queued(self) -> int:
        return len(self._queue)

    def leave(self) -> Connection | None:
        """Who is next: the place is theirs now."""
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            self._free += 1
            return None


class Worker:
    """Serves one listening socket until `stopping` is set."""

    def __init__(
        self, listener: socket.socket, application: WSGIApplication, *, threads: int
    ) -> None:
        self.stopping = threading.Event()
        self._listener, self._application = listener, application
        self._waiting: dict[int, Connection] = {}  # a thread takes one by `pop`, which is atomic
        self._connections: dict[int, Connection] = {}
        self._shop, self._health, self._metrics = Lane(threads), Lane(1), Lane(1)
        self._threads = threads + 3
        self._budget = Budget(BIG_BODIES_BYTES)
        self._epoll = select.epoll()
        self._most = min(MOST_CONNECTIONS, _files_allowed() - SPARE_FILES)
        host, port = listener.getsockname()[:2]
        self._base = {
            **{"SERVER_NAME": host, "SERVER_PORT": str(port), "SCRIPT_NAME": ""},
            **{"wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr},
            **{"wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False},
        }

    def run(self) -> None:
        """Serve; once `stopping` is set, answer what is there and return."""
        self._listener.setblocking(False)
        self._epoll.register(self._listener.fileno(), select.EPOLLIN)
        for number in range(self._threads):
            threading.Thread(target=self._work, name=f"server-{number}", daemon=True).start()
        while not self.stopping.wait(1.0):
            self._end_what_is_late()
            self._tell_metrics()
        self._drain()

    def _tell_metrics(self) -> None:
        metrics.THREADS.set(self._shop.width)
        metrics.THREADS_BUSY.set(self._shop.busy)
        metrics.QUEUED.set(self._shop.queued)
        metrics.CONNECTIONS.set(len(self._connections))

    # --- threads ---

    def _work(self) -> None:
        listening = self._listener.fileno()
        while True:
            for fd, _ in self._epoll.poll(maxevents=1):
                if fd == listening:
                    self._accept()
                elif connection := self._waiting.pop(fd, None):
                    self._advance(connection)

    def _accept(self) -> bool:
        try:
            sock, address = self._listener.accept()
        except OSError as error:
            if error.errno == errno.EMFILE:
                time.sleep(0.05)  # the event comes again at once, a free file does not
            return False  # else another thread or process was first
        if len(self._connections) >= self._most:
            self._end_who_waits_longest()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        base = {**self._base, "REMOTE_ADDR": address[0], "REMOTE_PORT": str(address[1])}
        connection = Connection(sock, Reader(base, self._budget))
        self._connections[connection.fd] = self._waiting[connection.fd] = connection
        self._epoll.register(connection.fd, _READ)
        return True

    def _advance(self, connection: Connection) -> None:
        """Do what can be done for a connection that this thread holds, then let go of it."""
        try:
            if self._send(connection) if connection.is_sending else self._read(connection):
                self._serve(connection)
        except OSError:  # the client is gone
            self._close(connection)
        except Exception:
            log.exception("a connection failed")
            self._close(connection)

    def _read(self, connection: Connection) -> bool:
        """Take what has come; whether something is to be answered."""
        reader = connection.reader
        try:
            data = connection.sock.recv(READ_BYTES)
        except BlockingIOError:
            self._wait(connection)
            return False
        if not data:
            self._close(connection)
            return False
        was_in = reader.in_head, reader.in_body
        if not connection.lingers:
            reader.feed(data)
            if reader.complete or reader.refusal:
                return True
        if reader.in_body and reader.wants_continue:
            reader.wants_continue = False
            connection.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if was_in != (reader.in_head, reader.in_body):
            connection.deadline = time.monotonic() + _seconds(reader)
        self._wait(connection)
        return False

    def _serve(self, connection: Connection) -> None:
        """Answer what has arrived whole, and whoever is queued for the place that this frees."""
        turns: deque[tuple[Connection, Lane | None]] = deque([(connection, None)])
        while turns:
            connection, lane = turns.popleft()
            lane = lane or self._enter(connection)
            if lane is None:
                continue
            is_ours = self._answer(connection)
            if following := lane.leave():
                turns.append((following, lane))
            if is_ours:
                turns.append((connection, None))

    def _enter(self, connection: Connection) -> Lane | None:
        """The lane in which its next request may run now; None when there is nothing to run."""
        reader = connection.reader
        if reader.complete:
            lane = self._lane_of(reader.complete[0].environ["PATH_INFO"])
            entered = lane.enter(connection)
            if entered is None:
                self._begin(connection, answering.refusal(_BUSY))
            return lane if entered else None
        if reader.refusal:
            self._begin(connection, answering.refusal(reader.refusal))
        else:
            connection.deadline = time.monotonic() + _seconds(reader)
            self._wait(connection)
        return None

    def _lane_of(self, path: str) -> Lane:
        if path.startswith("/health"):
            return self._health
        return self._metrics if path.startswith("/metrics") else self._shop

    def _answer(self, connection: Connection) -> bool:
        """Run one request; whether the connection is still this thread's."""
        request = connection.reader.complete.popleft()
        try:
            if connection.deadline < time.monotonic():  # it waited so long that nobody waits for it
                return self._begin(connection, answering.refusal(_BUSY))
            answer = answering.answer(self._application, request, stopping=self.stopping)
            return self._begin(connection, answer)
        except OSError:
            self._close(connection)
            return False
        finally:
            request.close()

    def _begin(self, connection: Connection, answer: Answer) -> bool:
        """Send an answer as far as it goes; whether the connection may take another request."""
        connection.out, connection.file = answer.data, answer.file
        connection.keep_alive = answer.keep_alive
        connection.deadline = time.monotonic() + SEND_SECONDS
        try:
            return self._send(connection)
        finally:
            if answer.finish:
                answer.finish()

    def _send(self, connection: Connection) -> bool:
        try:
            while connection.is_sending:
                if not connection.out:
                    connection.take_from_file()
                sent = connection.sock.send(connection.out)
                connection.out = memoryview(connection.out)[sent:]
        except BlockingIOError:
            self._wait(connection, _WRITE)
            return False
        if connection.keep_alive:
            return True
        # Closed at once, unread bytes would turn the answer into a reset.
        connection.lingers = True
        connection.deadline = time.monotonic() + LINGER_SECONDS
        connection.sock.shutdown(socket.SHUT_WR)
        self._wait(connection)
        return False

    # --- connections ---

    def _wait(self, connection: Connection, events: int = _READ) -> None:
        """Let go of it until something happens."""
        self._waiting[connection.fd] = connection
        self._epoll.modify(connection.fd, events)

    def _take(self, connection: Connection) -> bool:
        """Take one that waits, unless a thread was faster."""
        taken = self._waiting.pop(connection.fd, None)
        if taken and taken is not connection:  # the number of its file went to another one
            self._wait(taken)
        return taken is connection

    def _close(self, connection: Connection) -> None:
        if connection.sock.fileno() < 0:
            return
        del self._connections[connection.fd]
        connection.close()

    def _end_what_is_late(self) -> None:
        now = time.monotonic()
        for connection in self._waiting.copy().values():
            if connection.deadline < now and self._take(connection):
                self._end(connection)

    def _end(self, connection: Connection) -> None:
        reader = connection.reader
        with contextlib.suppress(OSError):
            if (reader.in_head or reader.in_body) and not connection.is_ending:
                self._begin(connection, answering.refusal(_TOO_SLOW))
                return
        self._close(connection)

    def _end_who_waits_longest(self) -> None:
        waiting = self._waiting.copy().values()
        if waiting and self._take(longest := min(waiting, key=lambda each: each.deadline)):
            self._close(longest)

    # --- the end ---

    def _drain(self) -> None:
        """Take what the kernel has accepted, answer what was sent, let go of who is silent."""
        self._epoll.unregister(self._listener.fileno())
        while self._accept():
            pass
        self._listener.close()
        begun = time.monotonic()
        while self._connections and (passed := time.monotonic() - begun) < STOP_SECONDS:
            for connection in self._waiting.copy().values():
                slow = connection.reader.in_body or connection.is_sending
                grace = SLOW_GRACE_SECONDS if slow else GRACE_SECONDS
                if passed > grace and self._take(connection):
                    self._end_or_answer(connection)
            time.sleep(0.02)

    def _end_or_answer(self, connection: Connection) -> None:
        with contextlib.suppress(OSError):  # nothing there
            if connection.is_idle and connection.sock.recv(1, socket.MSG_PEEK):
                self._advance(connection)
                return
        self._close(connection)


def _seconds(reader: Reader) -> float:
    """How long a client in this state may take."""
    if reader.in_body:
        return BODY_SECONDS
    return HEAD_SECONDS if reader.in_head else IDLE_SECONDS


def _files_allowed() -> int:
    """As many open files as this user may have, at most what we have use for."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed
