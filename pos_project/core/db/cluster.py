"""Whether a database server is one of several that all take writes."""

from typing import Any


def is_cluster(cursor: Any) -> bool:
    """Whether it is a node of a Galera cluster, or of MySQL Group Replication. One statement."""
    cursor.execute(
        "SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on' AND Value = 'ON'"
        " OR Variable_name = 'group_replication_group_name' AND Value != ''"
    )
    return cursor.fetchone() is not None
