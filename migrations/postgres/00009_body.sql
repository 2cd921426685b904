-- +goose Up
-- How much triage saw in a post about its writer's body. From 1 it is a question
-- for midwives, who find it in this index.
ALTER TABLE posts ADD COLUMN body_level INTEGER NOT NULL DEFAULT 0 CHECK (body_level BETWEEN 0 AND 3);
CREATE INDEX posts_body ON posts (created_at, id) WHERE body_level > 0;
