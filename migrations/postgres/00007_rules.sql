-- +goose Up
-- Which version of the rules made a finding, and whether a moderator called what
-- was found a false alarm.
ALTER TABLE signals ADD COLUMN rules text NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN false_alarm boolean NOT NULL DEFAULT false;
