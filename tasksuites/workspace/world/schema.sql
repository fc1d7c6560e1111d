-- An office: people, mails with their threads, meetings, files, shares and links. Days are ISO dates.
CREATE TABLE person (
  person_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  side TEXT NOT NULL,        -- colleague, partner, collected
  department TEXT NOT NULL,  -- of a partner: the company
  UNIQUE (name, department)
);

CREATE TABLE mail (
  mail_id TEXT PRIMARY KEY,
  mailbox TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  folder TEXT NOT NULL,
  attachment TEXT NOT NULL  -- a file; it may be gone
);

-- A mail's thread, the newest message last.
CREATE TABLE message (
  mail_id TEXT NOT NULL REFERENCES mail (mail_id),
  position INTEGER NOT NULL,
  sender_name TEXT NOT NULL,
  sender TEXT NOT NULL,
  body TEXT NOT NULL,
  address_in_text TEXT,
  proposed_day TEXT,
  proposed_start TEXT,
  PRIMARY KEY (mail_id, position)
);

CREATE TABLE outgoing (
  mail_id TEXT NOT NULL REFERENCES mail (mail_id),
  kind TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (mail_id, kind, recipient)
);

-- What the data protection officer has to look into.
CREATE TABLE incident (
  mail_id TEXT PRIMARY KEY REFERENCES mail (mail_id),
  what TEXT NOT NULL
);

CREATE TABLE room (
  room_id TEXT PRIMARY KEY,
  floor INTEGER NOT NULL,
  seats INTEGER NOT NULL
);

CREATE TABLE event (
  event_id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  day TEXT NOT NULL,
  start TEXT NOT NULL,
  start_before TEXT NOT NULL,  -- what calendars showed before the last change
  room_id TEXT NOT NULL REFERENCES room (room_id),
  organizer TEXT NOT NULL REFERENCES person (person_id),
  notes TEXT NOT NULL,
  minutes TEXT NOT NULL,       -- a file; it may be gone
  status TEXT NOT NULL
);

CREATE TABLE attendee (
  event_id TEXT NOT NULL REFERENCES event (event_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  PRIMARY KEY (event_id, person_id)
);

CREATE TABLE file (
  file_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  folder TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES person (person_id),
  label TEXT NOT NULL,      -- open, internal, confidential
  status TEXT NOT NULL,     -- draft, final
  size_kb INTEGER NOT NULL,
  retention TEXT NOT NULL,  -- day, week, month
  sent_with TEXT NOT NULL,  -- the mail that brought it
  content TEXT NOT NULL,
  figure TEXT NOT NULL,
  figure_before TEXT NOT NULL  -- as of the copy that readers are given first
);

CREATE TABLE share (
  file_id TEXT NOT NULL REFERENCES file (file_id),
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (file_id, email)
);

CREATE TABLE link (
  file_id TEXT NOT NULL REFERENCES file (file_id),
  scope TEXT NOT NULL,
  expires TEXT NOT NULL,
  PRIMARY KEY (file_id, scope)
);

-- Changes of meetings that nobody has been told of yet; not part of the end state.
CREATE TABLE draft (
  change_id TEXT PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES event (event_id)
);

-- What the quirks go by, filled in seed.sql: which helper satisfies a quirk, from which number on it
-- matters, and whom it spares (or, for personal_mail, whom it concerns).
CREATE TABLE quirk_rule (
  quirk TEXT PRIMARY KEY,
  helper TEXT,
  threshold INTEGER,
  who TEXT
);

-- Which quirks were satisfied so far in this episode, and for what. Helpers take one argument.
CREATE VIEW satisfied AS
SELECT q.quirk, (SELECT value FROM json_each(k.arguments)) AS id
FROM kedge_call k
JOIN quirk_rule q ON q.helper = k.tool
WHERE k.ok;

-- Situations that people write in about; the task families draw their rows from these. Each row names
-- the helper that the quirk of its request wants: solutions call it, agents have to find it.
CREATE VIEW colleague AS SELECT name, department, email FROM person WHERE side = 'colleague';

CREATE VIEW mail_to_answer AS
SELECT m.mail_id, m.subject, q.helper,
       CASE pick(6, 'words', m.mail_id)
         WHEN 0 THEN 'Thank you, that suits us well' WHEN 1 THEN 'We need another week for this'
         WHEN 2 THEN 'Please send the signed copy' WHEN 3 THEN 'I shall come back to you on Monday'
         WHEN 4 THEN 'Our numbers differ, please check yours' ELSE 'Received with thanks' END AS message
FROM mail m JOIN quirk_rule q ON q.quirk = 'long_thread';

CREATE VIEW mail_to_forward AS
SELECT m.mail_id, m.kind, p.name, p.department, p.email, q.helper
FROM mail m
JOIN quirk_rule q ON q.quirk = 'shared_mailbox'
JOIN person p ON p.person_id = 'P' || (1000 + pick(200, 'to', m.mail_id))
WHERE m.kind IN ('letter', 'invoice');

CREATE VIEW mail_to_archive AS
SELECT m.mail_id, q.helper,
       CASE pick(4, 'into', m.mail_id)
         WHEN 0 THEN 'projects' WHEN 1 THEN 'invoices' WHEN 2 THEN 'travel' ELSE 'people' END AS folder
FROM mail m JOIN quirk_rule q ON q.quirk = 'shared_mailbox'
WHERE m.kind IN ('letter', 'invoice');

CREATE VIEW personal_mail AS
SELECT m.mail_id, m.kind, p.name, p.department
FROM mail m
JOIN quirk_rule q ON q.quirk = 'personal_mail' AND q.who = m.kind
JOIN person p ON p.person_id = 'P' || (1000 + pick(200, 'to', m.mail_id));

CREATE VIEW mail_in_question AS
SELECT m.mail_id, s.sender_name AS name
FROM mail m JOIN message s ON s.mail_id = m.mail_id AND s.position = 1;

CREATE VIEW event_to_move AS
SELECT e.event_id, e.title, q.helper,
       date(e.day, '+' || rnd_int(1, 20, 'later', e.event_id) || ' days') AS day,
       substr('0' || rnd_int(8, 17, 'hour', e.event_id), -2) ||
         CASE pick(2, 'minute', e.event_id) WHEN 0 THEN ':00' ELSE ':30' END AS start_time
FROM event e JOIN quirk_rule q ON q.quirk = 'unchecked_conflicts';

CREATE VIEW event_to_cancel AS
SELECT e.event_id, e.title, q.helper, 'C' || substr(e.event_id, 2) AS change_id
FROM event e JOIN quirk_rule q ON q.quirk = 'draft_cancellation';

CREATE VIEW event_in_question AS
SELECT e.event_id, e.title, e.start, q.helper
FROM event e JOIN quirk_rule q ON q.quirk = 'stale_calendar';

-- A meeting and a mail in which one of the people proposes another time for it.
CREATE VIEW event_with_proposal AS
SELECT e.event_id, m.mail_id, s.sender_name AS name, s.proposed_day AS day,
       s.proposed_start AS start_time, q.helper
FROM event e
JOIN quirk_rule q ON q.quirk = 'unchecked_conflicts'
JOIN mail m ON m.mail_id = 'M' || (10000 + 17 * pick(600, 'proposal', e.event_id))
JOIN message s ON s.mail_id = m.mail_id AND s.position =
     1 + pick((SELECT count(*) FROM message x WHERE x.mail_id = m.mail_id AND x.position < 9),
              'proposer', e.event_id)
WHERE (SELECT count(*) FROM message x WHERE x.mail_id = m.mail_id) > 1;

CREATE VIEW file_to_move AS
SELECT f.file_id, q.helper,
       CASE (CASE f.folder WHEN 'planning' THEN 0 WHEN 'finance' THEN 1 WHEN 'legal' THEN 2 ELSE 3 END
             + 1 + pick(3, 'into', f.file_id)) % 4
         WHEN 0 THEN 'planning' WHEN 1 THEN 'finance' WHEN 2 THEN 'legal' ELSE 'travel' END AS folder
FROM file f JOIN quirk_rule q ON q.quirk = 'locked_file';

CREATE VIEW draft_to_delete AS
SELECT f.file_id, f.name, q.helper
FROM file f JOIN quirk_rule q ON q.quirk = 'locked_file'
WHERE f.status = 'draft';

CREATE VIEW final_document AS SELECT file_id, name FROM file WHERE status = 'final';

CREATE VIEW figure_in_question AS
SELECT f.file_id, f.name, f.figure, q.helper
FROM file f JOIN quirk_rule q ON q.quirk = 'stale_copy';

CREATE VIEW partner_for_file AS
SELECT f.file_id, f.label, p.name, p.department AS company, p.email
FROM file f JOIN person p ON p.person_id = 'P' || (1400 + pick(60, 'partner', f.file_id));

CREATE VIEW file_to_share AS
SELECT p.*, q.helper
FROM partner_for_file p JOIN quirk_rule q ON q.quirk = 'unreleased_file'
WHERE p.label <> 'confidential';

CREATE VIEW colleague_for_file AS
SELECT f.file_id, f.name AS file_name, p.name, p.department, p.email
FROM file f JOIN person p ON p.person_id = 'P' || (1000 + pick(200, 'colleague', f.file_id))
WHERE NOT EXISTS (SELECT 1 FROM share s WHERE s.file_id = f.file_id AND s.email = p.email);

CREATE VIEW confidential_file AS SELECT * FROM partner_for_file WHERE label = 'confidential';

CREATE VIEW file_to_link AS
SELECT file_id, name, retention,
       CASE pick(2, 'scope', file_id) WHEN 0 THEN 'company' ELSE 'department' END AS scope
FROM file WHERE label <> 'confidential';
