"""What the database lets this user do. SQLite has no users: whoever has the file may do all."""

import re

from django.db import connection

_GRANT = re.compile(r"^GRANT (?P<rights>.+?) ON (?:TABLE )?`?(?P<base>[^`.]+)`?\.\S+ TO ")
ALL = "ALL PRIVILEGES"
# TRUNCATE wants DROP and asks no trigger; a trigger itself is dropped with TRIGGER.
UNGUARDED = ("DROP", "TRIGGER")


def rights() -> set[str]:
    """The rights this user has somewhere in this database, as MySQL spells them."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW GRANTS FOR CURRENT_USER")
        grants = [_GRANT.match(row[0]) for row in cursor.fetchall()]
    name = connection.settings_dict["NAME"]
    return {
        right.strip()
        for grant in grants
        if grant and _covers(grant["base"], name)
        for right in re.sub(r"\([^)]*\)", "", grant["rights"]).split(",")
    }


def may_change_triggers() -> bool:
    return bool({ALL, "TRIGGER"} & rights())


def past_the_guards() -> list[str]:
    """The rights of this user that reach past the triggers."""
    held = rights()
    return [right for right in UNGUARDED if {ALL, right} & held]


def _covers(pattern: str, name: str) -> bool:
    r"""Whether a grant's `shop\_%` names the database; `*` names all."""
    if pattern == "*":
        return True
    like = re.sub(r"\\?[%_]", lambda mark: {"%": ".*", "_": "."}.get(mark[0], mark[0][-1]), pattern)
    return re.fullmatch(like, name) is not None
