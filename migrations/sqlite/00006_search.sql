-- +goose Up
-- The words of every post as they stand now, by post id; an opening's title too.
-- No text is kept here, only which words stand where. What was taken back or
-- taken down leaves at once; whoever may read the rest is the query's business.
CREATE VIRTUAL TABLE post_search USING fts5 (
    title, body,
    content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2'
);

-- What belongs in there.
CREATE VIEW searchable_posts AS
SELECT p.id, CASE WHEN p.part = 'opening' THEN t.title ELSE '' END AS title, p.body
FROM posts p JOIN threads t ON t.id = p.thread_id
WHERE p.state NOT IN ('removed', 'withdrawn');

INSERT INTO post_search (rowid, title, body) SELECT id, title, body FROM searchable_posts;

-- +goose StatementBegin
CREATE TRIGGER post_search_add AFTER INSERT ON posts
BEGIN
    INSERT INTO post_search (rowid, title, body) SELECT id, title, body FROM searchable_posts WHERE id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER post_search_change AFTER UPDATE OF body, state ON posts
BEGIN
    DELETE FROM post_search WHERE rowid = NEW.id;
    INSERT INTO post_search (rowid, title, body) SELECT id, title, body FROM searchable_posts WHERE id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER post_search_drop AFTER DELETE ON posts
BEGIN
    DELETE FROM post_search WHERE rowid = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER post_search_title AFTER UPDATE OF title ON threads
BEGIN
    DELETE FROM post_search WHERE rowid IN (SELECT id FROM posts WHERE thread_id = NEW.id AND part = 'opening');
    INSERT INTO post_search (rowid, title, body)
    SELECT id, title, body FROM searchable_posts
    WHERE id IN (SELECT id FROM posts WHERE thread_id = NEW.id AND part = 'opening');
END;
-- +goose StatementEnd
