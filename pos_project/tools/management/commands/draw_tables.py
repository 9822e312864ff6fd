import shutil
import subprocess
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pos_project.tools.tables_picture import as_dot

PICTURE = settings.BASE_DIR / "docs" / "tables.svg"


class Command(BaseCommand):
    help = (
        "Draw docs/tables.svg, the tables and their foreign keys, from the models: for"
        " contributors, after a migration. Needs Graphviz (Debian: graphviz)."
    )

    def handle(self, **_: Any) -> None:
        dot = shutil.which("dot")
        if dot is None:
            raise CommandError("Graphviz is missing: apt-get install graphviz.")
        words = [dot, "-Tsvg", "-o", str(PICTURE)]
        subprocess.run(words, input=as_dot(), text=True, check=True)
        self.stdout.write(f"{PICTURE} is drawn.")
