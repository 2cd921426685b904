-- +goose Up
-- band sorts by bytes on both databases, so that P0 comes first. A case
-- always has one; a signal may be of none.
CREATE TABLE cases (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id     INTEGER NOT NULL REFERENCES posts (id),
    band        TEXT NOT NULL CHECK (band IN ('P0', 'P1', 'P2', 'P3', 'P4')),
    state       TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'waiting', 'decided', 'closed')),
    version     INTEGER NOT NULL,
    look_by     DATETIME NOT NULL,
    decide_by   DATETIME NOT NULL,
    holder_id   INTEGER REFERENCES people (id),
    lease       TEXT NOT NULL,
    lease_until DATETIME,
    opened_at   DATETIME NOT NULL,
    decided_at  DATETIME,
    CONSTRAINT cases_lease CHECK ((state = 'claimed') = (lease <> '')
        AND (state = 'claimed') = (holder_id IS NOT NULL)
        AND (state = 'claimed') = (lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX cases_post ON cases (post_id);
CREATE INDEX cases_queue ON cases (state, band, decide_by, id);

CREATE TABLE signals (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    kind       TEXT NOT NULL CHECK (kind IN ('report', 'finding', 'hold', 'edit')),
    band       TEXT NOT NULL CHECK (band IN ('P0', 'P1', 'P2', 'P3', 'P4', 'none')),
    revision   INTEGER NOT NULL,
    category   TEXT NOT NULL,
    rule       TEXT NOT NULL,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    in_title   BOOLEAN NOT NULL CHECK (in_title IN (0, 1)),
    cancelled  BOOLEAN NOT NULL CHECK (cancelled IN (0, 1)),
    why        TEXT NOT NULL,
    door       TEXT NOT NULL CHECK (door IN ('', 'worried', 'rules')),
    person_id  INTEGER REFERENCES people (id),
    note       TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE INDEX signals_case ON signals (case_id, id);

CREATE TABLE decisions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id      INTEGER NOT NULL REFERENCES cases (id),
    case_version INTEGER NOT NULL,
    key          TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    action       TEXT NOT NULL CHECK (action IN ('keep', 'keep_with_note', 'hold', 'remove', 'ask_change')),
    reason       TEXT NOT NULL,
    message      TEXT NOT NULL,
    note         TEXT NOT NULL,
    by_id        INTEGER NOT NULL REFERENCES people (id),
    created_at   DATETIME NOT NULL
);
CREATE UNIQUE INDEX decisions_key ON decisions (case_id, key);
CREATE UNIQUE INDEX decisions_version ON decisions (case_id, case_version);

-- The record is append-only. Whoever runs the database can still drop a
-- trigger; what these refuse is the program and a slip of the hand.
CREATE TABLE record_entries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    actor_id   INTEGER REFERENCES people (id),
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    detail     TEXT NOT NULL,
    created_at DATETIME NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER record_no_update BEFORE UPDATE ON record_entries
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER record_no_delete BEFORE DELETE ON record_entries
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd
