"""The tables, and how an older file becomes a newer one.

Reference data of the server (catalog, orders, positions, secrets, media) lies apart from what this
station did: the journal, whose unsent tail the outbox marks. Check-ins, counts, conflicts, prints and
hand-outs are projections of the journal and of what other stations did; `verify` compares them. Which
tables are emptied when a station is wiped stands in `wiping`, which names each of them.
A migration is a function; a released one is never edited.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlcipher3.dbapi2 import complete_statement

from .connection import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

VERSION = 1
"""The number of migrations; a file that carries it needs none."""

TABLES = """
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE catalog (
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (event, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    event TEXT NOT NULL,
    code TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('n', 'p', 'e', 'c')),
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    locale TEXT NOT NULL,
    placed_at INTEGER,
    expires_at INTEGER,
    total INTEGER NOT NULL,
    require_approval INTEGER NOT NULL CHECK (require_approval IN (0, 1)),
    valid_if_pending INTEGER NOT NULL CHECK (valid_if_pending IN (0, 1)),
    checkin_attention INTEGER NOT NULL CHECK (checkin_attention IN (0, 1)),
    checkin_text TEXT,
    customer TEXT NOT NULL,
    money TEXT NOT NULL CHECK (money = '' OR json_valid(money)),
    PRIMARY KEY (event, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE positions (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    order_code TEXT NOT NULL,
    number INTEGER NOT NULL,
    item INTEGER NOT NULL,
    variation INTEGER,
    price INTEGER NOT NULL,
    secret TEXT NOT NULL,
    fingerprint INTEGER NOT NULL, -- of the secret: an index of numbers is a third of one of texts
    name TEXT NOT NULL,
    company TEXT NOT NULL,
    email TEXT NOT NULL,
    subevent INTEGER,
    addon_to INTEGER,
    seat TEXT,
    canceled INTEGER NOT NULL CHECK (canceled IN (0, 1)),
    blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
    valid_from INTEGER,
    valid_until INTEGER,
    answers TEXT NOT NULL CHECK (json_valid(answers)),
    server_id INTEGER,
    clear INTEGER NOT NULL CHECK (clear IN (0, 1)), -- a door need not look at the order
    UNIQUE (event, order_code, number),
    FOREIGN KEY (event, order_code) REFERENCES orders (event, code),
    CHECK (NOT (clear AND canceled))
) STRICT;
CREATE INDEX positions_fingerprint ON positions (fingerprint);
CREATE INDEX positions_item ON positions (event, item);
CREATE INDEX positions_addon ON positions (event, order_code, addon_to) WHERE addon_to IS NOT NULL;
CREATE INDEX positions_server ON positions (event, server_id) WHERE server_id IS NOT NULL;

CREATE TABLE beneath (
    event TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (event, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked (
    secret TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (secret, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE revoked (
    secret TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (secret, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
    identifier TEXT NOT NULL,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    expires INTEGER,
    tickets TEXT NOT NULL CHECK (json_valid(tickets)),
    PRIMARY KEY (identifier, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkins (
    id INTEGER PRIMARY KEY,
    nonce TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL,
    list INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('entry', 'exit')),
    at INTEGER NOT NULL,
    gate TEXT NOT NULL,
    device TEXT NOT NULL,
    device_id TEXT NOT NULL,
    person TEXT NOT NULL,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
    unaware INTEGER NOT NULL CHECK (unaware IN (0, 1)),
    annulled INTEGER NOT NULL CHECK (annulled IN (0, 1)),
    auto INTEGER NOT NULL CHECK (auto IN (0, 1)),
    own INTEGER NOT NULL CHECK (own IN (0, 1))
) STRICT;
CREATE INDEX checkins_ticket ON checkins (event, ticket, list);

CREATE TABLE list_counts (
    event TEXT NOT NULL,
    list INTEGER NOT NULL,
    entries INTEGER NOT NULL DEFAULT 0,
    tickets INTEGER NOT NULL DEFAULT 0,
    inside INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (event, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
    event TEXT NOT NULL,
    ticket TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (event, ticket, question)
) STRICT, WITHOUT ROWID;

CREATE TABLE handouts (
    operation TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    ticket TEXT NOT NULL,
    what TEXT NOT NULL CHECK (json_valid(what)),
    at INTEGER NOT NULL,
    device TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handouts_ticket ON handouts (event, ticket);

CREATE TABLE pictures (
    digest TEXT PRIMARY KEY,
    image BLOB NOT NULL CHECK (length(image) BETWEEN 1 AND 4194304)
) STRICT;

CREATE TABLE photos (
    event TEXT NOT NULL,
    ticket TEXT NOT NULL,
    picture TEXT NOT NULL REFERENCES pictures (digest),
    at INTEGER NOT NULL,
    device TEXT NOT NULL,
    PRIMARY KEY (event, ticket)
) STRICT, WITHOUT ROWID;

CREATE TABLE proofs (
    event TEXT NOT NULL,
    order_code TEXT NOT NULL,
    picture TEXT NOT NULL REFERENCES pictures (digest),
    at INTEGER NOT NULL,
    operator TEXT NOT NULL,
    reference TEXT NOT NULL,
    PRIMARY KEY (event, order_code, picture)
) STRICT, WITHOUT ROWID;
CREATE INDEX proofs_picture ON proofs (picture);

CREATE TABLE item_pictures (
    event TEXT NOT NULL,
    item INTEGER NOT NULL,
    source TEXT NOT NULL,
    picture TEXT REFERENCES pictures (digest),
    PRIMARY KEY (event, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_pictures_picture ON item_pictures (picture) WHERE picture IS NOT NULL;

CREATE TABLE badge_templates (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;

CREATE TABLE badge_choices (
    event TEXT NOT NULL,
    item INTEGER NOT NULL,
    template TEXT NOT NULL REFERENCES badge_templates (id) ON DELETE CASCADE,
    PRIMARY KEY (event, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE print_queue (
    id INTEGER PRIMARY KEY,
    operation TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    document TEXT CHECK (json_valid(document)),
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    original TEXT NOT NULL,
    copy INTEGER NOT NULL CHECK (copy >= 0),
    printer TEXT NOT NULL,
    fallback TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'sending', 'sent', 'confirmed', 'unknown', 'failed', 'cancelled')),
    answer TEXT CHECK (answer IN ('came_out', 'again', 'cancel')),
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    because TEXT NOT NULL DEFAULT '',
    queued_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    sent BLOB CHECK (length(sent) = 32)
) STRICT;
CREATE INDEX print_queue_original ON print_queue (original);
CREATE INDEX print_queue_subject ON print_queue (event, subject);
CREATE INDEX print_queue_open ON print_queue (printer, id) WHERE state IN ('queued', 'sending', 'unknown', 'failed');

CREATE TABLE print_bytes (
    id INTEGER PRIMARY KEY REFERENCES print_queue (id),
    packed BLOB NOT NULL
) STRICT;

CREATE TABLE prints (
    operation TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    ticket TEXT NOT NULL,
    what TEXT NOT NULL,
    at INTEGER NOT NULL,
    device TEXT NOT NULL,
    copy INTEGER NOT NULL,
    reason TEXT NOT NULL,
    own INTEGER NOT NULL CHECK (own IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX prints_ticket ON prints (event, ticket);

CREATE TABLE conflicts (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    list INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    action TEXT,
    settled_at INTEGER,
    settled_by TEXT,
    note TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX conflicts_open ON conflicts (event, list, ticket) WHERE settled_at IS NULL;

CREATE TABLE settlements (
    conflict TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    action TEXT NOT NULL,
    at INTEGER NOT NULL,
    device TEXT NOT NULL,
    person TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    operation TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (device, epoch, sequence)
) STRICT;
CREATE INDEX journal_exchanged ON journal (body ->> 'order') WHERE kind = 'exchanged';
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_is_never_cut BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never cut'); END;

CREATE TABLE journal_private (
    id INTEGER PRIMARY KEY REFERENCES journal (id),
    salt BLOB NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY REFERENCES journal (id),
    subject TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'given up')),
    tries INTEGER NOT NULL DEFAULT 0,
    because TEXT,
    exported_at INTEGER
) STRICT;
CREATE INDEX outbox_parked ON outbox (subject) WHERE state = 'parked';
CREATE INDEX outbox_orders ON outbox (subject) WHERE subject NOT GLOB '*/*-*' AND subject <> '';

CREATE TABLE shifts (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    currency TEXT NOT NULL,
    operator TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    float INTEGER NOT NULL CHECK (float >= 0),
    training INTEGER NOT NULL CHECK (training IN (0, 1)),
    server_opened_at INTEGER,
    pieces TEXT NOT NULL CHECK (json_valid(pieces)),
    closed_at INTEGER,
    z INTEGER UNIQUE,
    CHECK (training OR (z IS NULL) = (closed_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shifts_open ON shifts (training) WHERE closed_at IS NULL;

CREATE TABLE sales (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'held', 'finished', 'dropped')),
    cart TEXT NOT NULL CHECK (json_valid(cart)),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_held ON sales (event, changed_at) WHERE state IN ('open', 'held');

CREATE TABLE held_carts (
    event TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    taken_in INTEGER NOT NULL DEFAULT 0 CHECK (taken_in IN (0, 1)), -- goes on here, under another id
    PRIMARY KEY (event, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
    training INTEGER NOT NULL CHECK (training IN (0, 1)),
    number INTEGER NOT NULL CHECK (number > 0),
    operation TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL REFERENCES shifts (id),
    event TEXT NOT NULL,
    order_code TEXT NOT NULL,
    corrects INTEGER,
    at INTEGER NOT NULL,
    total INTEGER NOT NULL,
    rounding INTEGER NOT NULL,
    loaded INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (training, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_shift ON receipts (shift);
CREATE INDEX receipts_order ON receipts (event, order_code);
CREATE INDEX receipts_about ON receipts (corrects) WHERE corrects IS NOT NULL;

CREATE INDEX receipts_at ON receipts (event, at);

CREATE TABLE takings (
    operation TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    device TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
CREATE INDEX takings_at ON takings (event, at);

CREATE TABLE receipt_tenders (
    training INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    place INTEGER NOT NULL,
    means TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (training, receipt, place),
    FOREIGN KEY (training, receipt) REFERENCES receipts (training, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE cash_moves (
    training INTEGER NOT NULL CHECK (training IN (0, 1)),
    number INTEGER NOT NULL CHECK (number > 0),
    operation TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL REFERENCES shifts (id),
    movement TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at INTEGER NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (training, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_moves_shift ON cash_moves (shift);

CREATE TABLE drawer_counts (
    shift TEXT NOT NULL REFERENCES shifts (id),
    number INTEGER NOT NULL CHECK (number > 0),
    operation TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    operator TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    pieces TEXT NOT NULL CHECK (json_valid(pieces)),
    PRIMARY KEY (shift, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER drawer_counts_are_never_changed BEFORE UPDATE ON drawer_counts
BEGIN SELECT RAISE(ABORT, 'a count is never changed'); END;
CREATE TRIGGER drawer_counts_are_never_taken_out BEFORE DELETE ON drawer_counts
BEGIN SELECT RAISE(ABORT, 'a count is never taken out'); END;

CREATE TABLE operators (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    pin TEXT NOT NULL,
    failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    tried_at INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    changed_at INTEGER NOT NULL DEFAULT 0, -- the name and the role are those of then
    heard INTEGER NOT NULL DEFAULT 0 CHECK (heard IN (0, 1)), -- from another station; may have no PIN here
    CHECK (active OR pin IN ('', 'gone'))
) STRICT, WITHOUT ROWID;

CREATE TABLE permissions (
    operation TEXT PRIMARY KEY,
    act TEXT NOT NULL,
    event TEXT NOT NULL,
    about TEXT NOT NULL,
    at INTEGER NOT NULL,
    asked TEXT NOT NULL,
    permitted TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX permissions_about ON permissions (about, act);

CREATE TABLE vouchers (
    event TEXT NOT NULL,
    code TEXT NOT NULL,
    blocks INTEGER NOT NULL CHECK (blocks IN (0, 1)),
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (event, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX vouchers_that_block ON vouchers (event) WHERE blocks;

CREATE TABLE gift_cards (
    event TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (event, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    event TEXT NOT NULL,
    number TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE redemptions (
    id TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    act TEXT NOT NULL,
    event TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('voucher', 'gift_card')),
    code TEXT NOT NULL,
    why TEXT NOT NULL,
    number INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'abandoned', 'redeemed', 'loaded', 'reversed', 'refused')),
    told INTEGER NOT NULL CHECK (told IN (0, 1)),
    at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    order_code TEXT NOT NULL,
    because TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX redemptions_code ON redemptions (code);
CREATE INDEX redemptions_operation ON redemptions (operation);
CREATE INDEX redemptions_act ON redemptions (act) WHERE act <> '';
CREATE INDEX redemptions_changed ON redemptions (changed_at);
CREATE INDEX redemptions_order ON redemptions (event, order_code) WHERE order_code <> '';
CREATE INDEX redemptions_receipt ON redemptions (receipt) WHERE receipt > 0;
CREATE INDEX redemptions_held ON redemptions (operation) WHERE state = 'held';

CREATE TABLE z_reports (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    shift TEXT NOT NULL UNIQUE REFERENCES shifts (id),
    at INTEGER NOT NULL,
    sales INTEGER NOT NULL,
    returns INTEGER NOT NULL,
    all_sales INTEGER NOT NULL,
    all_returns INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    in_doubt TEXT NOT NULL CHECK (json_valid(in_doubt)),
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;
CREATE TRIGGER receipts_are_never_changed BEFORE UPDATE OF number, total, rounding, loaded, shift, corrects ON receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is never changed'); END;
CREATE TRIGGER receipts_are_never_taken_out BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is never taken out'); END;
CREATE TRIGGER z_reports_are_never_changed BEFORE UPDATE ON z_reports
BEGIN SELECT RAISE(ABORT, 'a Z report is never changed'); END;
CREATE TRIGGER z_reports_are_never_taken_out BEFORE DELETE ON z_reports
BEGIN SELECT RAISE(ABORT, 'a Z report is never taken out'); END;

CREATE TABLE card_payments (
    id TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    event TEXT NOT NULL,
    terminal TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    began_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    terminal_receipt INTEGER,
    receipt INTEGER,
    reversed_for TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX card_payments_open_for ON card_payments (operation) WHERE open;
CREATE UNIQUE INDEX card_payments_open_at ON card_payments (terminal) WHERE open;
CREATE INDEX card_payments_operation ON card_payments (operation);
CREATE INDEX card_payments_reversed_for ON card_payments (reversed_for) WHERE reversed_for <> '';
CREATE INDEX card_payments_began ON card_payments (began_at);
CREATE INDEX card_payments_open ON card_payments (began_at) WHERE open;
CREATE INDEX card_payments_back ON card_payments (state, began_at) WHERE reversed_for <> '';
CREATE INDEX card_payments_receipt ON card_payments (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX card_payments_terminal_receipt ON card_payments (terminal_receipt) WHERE terminal_receipt IS NOT NULL;
CREATE INDEX card_payments_stray ON card_payments (state) WHERE receipt IS NULL;
CREATE TRIGGER card_payments_are_never_taken_out BEFORE DELETE ON card_payments
BEGIN SELECT RAISE(ABORT, 'a card payment is never taken out'); END;

CREATE TABLE card_marks (
    terminal TEXT PRIMARY KEY,
    mark TEXT NOT NULL CHECK (json_valid(mark))
) STRICT, WITHOUT ROWID;

CREATE TABLE card_days (
    id TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    at INTEGER NOT NULL,
    shift TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
CREATE INDEX card_days_terminal ON card_days (terminal, at);
CREATE INDEX card_days_shift ON card_days (shift);
CREATE TRIGGER card_days_stay_as_they_are BEFORE UPDATE ON card_days
BEGIN SELECT RAISE(ABORT, 'the end of a day at a terminal stays as it is'); END;
CREATE TRIGGER card_days_are_never_taken_out BEFORE DELETE ON card_days
BEGIN SELECT RAISE(ABORT, 'the end of a day at a terminal stays as it is'); END;

CREATE TABLE card_errands (
    operation TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
CREATE INDEX card_errands_order ON card_errands (event, code);

CREATE TABLE leases (
    event TEXT NOT NULL,
    quota INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    until INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    PRIMARY KEY (event, quota)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease_draws (
    operation TEXT NOT NULL,
    event TEXT NOT NULL,
    quota INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    PRIMARY KEY (event, quota, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    anchor TEXT NOT NULL CHECK (json_valid(anchor))
) STRICT;

CREATE TABLE feeds (
    event TEXT PRIMARY KEY,
    cursor TEXT NOT NULL,
    applied INTEGER NOT NULL DEFAULT 0,
    complete_at INTEGER
) STRICT, WITHOUT ROWID;
"""


def prepare(connection: Connection) -> None:
    """Bring the file to the newest schema; all of it or nothing.

    The tools that do this take a tenth of a second to load, so a file that is up to date never meets them.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    from sqlite_utils import Database, Migrations

    from . import search_index

    migrations = Migrations("boxoffice")

    @migrations()
    def m0001_first(db: Database) -> None:
        for statement in (*_statements(TABLES), *_statements(search_index.CREATE_INDEX)):
            db.execute(statement)

    database = Database(connection, execute_plugins=False)
    with database.atomic():
        migrations.apply(database)
        connection.execute(f"PRAGMA user_version={VERSION}")


def _statements(script: str) -> Iterator[str]:
    """One by one, because a whole script would end the transaction; the tools' own way takes five times as long."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.endswith(";\n") and complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement  # which the engine then complains about
