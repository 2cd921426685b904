-- +goose Up
-- Midwives whom two people have checked against the public register, roles that
-- end by themselves or ask for a second person, and what midwives do.

-- SQLite cannot alter a CHECK: the schema's text is edited, as in 00008.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''current'', ''suspended'', ''lapsed'', ''removed'')', 'state IN (''current'', ''suspended'', ''interim'', ''conditions'', ''lapsed'', ''removed'', ''not_found'', ''ended'')') WHERE type = 'table' AND name = 'registrations';
PRAGMA writable_schema = RESET;

ALTER TABLE grants ADD COLUMN expires_at DATETIME;
CREATE INDEX grants_expiry ON grants (expires_at) WHERE expires_at IS NOT NULL;

-- due_at is when somebody must be told something about it, or it ends.
ALTER TABLE registrations ADD COLUMN expires_at DATETIME;
ALTER TABLE registrations ADD COLUMN recheck_at DATETIME;
ALTER TABLE registrations ADD COLUMN due_at DATETIME;
CREATE INDEX registrations_due ON registrations (due_at) WHERE due_at IS NOT NULL;

-- Number, name and employer are sealed; number_key is a keyed hash. A number
-- belongs to one account from the moment it was approved.
CREATE TABLE applications (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id       INTEGER NOT NULL REFERENCES people (id),
    state           TEXT NOT NULL CHECK (state IN ('open', 'approved', 'blocked', 'refused')),
    number_key      TEXT NOT NULL,
    number_sealed   BLOB NOT NULL,
    name_sealed     BLOB NOT NULL,
    employer_sealed BLOB NOT NULL,
    field           TEXT NOT NULL CHECK (field IN ('midwife', 'nurse_midwife')),
    round           INTEGER NOT NULL,
    created_at      DATETIME NOT NULL,
    decided_at      DATETIME
);
CREATE UNIQUE INDEX applications_person ON applications (person_id) WHERE state <> 'refused';
CREATE UNIQUE INDEX applications_number ON applications (number_key) WHERE (decided_at IS NOT NULL) AND (state <> 'refused');
CREATE INDEX applications_key ON applications (number_key);

-- What one member of staff saw on the register. Nobody checks twice in a round.
CREATE TABLE register_checks (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    round          INTEGER NOT NULL,
    by_id          INTEGER NOT NULL REFERENCES people (id),
    seen           TEXT NOT NULL CHECK (seen IN ('current', 'suspended', 'interim', 'conditions', 'lapsed', 'removed', 'not_found')),
    field          TEXT NOT NULL CHECK (field IN ('midwife', 'nurse_midwife', 'other')),
    identity       TEXT NOT NULL CHECK (identity IN ('', 'photo', 'work', 'met')),
    reviewed       BOOLEAN NOT NULL CHECK (reviewed IN (0, 1)),
    expires_at     DATETIME,
    created_at     DATETIME NOT NULL
);
CREATE UNIQUE INDEX register_checks_one ON register_checks (application_id, round, by_id);

-- A role that waits for a second person to sign.
CREATE TABLE grant_requests (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    role       TEXT NOT NULL CHECK (role IN ('moderator', 'lead', 'admin')),
    expires_at DATETIME,
    by_id      INTEGER NOT NULL REFERENCES people (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'signed', 'refused')),
    second_id  INTEGER REFERENCES people (id),
    created_at DATETIME NOT NULL,
    decided_at DATETIME
);
CREATE UNIQUE INDEX grant_requests_open ON grant_requests (person_id, role) WHERE state = 'open';

-- Which midwife is at a question.
CREATE TABLE question_claims (
    thread_id   INTEGER NOT NULL PRIMARY KEY REFERENCES threads (id),
    holder_id   INTEGER NOT NULL REFERENCES people (id),
    lease       TEXT NOT NULL,
    claimed_at  DATETIME NOT NULL,
    renewed_at  DATETIME NOT NULL,
    lease_until DATETIME NOT NULL
);
CREATE INDEX question_claims_holder ON question_claims (holder_id);

-- What a midwife's answer was made of: blocks as slug:version, and the points of
-- the safety net that were ticked.
CREATE TABLE answers (
    post_id INTEGER NOT NULL PRIMARY KEY REFERENCES posts (id),
    blocks  TEXT NOT NULL,
    asked   BOOLEAN NOT NULL CHECK (asked IN (0, 1)),
    safety  TEXT NOT NULL
);

-- What a second midwife said of an answer.
CREATE TABLE second_opinions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id    INTEGER NOT NULL REFERENCES posts (id),
    person_id  INTEGER NOT NULL REFERENCES people (id),
    kind       TEXT NOT NULL CHECK (kind IN ('agree', 'add', 'correct')),
    reply_id   INTEGER REFERENCES posts (id),
    created_at DATETIME NOT NULL
);
CREATE INDEX second_opinions_post ON second_opinions (post_id, id);
CREATE UNIQUE INDEX second_opinions_agree ON second_opinions (post_id, person_id) WHERE kind = 'agree';
