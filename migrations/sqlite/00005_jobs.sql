-- +goose Up
CREATE TABLE jobs (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL CHECK (kind IN ('mail', 'sweep')),
    key         TEXT NOT NULL,
    subject_id  INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'failed')),
    attempts    INTEGER NOT NULL,
    run_at      DATETIME NOT NULL,
    lease_until DATETIME,
    created_at  DATETIME NOT NULL
);
CREATE UNIQUE INDEX jobs_key ON jobs (key);
CREATE INDEX jobs_due ON jobs (state, run_at, id);
