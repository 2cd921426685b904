-- +goose Up
-- Everything a team needs to hold a queue together: outcomes for each signal,
-- second signers, appeals, measures, care apart from conduct, shifts, and a
-- record whose entries are chained.

-- SQLite cannot alter a CHECK. Its own way for a change that leaves the rows as
-- they are is to edit the schema's text; the ALTER TABLE after it makes every
-- connection read it again.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'band IN (''P0'', ''P1'', ''P2'', ''P3'', ''P4'')', 'band IN (''P0'', ''P1'', ''P2'', ''P3'', ''P4'', ''PA'')') WHERE type = 'table' AND name = 'cases';
UPDATE sqlite_schema SET sql = replace(sql, 'band IN (''P0'', ''P1'', ''P2'', ''P3'', ''P4'', ''none'')', 'band IN (''P0'', ''P1'', ''P2'', ''P3'', ''P4'', ''PA'', ''none'')') WHERE type = 'table' AND name = 'signals';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''report'', ''finding'', ''hold'', ''edit'')', 'kind IN (''report'', ''finding'', ''hold'', ''edit'', ''note'', ''care'', ''appeal'')') WHERE type = 'table' AND name = 'signals';
UPDATE sqlite_schema SET sql = replace(sql, 'action IN (''keep'', ''keep_with_note'', ''hold'', ''remove'', ''ask_change'')', 'action IN (''keep'', ''keep_with_note'', ''reach_out'', ''redact'', ''ask_change'', ''fold'', ''hold'', ''remove'', ''move'', ''lock'', ''slow'', ''correct'', ''ask_midwife'', ''ask_safeguarding'', ''emergency'', ''uphold'', ''overturn'')') WHERE type = 'table' AND name = 'decisions';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''reply'', ''midwife'', ''decision'', ''report'')', 'kind IN (''reply'', ''midwife'', ''decision'', ''report'', ''care'', ''appeal'', ''staff'')') WHERE type = 'table' AND name = 'notices';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''mail'', ''sweep'')', 'kind IN (''mail'', ''sweep'', ''clock'')') WHERE type = 'table' AND name = 'jobs';
PRAGMA writable_schema = RESET;

ALTER TABLE cases ADD COLUMN clock_at DATETIME NOT NULL DEFAULT '1970-01-01 00:00:00+00:00';
ALTER TABLE cases ADD COLUMN looked_at DATETIME;
ALTER TABLE cases ADD COLUMN alarm_at DATETIME;
ALTER TABLE cases ADD COLUMN wait_for TEXT NOT NULL DEFAULT '' CHECK (wait_for IN ('', 'author', 'team', 'midwife', 'safeguarding', 'second', 'lead'));
ALTER TABLE cases ADD COLUMN wait_until DATETIME;
ALTER TABLE cases ADD COLUMN except_id INTEGER REFERENCES people (id);
UPDATE cases SET clock_at = opened_at;
UPDATE cases SET wait_for = 'team', wait_until = decide_by WHERE state = 'waiting';
UPDATE cases SET alarm_at = look_by WHERE state IN ('open', 'claimed', 'waiting');
-- The queue in the order to be worked, and the next alarm.
CREATE INDEX cases_live ON cases (band, decide_by, id) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX cases_alarm ON cases (alarm_at) WHERE alarm_at IS NOT NULL;
CREATE INDEX cases_wait ON cases (wait_until) WHERE wait_until IS NOT NULL;
CREATE INDEX cases_holder ON cases (holder_id) WHERE holder_id IS NOT NULL;

ALTER TABLE signals ADD COLUMN case_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE signals ADD COLUMN outcome TEXT NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'acted', 'kept', 'care', 'duplicate', 'misuse', 'false_alarm'));
ALTER TABLE signals ADD COLUMN outcome_at DATETIME;
ALTER TABLE signals ADD COLUMN decision_id INTEGER REFERENCES decisions (id);
UPDATE signals SET outcome = 'kept', outcome_at = created_at
    WHERE case_id IN (SELECT id FROM cases WHERE state IN ('decided', 'closed'));
CREATE INDEX signals_person ON signals (person_id, case_id) WHERE kind = 'report';

-- undo is what an overturn puts back, JSON.
ALTER TABLE decisions ADD COLUMN band TEXT NOT NULL DEFAULT 'P4' CHECK (band IN ('P0', 'P1', 'P2', 'P3', 'P4', 'PA'));
ALTER TABLE decisions ADD COLUMN second_id INTEGER REFERENCES people (id);
ALTER TABLE decisions ADD COLUMN state TEXT NOT NULL DEFAULT 'standing' CHECK (state IN ('standing', 'reversed'));
ALTER TABLE decisions ADD COLUMN undo TEXT NOT NULL DEFAULT '{}';
ALTER TABLE decisions ADD COLUMN opened_at DATETIME;
ALTER TABLE decisions ADD COLUMN looked_at DATETIME;
CREATE INDEX decisions_time ON decisions (created_at);

-- A decision that waits for somebody else to decide without seeing it. form is
-- what was decided, JSON.
CREATE TABLE proposals (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id      INTEGER NOT NULL REFERENCES cases (id),
    case_version INTEGER NOT NULL,
    key          TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    form         TEXT NOT NULL,
    by_id        INTEGER NOT NULL REFERENCES people (id),
    state        TEXT NOT NULL CHECK (state IN ('open', 'agreed', 'differs', 'settled', 'void')),
    created_at   DATETIME NOT NULL
);
CREATE UNIQUE INDEX proposals_key ON proposals (case_id, key);
CREATE INDEX proposals_open ON proposals (case_id) WHERE state IN ('open', 'differs');

CREATE TABLE appeals (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    person_id   INTEGER NOT NULL REFERENCES people (id),
    note        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'partly', 'overturned')),
    answer      TEXT NOT NULL,
    answered_by INTEGER REFERENCES people (id),
    due_at      DATETIME NOT NULL,
    created_at  DATETIME NOT NULL,
    answered_at DATETIME
);
CREATE UNIQUE INDEX appeals_person ON appeals (decision_id, person_id);
CREATE INDEX appeals_case ON appeals (case_id) WHERE state = 'open';
CREATE INDEX appeals_by ON appeals (person_id);
CREATE INDEX appeals_time ON appeals (created_at);

CREATE TABLE measures (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id   INTEGER NOT NULL REFERENCES people (id),
    kind        TEXT NOT NULL CHECK (kind IN ('note', 'strike', 'warning', 'read_only', 'suspension', 'ban')),
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('standing', 'reversed')),
    starts_at   DATETIME NOT NULL,
    ends_at     DATETIME
);
CREATE INDEX measures_person ON measures (person_id, id);
CREATE INDEX measures_decision ON measures (decision_id);

-- What the team and a writer say to each other, apart from any decision.
CREATE TABLE care_messages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    person_id  INTEGER NOT NULL REFERENCES people (id),
    by_id      INTEGER NOT NULL REFERENCES people (id),
    side       TEXT NOT NULL CHECK (side IN ('team', 'writer')),
    body       TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX care_messages_key ON care_messages (key);
CREATE INDEX care_messages_case ON care_messages (case_id, id);

-- What a moderator asked a midwife, and the answer.
CREATE TABLE consults (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    revision    INTEGER NOT NULL,
    question    TEXT NOT NULL,
    asked_by    INTEGER NOT NULL REFERENCES people (id),
    state       TEXT NOT NULL CHECK (state IN ('open', 'answered')),
    answer      TEXT NOT NULL,
    answered_by INTEGER REFERENCES people (id),
    created_at  DATETIME NOT NULL,
    answered_at DATETIME
);
CREATE INDEX consults_case ON consults (case_id, id);
CREATE INDEX consults_open ON consults (id) WHERE state = 'open';

CREATE TABLE passes (
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    person_id  INTEGER NOT NULL REFERENCES people (id),
    created_at DATETIME NOT NULL,
    PRIMARY KEY (case_id, person_id)
);

-- One moderator's turn at the queue.
CREATE TABLE shifts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    state      TEXT NOT NULL CHECK (state IN ('on', 'paused', 'over')),
    served     INTEGER NOT NULL,
    since_care INTEGER NOT NULL,
    began_at   DATETIME NOT NULL,
    seen_at    DATETIME NOT NULL,
    ended_at   DATETIME
);
CREATE UNIQUE INDEX shifts_one ON shifts (person_id) WHERE state <> 'over';
CREATE INDEX shifts_person ON shifts (person_id, id);

CREATE TABLE exposures (
    shift_id   INTEGER NOT NULL REFERENCES shifts (id),
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    band       TEXT NOT NULL CHECK (band IN ('P0', 'P1', 'P2', 'P3', 'P4', 'PA')),
    created_at DATETIME NOT NULL,
    PRIMARY KEY (shift_id, case_id)
);

-- Who was cleared for the bands that the site data asks training for.
CREATE TABLE trainings (
    person_id  INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
    granted_by INTEGER NOT NULL REFERENCES people (id),
    created_at DATETIME NOT NULL
);

-- Contacts with emergency services and lawful requests, encrypted.
CREATE TABLE sealed_notes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    kind       TEXT NOT NULL CHECK (kind IN ('emergency', 'lawful')),
    body       BLOB NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('proposed', 'signed')),
    by_id      INTEGER NOT NULL REFERENCES people (id),
    second_id  INTEGER REFERENCES people (id),
    created_at DATETIME NOT NULL,
    signed_at  DATETIME
);
CREATE INDEX sealed_notes_case ON sealed_notes (case_id, id);

ALTER TABLE threads ADD COLUMN pace TEXT NOT NULL DEFAULT 'open' CHECK (pace IN ('open', 'slow', 'locked'));
ALTER TABLE posts ADD COLUMN correction TEXT NOT NULL DEFAULT '';

-- The end of the record's chain: whoever appends holds this one row until it is
-- done. Entries up to began were written before there was a chain; the first one
-- in it is chained to all of them.
ALTER TABLE record_entries ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE TABLE record_heads (
    id       INTEGER NOT NULL PRIMARY KEY,
    entry_id INTEGER NOT NULL,
    hash     TEXT NOT NULL,
    began    INTEGER NOT NULL
);
INSERT INTO record_heads (id, entry_id, hash, began) SELECT 1, COALESCE(max(id), 0), '', COALESCE(max(id), 0) FROM record_entries;
