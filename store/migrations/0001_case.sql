-- Format 1 of a cordon case. Times are milliseconds since 1970, UTC.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value
) WITHOUT ROWID;

-- One file given as evidence. Content is what is left after decompression; its
-- first base_size bytes stand in the source `base`, the rest in chunks.
CREATE TABLE source (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL,
  path           TEXT NOT NULL,
  format         TEXT NOT NULL,
  size           INTEGER NOT NULL,
  sha256         BLOB,
  content_size   INTEGER NOT NULL,
  content_sha256 BLOB,
  base           INTEGER REFERENCES source(id),
  base_size      INTEGER NOT NULL DEFAULT 0,
  tail           INTEGER NOT NULL,           -- where an unfinished last line begins
  lines          INTEGER NOT NULL DEFAULT 0, -- line ends before tail
  events         INTEGER NOT NULL DEFAULT 0,
  duplicates     INTEGER NOT NULL DEFAULT 0,
  rejects        INTEGER NOT NULL DEFAULT 0,
  complete       INTEGER NOT NULL DEFAULT 0,
  problem        TEXT NOT NULL DEFAULT '',
  added          INTEGER NOT NULL
);

CREATE TABLE chunk (
  id          INTEGER PRIMARY KEY,
  source      INTEGER NOT NULL REFERENCES source(id),
  offset      INTEGER NOT NULL, -- in the content
  size        INTEGER NOT NULL, -- before compression
  line        INTEGER NOT NULL, -- line ends in the content before it
  first_event INTEGER,          -- NULL when the chunk added none
  events      INTEGER NOT NULL,
  spans       BLOB,             -- varint pairs (gap * 4 + form, length); NULL: each line is one event
  data        BLOB NOT NULL     -- zstd
);
CREATE UNIQUE INDEX chunk_source ON chunk(source, offset);
CREATE UNIQUE INDEX chunk_event ON chunk(first_event) WHERE first_event IS NOT NULL;

CREATE TABLE reject (
  source INTEGER NOT NULL REFERENCES source(id),
  offset INTEGER NOT NULL,
  size   INTEGER NOT NULL,
  line   INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (source, offset)
) WITHOUT ROWID;

CREATE TABLE type (
  id      INTEGER PRIMARY KEY,
  event   TEXT NOT NULL,
  code    TEXT NOT NULL,
  cluster TEXT NOT NULL,
  UNIQUE (event, code, cluster)
);

-- name is TEXT, or a 16-byte BLOB for a UUID written in the usual way.
CREATE TABLE entity (
  id    INTEGER PRIMARY KEY,
  kind  INTEGER NOT NULL,
  name  NOT NULL,
  label TEXT,       -- what the newest event calls it
  labelled INTEGER  -- when that event happened
);

CREATE TABLE text (
  id    INTEGER PRIMARY KEY,
  value TEXT NOT NULL
);

-- Which events have which text, in order of ids: varints, the id less that of
-- the one before (the first from first), and the text's id less that of the one
-- before (zigzag; the first from 0).
CREATE TABLE wording (
  first   INTEGER PRIMARY KEY,
  entries BLOB NOT NULL
);

CREATE TABLE event (
  id      INTEGER PRIMARY KEY,
  time    INTEGER NOT NULL,
  type    INTEGER NOT NULL,
  ei      INTEGER NOT NULL,
  uid,                 -- 16-byte BLOB for a UUID, TEXT for any other, NULL for none
  user    INTEGER,     -- entity: actor
  login   INTEGER,     -- entity: OS login
  host    INTEGER,     -- entity: host
  address INTEGER,     -- entity: source address
  session INTEGER,     -- entity: session
  text    INTEGER,
  outcome INTEGER NOT NULL, -- 1 success, 2 failure, 0 unsaid
  more    BLOB         -- every other involvement: varints entity * 16 + role
);

-- The events of an entity among those of one segment of ids. lists holds, for
-- each role and type, varints: type * 16 + role, number of events, then each id
-- as its distance from the one before (the first from segment), and for more
-- than one event the earliest time and the distance to the latest.
-- Entity 0 lists all events of each type.
CREATE TABLE posting (
  entity  INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  lists   BLOB NOT NULL,
  PRIMARY KEY (entity, segment)
) WITHOUT ROWID;

-- The events in order of time, a segment of ids at a time. entries holds, for
-- each event, varints: its time less that of the one before (the first from
-- since), and its id less that of the one before (zigzag; the first from
-- segment). earliest is the first time that is one, 0 when there is none.
CREATE TABLE segment (
  first    INTEGER PRIMARY KEY, -- id of its first event
  events   INTEGER NOT NULL,
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL,
  earliest INTEGER NOT NULL
);
CREATE TABLE timeline (
  segment INTEGER NOT NULL REFERENCES segment(first),
  since   INTEGER NOT NULL,
  page    INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (segment, since, page)
) WITHOUT ROWID;

-- The values of some fields of the events of one type among those of one segment
-- of ids, by column: what reports count. Varints: the number of events and of
-- columns; the bytes of the days, and the days as pairs (day less the one before,
-- zigzag; events in a row); for each column the bytes of its path and the path,
-- the number of its distinct values, the bytes of their list and of it packed,
-- the bytes of the codes and of them packed. Then list and codes of each column,
-- zstd unless packed is no smaller. A code is a varint for each event, or one for
-- all: 0 where the line has no value, else its place in the list. A value is a varint
-- of its bytes and the JSON text; or @ and the seconds of a time after that of
-- the event, or + and the nanoseconds, zigzag, where it prints back the same; or
-- nothing: it is long, see the line.
CREATE TABLE columns (
  event   TEXT NOT NULL,
  segment INTEGER NOT NULL,
  cells   BLOB NOT NULL,
  UNIQUE (event, segment)
);

-- Events by UTC day, counted from 1970; those without a time on a day of their own.
CREATE TABLE day (day INTEGER PRIMARY KEY, events INTEGER NOT NULL);

-- The same uid on lines that are not equal: real logs do that.
CREATE TABLE uid_reused (
  event INTEGER PRIMARY KEY,
  other INTEGER NOT NULL
);

CREATE TABLE recording (
  id       INTEGER PRIMARY KEY,
  source   INTEGER NOT NULL UNIQUE REFERENCES source(id),
  session  TEXT NOT NULL,
  format   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  complete INTEGER NOT NULL,
  detail   TEXT NOT NULL,
  start    INTEGER NOT NULL,
  duration INTEGER NOT NULL, -- milliseconds
  cols     INTEGER NOT NULL,
  rows     INTEGER NOT NULL,
  user     TEXT NOT NULL, -- who and where, as the recording itself says
  login    TEXT NOT NULL,
  host     TEXT NOT NULL
);
CREATE INDEX recording_session ON recording(session);

-- The lines that stood on the screen of a recording, for searches: only derived.
-- zstd; inside, varints: the number of lines, then for each its moment less that
-- of the one before (milliseconds, zigzag; the first from 0) and the bytes of
-- its text; then the texts.
CREATE TABLE transcript (
  recording INTEGER NOT NULL REFERENCES recording(id),
  part      INTEGER NOT NULL,
  size      INTEGER NOT NULL, -- before compression
  lines     BLOB NOT NULL,
  PRIMARY KEY (recording, part)
);

CREATE TABLE journal (
  seq   INTEGER PRIMARY KEY,
  entry TEXT NOT NULL -- one JSON object, hash-chained
);

-- What is known to be missing, worked out at the end of each ingest.
CREATE TABLE gap (
  id     INTEGER PRIMARY KEY,
  kind   TEXT NOT NULL,
  since  INTEGER NOT NULL,
  until  INTEGER NOT NULL,
  entity INTEGER, -- kind of the entity, with its name
  name   TEXT,
  detail TEXT NOT NULL,
  count  INTEGER NOT NULL
);

-- What a responder marked, and where the console was left.
CREATE TABLE star (event INTEGER PRIMARY KEY);
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE VIEW entities AS
SELECT id, kind,
  CASE typeof(name) WHEN 'blob' THEN lower(substr(hex(name),1,8)||'-'||substr(hex(name),9,4)||'-'||substr(hex(name),13,4)||'-'||substr(hex(name),17,4)||'-'||substr(hex(name),21)) ELSE name END AS name,
  label
FROM entity;

CREATE VIEW events AS
SELECT e.id, strftime('%Y-%m-%dT%H:%M:%fZ', e.time / 1000.0, 'unixepoch') AS time, t.event, t.code, e.ei,
  CASE typeof(e.uid) WHEN 'blob' THEN lower(substr(hex(e.uid),1,8)||'-'||substr(hex(e.uid),9,4)||'-'||substr(hex(e.uid),13,4)||'-'||substr(hex(e.uid),17,4)||'-'||substr(hex(e.uid),21)) ELSE e.uid END AS uid,
  t.cluster, u.name AS user, l.name AS login, h.name AS host, h.label AS hostname, a.name AS address, s.name AS session, x.value AS text,
  CASE e.outcome WHEN 1 THEN 'success' WHEN 2 THEN 'failure' END AS outcome
FROM event e JOIN type t ON t.id = e.type
LEFT JOIN entities u ON u.id = e.user LEFT JOIN entities l ON l.id = e.login LEFT JOIN entities h ON h.id = e.host
LEFT JOIN entities a ON a.id = e.address LEFT JOIN entities s ON s.id = e.session LEFT JOIN text x ON x.id = e.text;
