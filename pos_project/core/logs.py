"""What keeps the log readable when one thing goes wrong a thousand times."""

import logging
import threading
import time

QUIET_SECONDS = 60.0
MOST_MESSAGES = 1000


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
