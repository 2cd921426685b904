-- +goose Up
CREATE TABLE notices (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    kind       TEXT NOT NULL CHECK (kind IN ('reply', 'midwife', 'decision', 'report')),
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    words      TEXT NOT NULL,
    path       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('unread', 'read')),
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX notices_key ON notices (key);
CREATE INDEX notices_person ON notices (person_id, id);
CREATE INDEX notices_unread ON notices (person_id) WHERE state = 'unread';

CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    case_id    INTEGER REFERENCES cases (id),
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'doubtful')),
    created_at DATETIME NOT NULL,
    sent_at    DATETIME
);
CREATE UNIQUE INDEX mails_key ON mails (key);
CREATE INDEX mails_case ON mails (case_id) WHERE case_id IS NOT NULL;
