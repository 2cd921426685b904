-- +goose Up
-- Passkeys beside the app that makes codes.

-- Text in base64url: what a browser calls the key, its public half, and what its
-- owner's device calls the account. signatures is how many the key says it gave.
CREATE TABLE passkeys (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id   INTEGER NOT NULL REFERENCES people (id),
    name_sealed BLOB NOT NULL,
    credential  TEXT NOT NULL,
    public_key  TEXT NOT NULL,
    handle      TEXT NOT NULL,
    transports  TEXT NOT NULL,
    signatures  INTEGER NOT NULL,
    synced      BOOLEAN NOT NULL,
    created_at  DATETIME NOT NULL,
    used_at     DATETIME
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential);
CREATE INDEX passkeys_person ON passkeys (person_id);

-- What a passkey has to sign, once: one of a kind for each session.
CREATE TABLE challenges (
    session_key TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('add', 'prove')),
    person_id   INTEGER NOT NULL REFERENCES people (id),
    text        TEXT NOT NULL,
    expires_at  DATETIME NOT NULL,
    PRIMARY KEY (session_key, kind)
);
