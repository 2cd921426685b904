-- +goose Up
-- People who leave: for some days they may come back, then their words are erased.

-- name is the alias to give back; emptied once it is over.
CREATE TABLE departures (
    person_id INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
    mode      TEXT NOT NULL CHECK (mode IN ('stay', 'remove')),
    name      TEXT NOT NULL,
    asked_at  DATETIME NOT NULL,
    ends_at   DATETIME NOT NULL,
    done_at   DATETIME
);
CREATE INDEX departures_due ON departures (ends_at) WHERE done_at IS NULL;

-- What a safety case demands of somebody who left, sealed.
CREATE TABLE kept_copies (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    body       BLOB NOT NULL,
    ends_at    DATETIME NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX kept_copies_case ON kept_copies (case_id);
CREATE INDEX kept_copies_end ON kept_copies (ends_at);
