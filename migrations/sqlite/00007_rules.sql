-- +goose Up
-- Which version of the rules made a finding, and whether a moderator called what
-- was found a false alarm.
ALTER TABLE signals ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN false_alarm BOOLEAN NOT NULL DEFAULT 0 CHECK (false_alarm IN (0, 1));
