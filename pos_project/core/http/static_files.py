"""Static files under names that change with their content, so that browsers keep them for ever."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_FINGERPRINT = "collected"  # what was collected, beside the files


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files; the plain name where nothing was collected, as under `bench`."""

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name


def collect() -> bool:
    """Collect and compress the static files unless that was done for these; whether it was needed.

    Several servers of one folder take turns.
    """
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with (settings.STATIC_ROOT / f"{_FINGERPRINT}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept: Path = settings.STATIC_ROOT / _FINGERPRINT
        present = _fingerprint()
        if kept.exists() and kept.read_text() == present:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        kept.write_text(present)
    return True


def _fingerprint() -> str:
    """Names, sizes and times of all static files of all apps."""
    told = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            told.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return told.hexdigest()
