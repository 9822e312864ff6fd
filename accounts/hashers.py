"""Password hashes as strong as Django's, made so that the tills of the same server sell on."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

NICE = 5  # of 19: a hash takes a third of the time that a sale gets


def _step_back() -> None:
    # On Linux a thread has a priority of its own.
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


# One at a time in each process: a hash takes 100 MB and a core for a quarter of a second. It runs
# outside Python's lock, so only who signs in waits.
_ONE_AT_A_TIME = ThreadPoolExecutor(1, "password-hash", initializer=_step_back)


class PatientArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2, one hash at a time, at a lower priority than everything else, and on one core.

    As much memory and as many passes as Django asks for, so as much work to guess. But its eight
    threads, each with a share of the machine, would outweigh a till's one whatever their priority.
    """

    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _ONE_AT_A_TIME.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return _ONE_AT_A_TIME.submit(super().verify, password, encoded).result()
