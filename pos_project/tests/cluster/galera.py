"""Three MariaDB servers of a test's own that are one Galera cluster, on this machine's loopback."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import MySQLdb
import pytest

from pos_project.tests.servers import OwnMariaDB, free_port, until

PROVIDERS = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
NAMES = ("one", "two", "three")  # `three` serves no tills: who rejoins copies from it
SYNCED = "4"
USER = "mysql"  # Debian's package makes it


class Node(OwnMariaDB):
    """A member of the cluster. `peers` are the addresses of all of them."""

    def __init__(self, folder: Path, name: str, peers: dict[str, int]) -> None:
        self.provider = next((each for each in PROVIDERS if Path(each).exists()), None)
        if not self.provider or not shutil.which("rsync"):
            pytest.skip("needs galera-4 and rsync on this machine")
        self.name, self._peers = name, peers
        self._transfer_ports = free_port(), free_port()
        self._is_first, self._position = False, ""
        (folder / "tmp").mkdir(parents=True)
        if os.geteuid() == 0:  # (the rsync of root would write as nobody, and could not)
            folder.parent.chmod(0o755)
            shutil.chown(folder, USER)
            shutil.chown(folder / "tmp", USER)
        super().__init__(folder)

    def more_options(self) -> tuple[str, ...]:
        peers = ",".join(f"127.0.0.1:{port}" for port in self._peers.values())
        own = self._peers[self.name]
        for_state, for_changes = self._transfer_ports
        provider = {
            "gmcast.listen_addr": f"tcp://127.0.0.1:{own}",
            "ist.recv_addr": f"127.0.0.1:{for_changes}",
            "gcache.size": "32M",
        }
        return (
            *("--wsrep-on=ON", f"--wsrep-provider={self.provider}"),
            f"--wsrep-provider-options={';'.join(f'{k}={v}' for k, v in provider.items())}",
            *("--wsrep-cluster-name=pos", f"--wsrep-node-name={self.name}"),
            f"--wsrep-cluster-address=gcomm://{'' if self._is_first else peers}",
            f"--wsrep-node-address=127.0.0.1:{own}",
            *("--wsrep-sst-method=rsync", "--wsrep-sst-donor=three,"),
            f"--wsrep-sst-receive-address=127.0.0.1:{for_state}",
            *("--binlog-format=ROW", "--innodb-autoinc-lock-mode=2"),
            *((f"--wsrep-start-position={self._position}",) if self._position else ()),
        )

    def _user(self) -> tuple[str, ...]:
        return (f"--user={USER}",) if os.geteuid() == 0 else ()

    def found(self) -> None:
        """Start as the first one, from which the others copy."""
        self._is_first = True
        self.start()
        self._is_first = False

    def start(self) -> None:
        super().start()
        until(self.is_synced, f"node {self.name} ({self.folder})", seconds=120)

    def rejoin(self) -> None:
        """Come back after a kill, from where it was, as MariaDB's systemd unit does it."""
        recovered = subprocess.run(
            [
                *(shutil.which("mariadbd") or "", "--no-defaults", *self._user(), *self._places()),
                *(
                    "--wsrep-recover",
                    "--skip-networking",
                    f"--socket={self.folder / 's'}",
                    *self.more_options(),
                ),
            ],
            capture_output=True,
        )
        assert recovered.returncode == 0, recovered.stderr[-2000:]
        told = recovered.stderr.decode(errors="replace")
        positions = re.findall(r"Recovered position:? *([0-9a-f-]+:-?\d+)", told)
        self._position = positions[-1] if positions else ""
        self.start()

    def is_synced(self) -> bool:
        return self.status("wsrep_local_state") == SYNCED

    def status(self, name: str) -> str:
        try:
            rows = self.run(f"SHOW GLOBAL STATUS LIKE '{name}'")
        except MySQLdb.Error:
            return ""
        return str(rows[0][1]) if rows else ""

    def environment(self, **more: str) -> dict[str, str]:
        """That of a server whose database this is."""
        return {
            **{"DB_HOST": "127.0.0.1", "DB_PORT": str(self.port), "DB_NAME": "shop"},
            **{"DB_USER": "root", "DB_PASSWORD": "", "DB_READ_TIMEOUT": "10", **more},
        }


@contextmanager
def galera(folder: Path) -> Iterator[Sequence[Node]]:
    """The cluster, with nothing in it."""
    peers = {name: free_port() for name in NAMES}
    nodes = [Node(folder / name, name, peers) for name in NAMES]
    with ExitStack() as ending:
        for node in nodes:
            ending.callback(_end, node)
        nodes[0].found()
        for node in nodes[1:]:
            node.start()
        until(lambda: nodes[0].status("wsrep_cluster_size") == "3", "three nodes")
        yield nodes


def _end(node: Node) -> None:
    if node._process:
        node._process.kill()
        node._process.wait(timeout=30)
