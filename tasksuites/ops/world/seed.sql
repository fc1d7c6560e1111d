-- 300 services with hosts, releases, incidents, settings, flags and backups; everything depends on the
-- population seed only, and the quirks' parameters on the variant only.
WITH team(k, word) AS (VALUES (0, 'atlas'), (1, 'breeze'), (2, 'cedar'), (3, 'delta'), (4, 'ember'), (5, 'fjord'),
  (6, 'grove'), (7, 'heron'), (8, 'iris'), (9, 'juniper'), (10, 'kestrel'), (11, 'lagoon'), (12, 'maple'),
  (13, 'nimbus'), (14, 'orchid'), (15, 'pebble'), (16, 'quartz'), (17, 'raven'), (18, 'saffron'), (19, 'tundra')),
first(k, word) AS (VALUES (0, 'Amina'), (1, 'Boris'), (2, 'Chiara'), (3, 'Dario'), (4, 'Esra'), (5, 'Frida'),
  (6, 'Goran'), (7, 'Hilde'), (8, 'Ivo'), (9, 'Jana')),
last(k, word) AS (VALUES (0, 'Abel'), (1, 'Bauer'), (2, 'Conti'), (3, 'Duarte'), (4, 'Eriksen'), (5, 'Fontaine'),
  (6, 'Galli'), (7, 'Horvat'), (8, 'Iwata'), (9, 'Jovic'))
INSERT INTO rota
SELECT 'team-' || t.word, f.word || ' ' || l.word, -rnd_int(0, 240, 'paged', t.word)
FROM team t
JOIN first f ON f.k = pick(10, 'first', t.word)
JOIN last l ON l.k = pick(10, 'last', t.word);

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299),
noun(k, word) AS (VALUES (0, 'account'), (1, 'basket'), (2, 'catalog'), (3, 'delivery'), (4, 'export'), (5, 'feed'),
  (6, 'gallery'), (7, 'history'), (8, 'invoice'), (9, 'journal'), (10, 'ledger'), (11, 'mailing'), (12, 'notice'),
  (13, 'offer'), (14, 'profile'), (15, 'quota'), (16, 'report'), (17, 'search'), (18, 'tariff'), (19, 'upload')),
role(k, word) AS (VALUES (0, 'api'), (1, 'web'), (2, 'worker'), (3, 'store'), (4, 'cron')),
region(k, word) AS (VALUES (0, 'eu'), (1, 'us'), (2, 'ap')),
stack(k, word) AS (VALUES (0, 'go'), (1, 'java'), (2, 'node'), (3, 'python'), (4, 'rust')),
team(k, team) AS (SELECT row_number() OVER (ORDER BY team) - 1, team FROM rota)
INSERT INTO service (service, team, stack, zone, replicas, frozen_until)
SELECT noun.word || '-' || role.word || '-' || region.word, team.team, stack.word,
       substr('abcde', 1 + pick(5, 'zone', i), 1), rnd_int(2, 12, 'replicas', i),
       CASE WHEN rnd('freeze', i) < 0.3 THEN 'day ' || rnd_int(2, 9, 'thaw', i) END
FROM n
JOIN noun ON noun.k = i / 15
JOIN role ON role.k = i / 3 % 5
JOIN region ON region.k = i % 3
JOIN stack ON stack.k = pick(5, 'stack', i)
JOIN team ON team.k = pick(20, 'team', i)
ORDER BY i;

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
INSERT INTO host
SELECT 'host-' || (1000 + i * 11), s.service, 'g' || (1 + pick(5, 'generation', i)), rnd_int(12, 480, 'errors', i)
FROM n JOIN service s ON s.rowid = 1 + pick(300, 'host of', i);

-- Six releases of each service: two older ones, the one that is live, and what came after it.
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1799)
INSERT INTO release
SELECT 'REL-' || (20000 + i * 7), s.service,
       (1 + i % 6 / 2) || '.' || pick(10, 'minor', i / 2) || '.' || (i % 2 * 10 + pick(10, 'patch', i)),
       'CHG-' || (30000 + i * 13),
       CASE i % 6 WHEN 0 THEN 'superseded' WHEN 1 THEN 'superseded' WHEN 2 THEN 'live' WHEN 3 THEN 'withdrawn'
                  ELSE 'ready' END
FROM n JOIN service s ON s.rowid = 1 + i / 6;

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
INSERT INTO incident
SELECT 'INC-' || (1500 + i * 5), s.service,
       CASE pick(5, 'kind', i) WHEN 0 THEN 'capacity' WHEN 1 THEN 'data' WHEN 2 THEN 'errors' WHEN 3 THEN 'latency'
                               ELSE 'security' END,
       rnd_int(1, 4, 'severity', i), rnd_int(1, 99, 'alerts', i), rnd_int(20, 9000, 'customers', i),
       CASE WHEN rnd('open', i) < 0.75 THEN 'open' ELSE 'resolved' END, NULL
FROM n JOIN service s ON s.rowid = 1 + pick(300, 'incident of', i);

WITH kind(setting, least, step) AS (VALUES ('batch_size', 50, 10), ('cache_mb', 128, 64), ('pool_size', 8, 4),
  ('timeout_ms', 200, 100))
INSERT INTO setting
SELECT s.service, k.setting, least + step * rnd_int(0, 20, 'value', s.service, k.setting),
       least + step * rnd_int(21, 40, 'before', s.service, k.setting),
       CASE WHEN rnd('changed', s.service, k.setting) < 0.6
            THEN -rnd_int(0, 60, 'changed at', s.service, k.setting) ELSE -7200 END
FROM service s CROSS JOIN kind k;

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
INSERT INTO flag
SELECT 'FLG-' || (1000 + i * 9), s.service,
       CASE pick(5, 'purpose', i) WHEN 0 THEN 'experiment' WHEN 1 THEN 'killswitch' WHEN 2 THEN 'migration'
                                  WHEN 3 THEN 'preview' ELSE 'throttle' END,
       CASE WHEN rnd('state', i) < 0.5 THEN 'on' ELSE 'off' END
FROM n JOIN service s ON s.rowid = 1 + pick(300, 'flag of', i);

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
INSERT INTO backup
SELECT 'BKP-' || (40000 + i * 17), s.service,
       CASE pick(5, 'backup kind', i) WHEN 0 THEN 'daily' WHEN 1 THEN 'manual' WHEN 2 THEN 'monthly'
                                      WHEN 3 THEN 'upgrade' ELSE 'weekly' END,
       rnd_int(3, 120, 'age', i), rnd_int(5, 900, 'size', i)
FROM n JOIN service s ON s.rowid = 1 + i % 300;

INSERT INTO call_cost VALUES
  ('deploy_release', 5), ('scale_service', 4), ('restart_service', 5), ('change_setting', 3), ('page_on_call', 3),
  ('drain_traffic', 4), ('request_approval', 5), ('sync_replica', 3), ('collect_logs', 4), ('verify_backup', 4);

-- The quirks' parameters. Variant 0 is what README.md describes; any other is a permutation of the
-- helpers that take the same argument, and a draw of whom a quirk affects and where its limits are.
-- The variant comes in here and nowhere else.
CREATE TABLE variant_draw AS
WITH RECURSIVE key(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM key WHERE k < 200)
SELECT k, v, (((v % 2147483647 * 7919 + k * 104729) % 2147483647) * 48271 % 2147483647) * 48271 % 2147483647 AS draw
FROM key CROSS JOIN (SELECT variant() AS v);

-- Helpers of one row may stand in for each other; the quirks of the group take the first ones.
WITH helper(family, k, tool) AS (VALUES
  ('service', 1, 'request_approval'), ('service', 2, 'drain_traffic'), ('service', 3, 'sync_replica'),
  ('service', 4, 'acquire_lock'),
  ('incident', 11, 'attach_timeline'), ('incident', 12, 'mute_incident'), ('incident', 13, 'open_bridge'),
  ('flag', 21, 'publish_flag'), ('flag', 22, 'warm_flag'),
  ('backup', 31, 'lift_hold'), ('backup', 32, 'verify_backup'),
  ('host', 41, 'collect_logs'), ('host', 42, 'probe_host')),
ranked AS (
  SELECT family, tool, row_number() OVER (PARTITION BY family ORDER BY CASE v WHEN 0 THEN k ELSE draw END) AS place
  FROM helper JOIN variant_draw USING (k)),
quirk(family, place, quirk) AS (VALUES
  ('service', 1, 'unapproved_change'), ('service', 2, 'in_rotation'), ('service', 3, 'stale_replica'),
  ('incident', 1, 'open_questions'), ('incident', 2, 'alert_storm'),
  ('flag', 1, 'unpublished_flag'), ('backup', 1, 'held_backup'), ('host', 1, 'rotated_logs'))
INSERT INTO quirk_parameter SELECT quirk, 'helper', tool FROM ranked JOIN quirk USING (family, place);

-- Three of five are affected.
WITH domain(k, quirk, words) AS (VALUES
  (50, 'unapproved_change', 'go java rust node python'), (60, 'in_rotation', 'a b d c e'),
  (70, 'open_questions', 'data latency security capacity errors'),
  (80, 'muted_incident', 'data errors capacity latency security'),
  (90, 'unpublished_flag', 'experiment killswitch migration preview throttle'),
  (100, 'held_backup', 'monthly upgrade weekly daily manual'), (110, 'rotated_logs', 'g1 g2 g4 g3 g5')),
word AS (
  SELECT d.k + j.key AS k, d.quirk, j.value
  FROM domain d, json_each('["' || replace(d.words, ' ', '","') || '"]') j),
ranked AS (
  SELECT quirk, value, row_number() OVER (PARTITION BY quirk ORDER BY CASE v WHEN 0 THEN k ELSE draw END) AS place
  FROM word JOIN variant_draw USING (k))
INSERT INTO quirk_parameter SELECT quirk, 'affects', value FROM ranked WHERE place <= 3;

WITH bound(k, quirk, value, spread) AS (VALUES
  (120, 'alert_storm', 55, 10), (121, 'paged_just_now', 110, 10),
  (123, 'stale_replica', 240, 60), (124, 'steep_scaling', 8, 2))
INSERT INTO quirk_parameter
SELECT quirk, 'limit', CASE v WHEN 0 THEN value ELSE value + draw / 1000 % spread END
FROM bound JOIN variant_draw USING (k);

DROP TABLE variant_draw;
