"""What is counted while the shop runs, in Prometheus's words: seconds, and `_total` for counts.

`serve` lets its processes count in files of one folder (`PROMETHEUS_MULTIPROC_DIR`), so that any
of them tells the sum of all; elsewhere the figures are the process's own. No figure carries a
name, an amount or an id: labels are routes, methods, statuses and codes, of which there are few.
"""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "pos_requests", "Requests answered by the application", ["method", "route", "status"]
)
REQUEST_SECONDS = Histogram(
    "pos_request_seconds",
    "Time from a whole request to its answer, without waiting for a thread",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
REFUSALS = Counter("pos_refusals", "Requests of the API that were refused, by their code", ["code"])
# A count that is there before it grows: Prometheus takes the first value it sees for no change.
for code in ("busy", "cannot_save"):
    REFUSALS.labels(code)
ERRORS = Counter("pos_errors", "Requests that ended with a bug")
REPLAYED = Counter("pos_replayed_answers", "Retries of clients that were given the first answer")
SALES = Counter("pos_sales_completed", "Sales completed, on whichever way")
TRANSACTION_RETRIES = Counter(
    "pos_transaction_retries", "Use cases run again because the database refused", ["reason"]
)
SERVER_REFUSALS = Counter(
    "pos_server_refusals", "Requests refused before they reached the application", ["status"]
)
THREADS = Gauge("pos_threads", "Threads that run requests", multiprocess_mode="livesum")
THREADS_BUSY = Gauge("pos_threads_busy", "Of these, how many do", multiprocess_mode="livesum")
QUEUED = Gauge("pos_requests_queued", "Requests waiting for a thread", multiprocess_mode="livesum")
CONNECTIONS = Gauge("pos_connections", "Open connections of clients", multiprocess_mode="livesum")
