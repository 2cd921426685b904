-- +goose Up
-- What people choose about what they meet, and about whom.

-- suggested is what triage took a post to mention, matters what it counts as
-- mentioning: its notes too. One bit for each of moderation.Mentions, in order.
ALTER TABLE posts ADD COLUMN suggested INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN matters INTEGER NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN matters INTEGER NOT NULL DEFAULT 0;
UPDATE posts SET matters = (mentions LIKE '%mention_pregnancy%') + 2 * (mentions LIKE '%mention_living_child%') + 4 * (mentions LIKE '%mention_birth%')
    + 8 * (mentions LIKE '%mention_scan%') + 16 * (mentions LIKE '%mention_graphic%') + 32 * (mentions LIKE '%mention_faith%') WHERE mentions <> '';
UPDATE threads SET matters = (mentions LIKE '%mention_pregnancy%') + 2 * (mentions LIKE '%mention_living_child%') + 4 * (mentions LIKE '%mention_birth%')
    + 8 * (mentions LIKE '%mention_scan%') + 16 * (mentions LIKE '%mention_graphic%') + 32 * (mentions LIKE '%mention_faith%') WHERE mentions <> '';

-- hides and folds are matters; follows and leaves are topics, separated by spaces.
CREATE TABLE choices (
    person_id  INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
    hides      INTEGER NOT NULL,
    folds      INTEGER NOT NULL,
    follows    TEXT NOT NULL,
    leaves     TEXT NOT NULL,
    baby       TEXT NOT NULL,
    loss       TEXT NOT NULL,
    updated_at DATETIME NOT NULL
);

-- Whom somebody does not want to meet. thread_id is the conversation in which
-- somebody wrote without a name; 0 when it is about a name.
CREATE TABLE ties (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    by_id      INTEGER NOT NULL REFERENCES people (id),
    to_id      INTEGER NOT NULL REFERENCES people (id),
    kind       TEXT NOT NULL CHECK (kind IN ('mute', 'know')),
    thread_id  INTEGER NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX ties_one ON ties (by_id, to_id, kind, thread_id);
CREATE INDEX ties_to ON ties (to_id);

-- The post that a notice tells of, for those who chose not to meet it.
ALTER TABLE notices ADD COLUMN post_id INTEGER;
UPDATE notices SET post_id = CAST(substr(path, instr(path, '?post=') + 6) AS INTEGER) WHERE kind IN ('reply', 'midwife') AND path LIKE '/threads/%?post=%';

-- look is an alias as the eye takes it; empty until it was worked out.
ALTER TABLE people ADD COLUMN look TEXT NOT NULL DEFAULT '';
CREATE INDEX people_look ON people (look);
CREATE TABLE earlier_names (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    name       TEXT NOT NULL,
    changed_at DATETIME NOT NULL
);
CREATE INDEX earlier_names_person ON earlier_names (person_id, id);
CREATE INDEX people_unconfirmed ON people (created_at) WHERE email_state = 'unconfirmed';
