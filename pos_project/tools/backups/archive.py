"""The file of a backup: a zip of the database, the pictures, and a manifest of both.

Any unzip opens it, so that a shop can be brought back without this program:
`unzip -p FILE database.sql | mariadb shop`. Encrypted, it is that zip inside an age file.
"""

import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import pyrage

MANIFEST = "manifest.json"
PICTURES = "media/"
FORMAT = 1
PIECE_BYTES = 1024 * 1024
SUFFIX, ENCRYPTED_SUFFIX = ".zip", ".zip.age"
_NAME = re.compile(r"pos-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zip(?:\.age)?")


class Unusable(Exception):
    """A file that is no whole backup, or a key that does not fit; the text is for people."""


class Writer:
    """Puts files into a backup under way, and remembers what each was."""

    def __init__(self, into: ZipFile) -> None:
        self._zip = into
        self._files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, pieces: Iterable[bytes], *, compress: bool = True) -> None:
        """A file of that name; pictures are compressed already."""
        entry = ZipInfo(name)
        entry.compress_type = ZIP_DEFLATED if compress else ZIP_STORED
        entry.external_attr = 0o600 << 16
        seen, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as file:
            for piece in pieces:
                seen.update(piece)
                size += len(piece)
                file.write(piece)
        self._files[name] = {"bytes": size, "sha256": seen.hexdigest()}

    def add_pictures(self, root: Path) -> None:
        """Every file below `root`. One that is deleted meanwhile belongs to no row any more."""
        for path in sorted(root.rglob("*")):
            if path.is_file():
                try:
                    file = path.open("rb")
                except FileNotFoundError:
                    continue
                with file:
                    name = PICTURES + path.relative_to(root).as_posix()
                    self.add(name, pieces_of(file), compress=False)

    def close(self, about: dict[str, Any]) -> None:
        """Write the manifest: `about`, and size and checksum of every file."""
        manifest = {"format": FORMAT, **about, "files": self._files}
        self._zip.writestr(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False))


class Backup:
    """A backup that was opened: its manifest, and its files, each checked while it is read."""

    def __init__(self, opened: ZipFile) -> None:
        self._zip = opened
        self.manifest = self._manifest()
        self._files: dict[str, dict[str, Any]] = self.manifest["files"]

    def check(self) -> None:
        """Read all of it. Raises Unusable where it is not what its manifest says."""
        there = set(self._zip.namelist()) - {MANIFEST}
        if there != set(self._files):
            raise Unusable(f"Its files are not those of its manifest: {_first(there, self._files)}")
        for name in self._files:
            if not _stays_inside(name):
                raise Unusable(f"A file of it would be written elsewhere: {name}.")
            for _ in self.pieces(name):
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """The file of that name. Raises Unusable at its end when it is not what was backed up."""
        seen = hashlib.sha256()
        try:
            with self._zip.open(name) as file:
                for piece in pieces_of(file):
                    seen.update(piece)
                    yield piece
        except (BadZipFile, zlib.error, OSError, EOFError, KeyError) as error:
            raise Unusable(f"{name} cannot be read: {error}") from error
        if seen.hexdigest() != self._files[name]["sha256"]:
            raise Unusable(f"{name} is not what was backed up: its checksum differs.")

    def database(self) -> str:
        """The name of the file that holds the database."""
        [name] = [name for name in self._files if not name.startswith(PICTURES)]
        return name

    def put_pictures(self, root: Path) -> int:
        """Write the pictures below `root`; what else is there stays. How many there were."""
        names = [name for name in self._files if name.startswith(PICTURES)]
        for name in names:
            path = root / name.removeprefix(PICTURES)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as picture:
                picture.writelines(self.pieces(name))
        return len(names)

    def _manifest(self) -> dict[str, Any]:
        try:
            manifest: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
            known = manifest["format"] == FORMAT and isinstance(manifest["files"], dict)
        except (KeyError, TypeError, ValueError, BadZipFile, zlib.error, OSError) as error:
            raise Unusable(f"It has no manifest that can be read: {error}") from error
        if not known:
            raise Unusable(f"It is a backup of another format ({manifest['format']}).")
        return manifest


@contextmanager
def writing(target: Path, *, recipients: list[str]) -> Iterator[Writer]:
    """A backup at `target` once the block is done; nothing is there when it fails.

    With `recipients`, public keys of age, only whoever has a secret one of theirs can read it.
    Raises Unusable for a key that is none.
    """
    keys = [_recipient(each) for each in recipients]
    with _beside(target) as unfinished:
        with unfinished.open("wb") as file, ZipFile(file, "w", compresslevel=6) as archive:
            yield Writer(archive)
        if keys:
            with _beside(target) as encrypted:
                pyrage.encrypt_file(str(unfinished), str(encrypted), keys)
                encrypted.replace(unfinished)
        with unfinished.open("rb") as whole:
            os.fsync(whole.fileno())
        unfinished.replace(target)


@contextmanager
def opened(path: Path, *, identity: str | None) -> Iterator[Backup]:
    """The backup at `path`; `identity` is the secret key of an encrypted one. Raises Unusable."""
    with path.open("rb") as file:
        is_encrypted = file.read(21) == b"age-encryption.org/v1"
    if not is_encrypted:
        with _unzipped(path) as archive:
            yield Backup(archive)
        return
    if not identity:
        raise Unusable("It is encrypted: say --identity FILE, the file with the secret key.")
    with _beside(path) as readable:
        try:
            keys = [pyrage.x25519.Identity.from_str(line) for line in _keys_in(identity)]
            pyrage.decrypt_file(str(path), str(readable), keys)
        except (pyrage.IdentityError, pyrage.DecryptError) as error:
            raise Unusable(f"It cannot be decrypted with this key: {error}") from error
        with _unzipped(readable) as archive:
            yield Backup(archive)


def name_of(moment: str, *, encrypted: bool) -> str:
    """The name of a backup made at that moment, `2026-08-12T08:00:00Z`."""
    return f"pos-{moment.replace(':', '-')}{ENCRYPTED_SUFFIX if encrypted else SUFFIX}"


def delete_older(folder: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of this folder, and nothing else; those deleted."""
    there = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    old = there[: max(len(there) - keep, 0)]
    for path in old:
        path.unlink()
    return old


def new_identity(path: Path) -> str:
    """Write a new secret key to `path`, which nobody else may read; its public key."""
    identity = pyrage.x25519.Identity.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file in the same folder, for its owner's eyes, that is gone at the end."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _unzipped(path: Path) -> Iterator[ZipFile]:
    try:
        archive = ZipFile(path)
    except BadZipFile as error:
        raise Unusable(f"It is no backup, or not a whole one: {error}.") from error
    with archive:
        yield archive


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise Unusable(f"No public key of age: {text} ({error}).") from error


def _keys_in(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _first(there: set[str], described: Iterable[str]) -> str:
    return min(there ^ set(described))
