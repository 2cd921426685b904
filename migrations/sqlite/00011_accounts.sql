-- +goose Up
-- Addresses that are confirmed before they count, letters that say nothing by the
-- time they take, second factors, sessions that can be told apart, and pauses that
-- grow.

-- See 00008 for this way to alter a CHECK.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'purpose IN (''set_password'', ''first_admin'')', 'purpose IN (''set_password'', ''first_admin'', ''confirm_email'', ''reset_password'')') WHERE type = 'table' AND name = 'links';
PRAGMA writable_schema = RESET;

ALTER TABLE people ADD COLUMN email_state TEXT NOT NULL DEFAULT 'confirmed' CHECK (email_state IN ('unconfirmed', 'confirmed'));

-- An address that somebody says is theirs. Not unique: only a confirmed one is.
CREATE TABLE pending_addresses (
    person_id    INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
    email_key    TEXT NOT NULL,
    email_sealed BLOB NOT NULL,
    created_at   DATETIME NOT NULL
);
CREATE INDEX pending_addresses_key ON pending_addresses (email_key);

-- A letter asked for. Whether anybody has the address is looked up after the
-- request was answered. sealed is the address.
CREATE TABLE letters (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('confirm', 'forgot')),
    person_id  INTEGER REFERENCES people (id),
    sealed     BLOB NOT NULL,
    created_at DATETIME NOT NULL
);

-- Address and text of a mail that carries a one-time link; emptied once it is over.
ALTER TABLE mails ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';

ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN roles TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN shared BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN proven_at DATETIME;

CREATE TABLE devices (
    person_id INTEGER NOT NULL REFERENCES people (id),
    name      TEXT NOT NULL,
    seen_at   DATETIME NOT NULL,
    PRIMARY KEY (person_id, name)
);

-- last_step is the latest 30 seconds whose code was used: a code works once.
CREATE TABLE second_factors (
    person_id     INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
    secret_sealed BLOB NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('proposed', 'on')),
    last_step     INTEGER NOT NULL,
    created_at    DATETIME NOT NULL
);

-- key is the SHA-256 of the code.
CREATE TABLE recovery_codes (
    person_id INTEGER NOT NULL REFERENCES people (id),
    key       TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('open', 'used')),
    PRIMARY KEY (person_id, key)
);

CREATE TABLE pauses (
    key      TEXT NOT NULL PRIMARY KEY,
    strikes  INTEGER NOT NULL,
    until_at DATETIME NOT NULL
);
