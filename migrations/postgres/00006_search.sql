-- +goose Up
-- No extension is needed: accents come off by Unicode's own rules. unaccent
-- would have to be installed beside the server, which an owner cannot rely on.

-- search_fold takes the accents off, and puts spaces for what would glue words
-- together: the parser takes "mum/dad" for a file and "out.She" for a host, and
-- where the locale is C every sign beyond ASCII for a letter.
-- +goose StatementBegin
CREATE FUNCTION search_fold(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(
        CASE WHEN octet_length(typed) = char_length(typed) THEN typed
        ELSE regexp_replace(regexp_replace(normalize(typed, NFD), '[\u0300-\u036f]', '', 'g'),
            '[\u0080-\u00bf\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f\U0001f000-\U0001faff]+', ' ', 'g')
        END,
        '!"#$%&()*+,-./:;<=>?@[\]^_`{|}~', '                               ')
$$;
-- +goose StatementEnd

-- search_words is what a post is found by; words of a title count more.
-- +goose StatementBegin
CREATE FUNCTION search_words(title text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', search_fold(title)), 'A')
        || to_tsvector('pg_catalog.english', search_fold(body))
$$;
-- +goose StatementEnd

-- The words of every post as they stand now; an opening's title too. What was
-- taken back or taken down leaves at once; whoever may read the rest is the
-- query's business.
CREATE TABLE post_search (
    post_id bigint PRIMARY KEY,
    words   tsvector NOT NULL
);

-- What belongs in there.
CREATE VIEW searchable_posts AS
SELECT p.id, CASE WHEN p.part = 'opening' THEN t.title ELSE '' END AS title, p.body
FROM posts p JOIN threads t ON t.id = p.thread_id
WHERE p.state NOT IN ('removed', 'withdrawn');

INSERT INTO post_search (post_id, words) SELECT id, search_words(title, body) FROM searchable_posts;
CREATE INDEX post_search_words ON post_search USING gin (words);

-- +goose StatementBegin
CREATE FUNCTION post_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM post_search WHERE post_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO post_search (post_id, words) SELECT id, search_words(title, body) FROM searchable_posts WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION post_search_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE post_search SET words = search_words(s.title, s.body)
    FROM posts p JOIN searchable_posts s ON s.id = p.id
    WHERE p.thread_id = NEW.id AND p.part = 'opening' AND post_search.post_id = p.id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER post_search_keep AFTER INSERT OR UPDATE OF body, state OR DELETE ON posts FOR EACH ROW EXECUTE FUNCTION post_search_keep();
CREATE TRIGGER post_search_title AFTER UPDATE OF title ON threads FOR EACH ROW EXECUTE FUNCTION post_search_title();
