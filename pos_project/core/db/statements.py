"""How many statements this thread has sent; the difference between two moments is a request's."""

import threading


class _Sent(threading.local):
    count = 0


SENT = _Sent()
