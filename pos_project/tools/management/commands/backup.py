"""`manage.py backup`: the shop in one file, while the tills sell."""

import os
from argparse import ArgumentParser
from collections.abc import Sized
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from pos_project.core.runs import record_run
from pos_project.tools.backups import archive, databases, manifest


class Command(BaseCommand):
    help = (
        "Write the whole shop into one file of BACKUP_FOLDER (or FOLDER): the database as it is at"
        " one moment, by its own tools, the pictures, and a manifest with checksums and the newest"
        " seal. The tills go on selling. With BACKUP_RECIPIENTS (public keys of age, separated by"
        " commas) it is encrypted, and this machine cannot read it any more. Run it every night,"
        " copy the file to another place, and try `restore` there. Not while `migrate` runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, metavar="FOLDER", help="instead of BACKUP_FOLDER"
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="afterwards delete all but the newest N there"
        )
        parser.add_argument(
            "--new-key",
            type=Path,
            metavar="FILE",
            help="only make a key: the secret one into FILE, the public one is printed",
        )

    def handle(
        self, *, folder: Path | None, keep: int | None, new_key: Path | None, **_: Any
    ) -> None:
        if new_key:
            return self._make_key(new_key)
        if keep is not None and keep < 1:
            raise CommandError("--keep must be 1 or more.")
        try:
            target, about, old = self._back_up(folder or settings.BACKUP_FOLDER, keep)
        except CommandError as error:
            record_run("backup", ok=False, detail=str(error))
            raise
        record_run("backup", ok=True, detail=target.name)
        self.stdout.write(f"{target}  {os.path.getsize(target):,} bytes")
        self.stdout.write(f"Head, to be kept elsewhere: {about['head']}")
        if old:
            self.stdout.write(f"{len(old)} older backups deleted.")
        return None

    def _back_up(self, folder: Path, keep: int | None) -> tuple[Path, dict[str, Any], Sized]:
        """The file, its manifest, and the older ones that were deleted."""
        recipients = settings.BACKUP_RECIPIENTS
        try:
            about = manifest.describe(at=timezone.now())
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = folder / archive.name_of(about["made_at"], encrypted=bool(recipients))
            with archive.writing(target, recipients=recipients) as writer:
                # The database first: every picture that its rows name was stored before them.
                writer.add(databases.file_name(), databases.dump())
                if about["pictures"] == manifest.HERE:
                    writer.add_pictures(settings.MEDIA_ROOT)
                writer.close(about)
            old = [] if keep is None else archive.delete_older(folder, keep=keep)
        except (archive.Unusable, databases.ToolFailed, DatabaseError) as error:
            raise CommandError(f"Nothing was backed up. {error}") from error
        except OSError as error:
            raise CommandError(f"Nothing was backed up: {error}.") from error
        return target, about, old

    def _make_key(self, path: Path) -> None:
        try:
            public = archive.new_identity(path)
        except OSError as error:
            raise CommandError(f"{path} was not written: {error.strerror}.") from error
        self.stdout.write(f"BACKUP_RECIPIENTS={public}")
        self.stdout.write(
            f"Keep {path} elsewhere: without it no backup for this key can ever be read."
        )
