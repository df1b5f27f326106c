"""The yardsticks of `bench hub`: the bare database committing the rows that a hub keeps of acts, in the same batches.

For SQLite that is the engine itself, on the hub's own tables; for PostgreSQL `pgbench` with a script and a few
clients, because a loop of ours would be measured with it.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from boxoffice.domain.journal import Entry
from sync.hub.cluster import Cluster, programs_folder
from sync.hub.database import Database, file_url

BATCH = 100
EVENT = "bench"


def _rows_of(batch: Sequence[Entry], version: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of the journal and of the feed that a batch becomes."""
    kept = [
        (
            one.operation,
            one.device,
            1,
            one.sequence,
            "admitted",
            one.body,
            one.previous,
            one.hash,
            one.private,
            one.salt,
        )
        for one in batch
    ]
    told = [(EVENT, "checkin", f"bare-{one.operation}", version + place, one.body) for place, one in enumerate(batch)]
    return kept, told


_ACT = (
    "operation, device, epoch, sequence, kind, body, previous, hash, private, salt,"
    " outcome, because, fault, received_at"
)


def sqlite(_url: str, folder: Path, batches: Sequence[Sequence[Entry]]) -> float:
    """Seconds that the engine alone takes to commit these rows, batch by batch, into the hub's own tables."""
    database = Database(file_url(folder / "bare.db"))
    ready = [_rows_of(batch, number * BATCH) for number, batch in enumerate(batches)]
    begun = time.perf_counter()
    for kept, told in ready:
        with database.writing() as connection, contextlib.closing(connection.connection.cursor()) as cursor:
            cursor.execute("UPDATE newest SET version = version + ?", (len(told),))
            cursor.executemany(
                f"INSERT INTO acts ({_ACT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'done', '', '', 0)", kept
            )
            cursor.executemany("INSERT INTO documents (event, kind, id, version, body) VALUES (?, ?, ?, ?, ?)", told)
            cursor.execute(
                "INSERT INTO marks (device, epoch, high_water, held, alarm) VALUES (?, 1, 1, 1, '')"
                " ON CONFLICT (device, epoch) DO UPDATE SET high_water = high_water + 1",
                (kept[0][1],),
            )
    taken = time.perf_counter() - begun
    database.close()
    return taken


_PGBENCH = """
BEGIN;
UPDATE newest SET version = version + {batch} RETURNING version \\gset
INSERT INTO acts ({columns}) SELECT lpad((:version + g)::text, 36, '0'), 'device ' || :client_id, 1, :version + g,
    'admitted', '{body}', '{seal}', '{seal}', '{private}', '{salt}', 'done', '', '', 0
    FROM generate_series(1, {batch}) g;
INSERT INTO documents (event, kind, id, version, body)
    SELECT '{event}', 'checkin', lpad((:version + g)::text, 36, '0'), :version - {batch} + g, '{body}'
    FROM generate_series(1, {batch}) g;
INSERT INTO marks (device, epoch, high_water, held, alarm) VALUES ('device ' || :client_id, 1, 1, 1, '')
    ON CONFLICT (device, epoch) DO UPDATE SET high_water = marks.high_water + 1;
COMMIT;
"""
_CLIENTS = 4


def postgresql(url: str, folder: Path, batches: Sequence[Sequence[Entry]]) -> float:
    """Seconds that `pgbench` takes to commit as many of such rows, which the server makes up by itself."""
    database = Database(url)
    with database.own_line() as line:
        line.execute("CREATE DATABASE bare")
    database.close()
    Database(Cluster(folder).url("bare")).close()
    one = batches[0][0]
    script = folder / "script.sql"
    values = {"body": one.body, "seal": one.hash, "private": one.private, "salt": one.salt}
    script.write_text(_PGBENCH.format(batch=BATCH, columns=_ACT, event=EVENT, **values), encoding="utf-8")
    where = ("--host", str(folder), "--username", "postgres", "--no-vacuum", "--file", str(script))
    each = max(1, len(batches) // _CLIENTS)
    how_often = ("--client", str(_CLIENTS), "--transactions", str(each))
    done = subprocess.run(
        [programs_folder() / "pgbench", *how_often, *where, "bare"], capture_output=True, text=True, check=True
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout  # noqa: S101 - pgbench always says it
    return len(batches) / float(found[1])
