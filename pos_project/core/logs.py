"""Lines of the log: what stands in them, and how they stay readable when a thing goes wrong often.

No Django here: the parent of the server's processes writes such lines, too.
"""

import logging
import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

QUIET_SECONDS = 60.0
MOST_MESSAGES = 1000

# Of the request that is being answered; empty outside of one.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")


class Line(logging.Formatter):
    """`time LEVEL logger [request id] message`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._second: tuple[int, str] = (0, "")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        # Made once a second, as the access log writes it for every request.
        second, text = self._second
        if second != (now := int(record.created)):
            text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
            self._second = now, text
        return f"{text},{int(record.msecs):03}"

    def formatMessage(self, record: logging.LogRecord) -> str:
        request_id = f"[{told}] " if (told := REQUEST_ID.get()) else ""
        return f"{record.asctime} {record.levelname} {record.name} {request_id}{record.message}"


class Json(logging.Formatter):
    """The same as one JSON object a line; arguments that a message takes by name are keys of it."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            told["request_id"] = request_id
        if isinstance(record.args, dict):
            told |= record.args
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(told, default=str).decode()


class AsInformation(logging.Filter):
    """What a client did wrong is no warning of ours, and its traceback tells nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.exc_info = record.exc_text = None
        return logging.getLogger().isEnabledFor(logging.INFO)


class NotOurFault(logging.Filter):
    """Holds back Django's line for each 503: why nothing could be done was said once already."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503


class OnceAMinute(logging.Filter):
    """Lets a message through once a minute, and then says how often it was held back.

    Messages are told apart by their logger and their text before arguments are put in.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}  # since when, how often held back

    def filter(self, record: logging.LogRecord) -> bool:
        key, now = (record.name, str(record.msg)), time.monotonic()
        with self._lock:
            since, held_back = self._seen.get(key, (0.0, 0))
            if since and now - since < QUIET_SECONDS:
                self._seen[key] = since, held_back + 1
                return False
            if len(self._seen) >= MOST_MESSAGES:
                self._seen.clear()
            self._seen[key] = now, 0
        if held_back:
            record.msg = f"{record.getMessage()} ({held_back} more in the minute before)"
            record.args = None
        return True
