"""The tables in which tastes are kept, and the steps by which an older file becomes one of today's."""

import sqlite3

from bridge.errors import TasteError

OURS = 0x416E7450
"""What marks a file as ours («AntP»)."""
STEPS: tuple[str, ...] = (
    """
    CREATE TABLE profiles (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        made REAL NOT NULL
    ) STRICT;
    CREATE TABLE items (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        label TEXT NOT NULL,
        content TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE opinions (
        profile INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
        item TEXT NOT NULL REFERENCES items (id),
        value REAL NOT NULL,
        source TEXT NOT NULL,
        time REAL NOT NULL,
        PRIMARY KEY (profile, item)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX opinions_by_item ON opinions (item);
    CREATE TABLE latents (
        item TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
        pack TEXT NOT NULL,
        vector TEXT NOT NULL,
        PRIMARY KEY (item, pack)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE chosen (one INTEGER PRIMARY KEY CHECK (one = 1), profile INTEGER NOT NULL) STRICT;
    """,
    """
    DROP TABLE latents;
    CREATE TABLE latents (
        item TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
        pack TEXT NOT NULL,
        sha TEXT NOT NULL,
        vector TEXT NOT NULL,
        PRIMARY KEY (item, pack)
    ) STRICT, WITHOUT ROWID;
    """,
)
"""Each turns a file of one version into one of the next; the first makes it from nothing."""
VERSION = len(STEPS)


def prepare(connection: sqlite3.Connection, where: str) -> None:
    """Bring an open file to today's version. Raises TasteError for a file that is another's, or newer than we are."""
    version = _version(connection, where)
    while version < VERSION:
        # One transaction for a step and its number: a kill leaves the version before, or this one.
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection, where)  # another process may have taken the step meanwhile
        if version < VERSION:
            for statement in STEPS[version].split(";"):
                connection.execute(statement)
            version += 1
            connection.execute(f"PRAGMA application_id = {OURS}")
            connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection, where: str) -> int:
    version, mark, tables = (
        int(connection.execute(sql).fetchone()[0])
        for sql in ("PRAGMA user_version", "PRAGMA application_id", "SELECT count(*) FROM sqlite_master")
    )
    if mark != OURS and tables:
        raise TasteError(f"{where} is no file of ours; move it away, and a new one is made")
    if version > VERSION:
        raise TasteError(
            f"{where} was written by a newer Antiphon (version {version}, this one knows {VERSION}); update"
        )
    return version
