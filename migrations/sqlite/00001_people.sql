-- +goose Up
CREATE TABLE people (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    email_key     TEXT NOT NULL,
    email_sealed  BLOB NOT NULL,
    password_hash TEXT NOT NULL,
    consent_at    DATETIME,
    created_at    DATETIME NOT NULL
);
CREATE UNIQUE INDEX people_name_key ON people (name_key);
CREATE UNIQUE INDEX people_email_key ON people (email_key);

CREATE TABLE grants (
    person_id  INTEGER NOT NULL REFERENCES people (id),
    role       TEXT NOT NULL CHECK (role IN ('midwife', 'moderator', 'lead', 'admin')),
    granted_by INTEGER REFERENCES people (id),
    created_at DATETIME NOT NULL,
    PRIMARY KEY (person_id, role)
);

CREATE TABLE registrations (
    person_id  INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
    state      TEXT NOT NULL CHECK (state IN ('current', 'suspended', 'lapsed', 'removed')),
    checked_by INTEGER REFERENCES people (id),
    checked_at DATETIME NOT NULL
);

-- key is the SHA-256 of the cookie's token; idle is in nanoseconds.
CREATE TABLE sessions (
    key        TEXT NOT NULL PRIMARY KEY,
    person_id  INTEGER REFERENCES people (id),
    data       TEXT NOT NULL,
    idle       INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    seen_at    DATETIME NOT NULL,
    expires_at DATETIME NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);

-- key is the SHA-256 of the link's token.
CREATE TABLE links (
    key        TEXT NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL CHECK (purpose IN ('set_password', 'first_admin')),
    person_id  INTEGER REFERENCES people (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'used')),
    expires_at DATETIME NOT NULL,
    created_at DATETIME NOT NULL
);

-- One row a key and window; uses only grows.
CREATE TABLE throttles (
    key      TEXT NOT NULL,
    start_at DATETIME NOT NULL,
    uses     INTEGER NOT NULL,
    PRIMARY KEY (key, start_at)
);
