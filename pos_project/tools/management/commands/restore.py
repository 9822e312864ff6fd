"""`manage.py restore FILE`: a backup in the place of an empty database, and the proof of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ledger import closing
from pos_project.core.db import guards
from pos_project.tools.backups import archive, databases, manifest
from reports.reconciliation.reconcile import reconcile
from reports.reconciliation.scope import Scope


class Command(BaseCommand):
    help = (
        "Put a backup in the place of the database and add its pictures, then bring the tables up"
        " to date, put the append-only triggers up, and prove the books: every invariant, and that"
        " the seals lead to the backup's head. Stop the server first; run it as the database user"
        " who migrates. It refuses a database in which somebody has traded unless --overwrite is"
        " said. Exit code 0 only when everything holds."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--check", action="store_true", help="only read all of it and say what it is"
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="also a database that has a shop in it"
        )
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the secret key of an encrypted backup"
        )

    def handle(
        self, *, file: Path, check: bool, overwrite: bool, identity: Path | None, **_: Any
    ) -> None:
        try:
            key = identity.read_text() if identity else None
            with archive.opened(file, identity=key) as backup:
                backup.check()
                self._describe(backup.manifest)
                if not check:
                    self._restore(backup, overwrite=overwrite)
        except (archive.Unusable, databases.ToolFailed) as error:
            raise CommandError(f"{file} was not restored. {error}") from error
        except OSError as error:
            raise CommandError(f"{file} was not restored: {error}.") from error
        if not check:
            self._prove(backup.manifest["head"])

    def _describe(self, about: dict[str, Any]) -> None:
        pictures = sum(name.startswith(archive.PICTURES) for name in about["files"])
        self.stdout.write(
            f"Whole: made {about['made_at']} by version {about['version']},"
            f" {manifest.VENDORS.get(about['database'], about['database'])},"
            f" {pictures} pictures, head {about['head']}."
        )
        if about["pictures"] == manifest.ELSEWHERE:
            self.stdout.write("Its pictures are not in it: they are where they were uploaded to.")

    def _restore(self, backup: archive.Backup, *, overwrite: bool) -> None:
        objection = manifest.objection(backup.manifest)
        if objection:
            raise archive.Unusable(objection)
        table = databases.table_in_use()
        if table and not overwrite:
            raise archive.Unusable(
                f"The database has rows already ({table}). Restore into an empty one, or say"
                " --overwrite to lose what is there."
            )
        try:
            databases.load(backup.pieces(backup.database()))
        except (databases.ToolFailed, archive.Unusable) as error:
            raise databases.ToolFailed(
                f"{error} The database is not whole now: restore again before anybody sells."
            ) from error
        pictures = backup.put_pictures(settings.MEDIA_ROOT)
        self.stdout.write(f"The database is there, and {pictures} pictures.")

    def _prove(self, head: str) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False, stdout=self.stdout)
            missing = guards.missing()
        except DatabaseError as error:
            raise CommandError(f"It is restored, but not brought up to date: {error}") from error
        if missing:
            raise CommandError(
                f"It is restored, but {len(missing)} append-only triggers are missing"
                f" ({missing[0]}, …). Run `manage.py migrate` as a user who may make triggers."
            )
        self.stdout.write(f"All {len(guards.expected())} append-only triggers are up.")
        verdicts = reconcile(scope=Scope(head=head))
        broken = [verdict for verdict in verdicts if not verdict.holds]
        for verdict in broken:
            self.stderr.write(f"{verdict.invariant.id} {verdict.invariant.name}:")
            for violation in verdict.violations[:5]:
                self.stderr.write(f"  {violation}")
        self.stdout.write(f"{len(verdicts) - len(broken)} of {len(verdicts)} invariants hold.")
        self.stdout.write(f"Head: {closing.head().seal}")
        if broken:
            raise CommandError("It is restored, but the books do not agree: docs/reconcile.md.")
