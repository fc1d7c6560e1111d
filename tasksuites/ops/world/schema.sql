-- A site's operations desk. Seconds count from the moment an episode begins; what happened before has
-- a negative time.
CREATE TABLE service (
  service TEXT PRIMARY KEY,
  team TEXT NOT NULL,
  stack TEXT NOT NULL,
  zone TEXT NOT NULL,
  replicas INTEGER NOT NULL,
  restarts INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'up',
  frozen_until TEXT
);

CREATE TABLE host (
  host_id TEXT PRIMARY KEY,
  service TEXT NOT NULL REFERENCES service (service),
  generation TEXT NOT NULL,
  errors INTEGER NOT NULL
);

CREATE TABLE release (
  release_id TEXT PRIMARY KEY,
  service TEXT NOT NULL REFERENCES service (service),
  version TEXT NOT NULL,
  ticket TEXT NOT NULL,
  status TEXT NOT NULL
);
CREATE INDEX release_by_service ON release (service);

CREATE TABLE deployment (
  release_id TEXT NOT NULL REFERENCES release (release_id),
  ticket TEXT NOT NULL,
  PRIMARY KEY (release_id, ticket)
);

-- Who carries the pager of a team, and when that person was last paged.
CREATE TABLE rota (
  team TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  paged_at INTEGER NOT NULL
);

CREATE TABLE incident (
  incident_id TEXT PRIMARY KEY,
  service TEXT NOT NULL REFERENCES service (service),
  kind TEXT NOT NULL,
  severity INTEGER NOT NULL,
  alerts INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  status TEXT NOT NULL,
  cause TEXT
);

CREATE TABLE page (
  incident_id TEXT PRIMARY KEY REFERENCES incident (incident_id),
  person TEXT NOT NULL
);

-- The value in force, the one before it, and when it was changed.
CREATE TABLE setting (
  service TEXT NOT NULL REFERENCES service (service),
  setting TEXT NOT NULL,
  value INTEGER NOT NULL,
  value_before INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (service, setting)
);

CREATE TABLE flag (
  flag_id TEXT PRIMARY KEY,
  service TEXT NOT NULL REFERENCES service (service),
  purpose TEXT NOT NULL,
  state TEXT NOT NULL
);

-- Changes of flags that wait for their publication.
CREATE TABLE flag_change (
  flag_id TEXT PRIMARY KEY REFERENCES flag (flag_id),
  state TEXT NOT NULL
);

CREATE TABLE backup (
  backup_id TEXT PRIMARY KEY,
  service TEXT NOT NULL REFERENCES service (service),
  kind TEXT NOT NULL,
  age_days INTEGER NOT NULL,
  size_gb INTEGER NOT NULL
);
CREATE INDEX backup_by_service ON backup (service);

CREATE TABLE deleted_backup (
  backup_id TEXT PRIMARY KEY,
  size_gb INTEGER NOT NULL
);

-- What the quirks read: which helper satisfies them, whom they affect, where their limits are.
CREATE TABLE quirk_parameter (
  quirk TEXT NOT NULL,
  name TEXT NOT NULL,
  value NOT NULL,
  PRIMARY KEY (quirk, name, value)
);

CREATE VIEW quirk_affects AS
SELECT quirk, value FROM quirk_parameter WHERE name = 'affects';

CREATE VIEW quirk_limit AS
SELECT quirk, value FROM quirk_parameter WHERE name = 'limit';

-- The virtual clock: every call takes its time, a failed one too.
CREATE TABLE call_cost (
  tool TEXT PRIMARY KEY,
  seconds INTEGER NOT NULL
);

CREATE VIEW call_time AS
SELECT seq, tool, ok, arguments,
       sum(coalesce(c.seconds, 2) +
           CASE WHEN tool = 'wait_for' AND ok THEN json_extract(arguments, '$.seconds') ELSE 0 END)
         OVER (ORDER BY seq) AS finished_at
FROM kedge_call LEFT JOIN call_cost c USING (tool);

CREATE VIEW clock AS
SELECT coalesce(max(finished_at), 0) AS now FROM call_time;

-- For whom the helper of a quirk was called in this episode.
CREATE VIEW helped AS
SELECT k.seq, p.quirk,
       coalesce(json_extract(k.arguments, '$.service'), json_extract(k.arguments, '$.incident_id'),
                json_extract(k.arguments, '$.flag_id'), json_extract(k.arguments, '$.backup_id'),
                json_extract(k.arguments, '$.host_id')) AS subject
FROM kedge_call k JOIN quirk_parameter p ON p.name = 'helper' AND p.value = k.tool
WHERE k.ok;

-- Situations that people write in about; the task families draw their rows from these. No subject
-- belongs to two of the splits (`side`).
CREATE VIEW side_of_service AS
SELECT service, CASE WHEN place <= 126 THEN 'dev' WHEN place <= 234 THEN 'gate' ELSE 'vault' END AS side
FROM (SELECT service, row_number() OVER (ORDER BY rnd('side', service), service) AS place FROM service);

-- `place` numbers the rows of a view within its split, so that two views can be joined to one request.
-- What people wrote in about before (`dev`) is mostly what gave trouble: of the subjects without a quirk
-- three in ten are there.
CREATE VIEW release_to_ship AS
SELECT w.side, row_number() OVER (PARTITION BY w.side, r.status ORDER BY rnd('ship', r.release_id)) AS place,
       r.release_id, r.service, r.version, r.ticket, r.status
FROM release r JOIN service s USING (service) JOIN side_of_service w USING (service)
WHERE s.frozen_until IS NULL AND r.status IN ('ready', 'superseded')
AND (w.side <> 'dev' OR rnd('easy', r.release_id) < 0.3
     OR s.stack IN (SELECT value FROM quirk_affects WHERE quirk = 'unapproved_change'));

CREATE VIEW release_in_freeze AS
SELECT w.side, r.release_id, r.service, r.version, r.ticket, s.frozen_until
FROM release r JOIN service s USING (service) JOIN side_of_service w USING (service)
WHERE s.frozen_until IS NOT NULL AND r.status IN ('ready', 'superseded');

CREATE VIEW release_withdrawn AS
SELECT w.side, r.release_id, r.service, r.version, r.ticket
FROM release r JOIN side_of_service w USING (service)
WHERE r.status = 'withdrawn';

CREATE VIEW service_to_scale AS
SELECT w.side, s.service, s.replicas + rnd_int(1, 12, 'wanted', s.service) AS wanted
FROM service s JOIN side_of_service w USING (service);

CREATE VIEW service_to_restart AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('restart', s.service)) AS place,
       s.service, CAST(s.replicas AS TEXT) AS replicas
FROM service s JOIN side_of_service w USING (service)
WHERE w.side <> 'dev' OR rnd('easy restart', s.service) < 0.3
OR s.zone IN (SELECT value FROM quirk_affects WHERE quirk = 'in_rotation');

CREATE VIEW setting_to_change AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('change', t.service, t.setting)) AS place,
       t.service, t.setting, t.value + 5 * rnd_int(1, 20, 'new value', t.service, t.setting) AS wanted
FROM setting t JOIN service s USING (service) JOIN side_of_service w USING (service)
WHERE w.side <> 'dev' OR rnd('easy change', t.service, t.setting) < 0.3
OR s.zone IN (SELECT value FROM quirk_affects WHERE quirk = 'in_rotation');

CREATE VIEW setting_to_read AS
SELECT w.side, t.service, t.setting, CAST(t.value AS TEXT) AS value
FROM setting t JOIN side_of_service w USING (service)
WHERE w.side <> 'dev' OR rnd('easy read', t.service, t.setting) < 0.3 OR t.changed_at > -600;

-- The helper of the quirk about resolving; "-" stands for the steps that are left out.
CREATE VIEW open_incident AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('incident', i.incident_id)) AS place,
       i.incident_id, o.person, CAST(i.customers AS TEXT) AS customers,
       CASE WHEN h.value = 'attach_timeline' THEN i.incident_id ELSE '-' END AS timeline_of,
       CASE WHEN h.value = 'open_bridge' THEN i.incident_id ELSE '-' END AS bridge_of,
       CASE WHEN h.value = 'mute_incident' THEN i.incident_id ELSE '-' END AS mute_of
FROM incident i JOIN service s USING (service) JOIN rota o USING (team) JOIN side_of_service w USING (service)
JOIN quirk_parameter h ON h.quirk = 'open_questions' AND h.name = 'helper'
WHERE i.status = 'open'
AND (w.side <> 'dev' OR rnd('easy', i.incident_id) < 0.25
     OR (i.kind IN (SELECT value FROM quirk_affects WHERE quirk = 'open_questions')
         AND (i.alerts > (SELECT value FROM quirk_limit WHERE quirk = 'alert_storm')
              OR o.paged_at + (SELECT value FROM quirk_limit WHERE quirk = 'paged_just_now') > 0)));

CREATE VIEW flag_to_set AS
SELECT w.side, f.flag_id, CASE f.state WHEN 'on' THEN 'off' ELSE 'on' END AS wanted
FROM flag f JOIN side_of_service w USING (service)
WHERE w.side <> 'dev' OR rnd('easy', f.flag_id) < 0.3
OR f.purpose IN (SELECT value FROM quirk_affects WHERE quirk = 'unpublished_flag');

CREATE VIEW backup_to_delete AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('backup', b.backup_id)) AS place,
       b.backup_id, CAST(b.size_gb AS TEXT) AS size_gb
FROM backup b JOIN side_of_service w USING (service)
WHERE b.age_days > 30
AND (w.side <> 'dev' OR rnd('easy', b.backup_id) < 0.3
     OR b.kind IN (SELECT value FROM quirk_affects WHERE quirk = 'held_backup'));

CREATE VIEW host_to_check AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('host', h.host_id)) AS place,
       h.host_id, CAST(h.errors AS TEXT) AS errors
FROM host h JOIN side_of_service w USING (service)
WHERE w.side <> 'dev' OR rnd('easy', h.host_id) < 0.3
OR h.generation IN (SELECT value FROM quirk_affects WHERE quirk = 'rotated_logs');
