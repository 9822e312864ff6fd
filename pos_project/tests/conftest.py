from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from pos_project.tests.invariants import the_books_agree

__all__ = ["the_books_agree"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests make their tables without migrations; a server that is started here asks for them."""
    recorder = MigrationRecorder(connection)
    with django_db_blocker.unblock(), override_settings(MIGRATION_MODULES={}):
        there = MigrationLoader(None).graph.nodes
        recorder.ensure_schema()
        recorder.flush()
        recorder.migration_qs.bulk_create(
            recorder.Migration(app=app, name=name) for app, name in there
        )
