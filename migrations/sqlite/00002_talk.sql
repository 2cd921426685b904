-- +goose Up
-- topic sorts by bytes on both databases: the last-active query walks it in order.
CREATE TABLE threads (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    topic      TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('question', 'story', 'remembrance')),
    wants      TEXT NOT NULL CHECK (wants IN ('listen', 'parents', 'midwife')),
    audience   TEXT NOT NULL CHECK (audience IN ('public', 'members')),
    title      TEXT NOT NULL,
    author_id  INTEGER NOT NULL REFERENCES people (id),
    anonymous  BOOLEAN NOT NULL CHECK (anonymous IN (0, 1)),
    state      TEXT NOT NULL CHECK (state IN ('draft', 'held', 'folded', 'public', 'removed', 'withdrawn')),
    mentions   TEXT NOT NULL,
    comments   INTEGER NOT NULL,
    answers    INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    active_at  DATETIME NOT NULL,
    CONSTRAINT threads_counts CHECK (comments >= 0 AND answers >= 0 AND answers <= comments)
);
CREATE INDEX threads_by_topic ON threads (topic, active_at, id);
CREATE INDEX threads_by_activity ON threads (active_at, id);
CREATE INDEX threads_unanswered ON threads (created_at, id) WHERE wants = 'midwife' AND answers = 0;

CREATE TABLE posts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id  INTEGER NOT NULL REFERENCES threads (id),
    parent_id  INTEGER REFERENCES posts (id),
    part       TEXT NOT NULL CHECK (part IN ('opening', 'comment')),
    author_id  INTEGER NOT NULL REFERENCES people (id),
    anonymous  BOOLEAN NOT NULL CHECK (anonymous IN (0, 1)),
    capacity   TEXT NOT NULL CHECK (capacity IN ('parent', 'midwife')),
    body       TEXT NOT NULL,
    mentions   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('draft', 'held', 'folded', 'public', 'removed', 'withdrawn')),
    revision   INTEGER NOT NULL,
    care       TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    edited_at  DATETIME,
    CONSTRAINT posts_opening CHECK (part = 'comment' OR parent_id IS NULL),
    CONSTRAINT posts_revision CHECK (revision >= 1)
);
CREATE UNIQUE INDEX posts_one_opening ON posts (thread_id) WHERE part = 'opening';
-- A thread's comments in reading order: each followed by its replies.
CREATE INDEX posts_in_order ON posts (thread_id, COALESCE(parent_id, id), id) WHERE part = 'comment';
CREATE INDEX posts_answers ON posts (thread_id, id) WHERE capacity = 'midwife';
CREATE INDEX posts_by_author ON posts (author_id, id);

CREATE TABLE revisions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id    INTEGER NOT NULL REFERENCES posts (id),
    number     INTEGER NOT NULL,
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    mentions   TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX revisions_number ON revisions (post_id, number);

CREATE TABLE supports (
    person_id  INTEGER NOT NULL REFERENCES people (id),
    post_id    INTEGER NOT NULL REFERENCES posts (id),
    created_at DATETIME NOT NULL,
    PRIMARY KEY (post_id, person_id)
);

CREATE TABLE submissions (
    key        TEXT NOT NULL PRIMARY KEY,
    post_id    INTEGER NOT NULL REFERENCES posts (id),
    created_at DATETIME NOT NULL
);
CREATE INDEX submissions_post ON submissions (post_id);

CREATE TABLE drafts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER REFERENCES people (id),
    claim      TEXT NOT NULL,
    path       TEXT NOT NULL,
    fields     TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    CONSTRAINT drafts_owner CHECK ((person_id IS NULL) = (claim <> ''))
);
CREATE INDEX drafts_person ON drafts (person_id, id);
CREATE UNIQUE INDEX drafts_claim ON drafts (claim) WHERE claim <> '';
