PRAGMA page_size = 16384;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -200000;
CREATE TABLE audit(line TEXT NOT NULL);
.mode ascii
.separator "\001" "\n"
.import LOGFILE audit
ALTER TABLE audit ADD COLUMN time TEXT AS (json_extract(line, '$.time'));
ALTER TABLE audit ADD COLUMN event TEXT AS (json_extract(line, '$.event'));
ALTER TABLE audit ADD COLUMN user TEXT AS (coalesce(json_extract(line, '$.user'), json_extract(line, '$.identity.user')));
ALTER TABLE audit ADD COLUMN reviewer TEXT AS (json_extract(line, '$.reviewer'));
ALTER TABLE audit ADD COLUMN updated_by TEXT AS (json_extract(line, '$.updated_by'));
CREATE INDEX audit_user ON audit(user, event, time);
CREATE INDEX audit_reviewer ON audit(reviewer) WHERE reviewer IS NOT NULL;
CREATE INDEX audit_updated_by ON audit(updated_by) WHERE updated_by IS NOT NULL;
.mode list
SELECT count(*) FROM audit;
