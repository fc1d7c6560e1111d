-- The quirks' parameters depend on the variant only. Variant 0 is what README.md describes; any other is a
-- permutation of the tools that take the same arguments, and a draw of whom a quirk affects, of its limit
-- and of its text. The variant comes in here and nowhere else.
CREATE TABLE variant_draw AS
WITH RECURSIVE key(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM key WHERE k < 100)
SELECT k, v, (((v % 2147483647 * 7919 + k * 104729) % 2147483647) * 48271 % 2147483647) * 48271 % 2147483647 AS draw
FROM key CROSS JOIN (SELECT variant() AS v);

-- Tools of one row may stand in for each other; the quirks of the group take the first ones.
WITH tool(family, k, tool) AS (VALUES
  ('parcel', 1, 'clear_customs'), ('parcel', 2, 'inspect_parcel'), ('parcel', 3, 'weigh_parcel'),
  ('parcel', 4, 'photograph_parcel'),
  ('zone', 11, 'route_of'), ('zone', 12, 'nearest_depot'),
  ('customer', 21, 'write_letter'), ('customer', 22, 'ring_customer')),
ranked AS (
  SELECT family, tool, row_number() OVER (PARTITION BY family ORDER BY CASE v WHEN 0 THEN k ELSE draw END) AS place
  FROM tool JOIN variant_draw USING (k)),
quirk(family, place, quirk) AS (VALUES
  ('parcel', 1, 'uncleared'), ('parcel', 2, 'uninspected'), ('parcel', 3, 'unweighed'),
  ('zone', 1, 'stale_depot'), ('customer', 1, 'unreachable'))
INSERT INTO quirk_parameter SELECT quirk, 'tool', tool FROM ranked JOIN quirk USING (family, place);

-- Of the words of a row each quirk takes as many as it says, from that place on.
WITH domain(k, words) AS (VALUES
  (30, 'goods samples food medicine documents gifts'), (40, 'cod card invoice'), (50, 'north east centre south west'),
  (60, 'shop office clinic private farm'), (70, 'clinic office farm private shop')),
word AS (
  SELECT d.k AS domain, j.value,
         row_number() OVER (PARTITION BY d.k ORDER BY CASE v WHEN 0 THEN j.key ELSE draw END) AS place
  FROM domain d, json_each('["' || replace(d.words, ' ', '","') || '"]') j
  JOIN variant_draw x ON x.k = d.k + j.key),
quirk(domain, quirk, begin, count) AS (VALUES
  (30, 'uncleared', 1, 2), (30, 'uninspected', 3, 2), (40, 'unpaid', 1, 1), (50, 'stale_depot', 1, 3),
  (60, 'unreferenced', 1, 3), (70, 'unreachable', 1, 3))
INSERT INTO quirk_parameter
SELECT quirk, 'affects', value FROM word JOIN quirk USING (domain) WHERE place BETWEEN begin AND begin + count - 1;

INSERT INTO quirk_parameter
SELECT 'unweighed', 'limit', CASE v WHEN 0 THEN 20 ELSE 14 + draw / 1000 % 13 END FROM variant_draw WHERE k = 80;

INSERT INTO quirk_parameter
SELECT 'unreferenced', 'text',
       CASE v WHEN 0 THEN 'KX-204'
              ELSE substr('BDFHJLNPRTVXZ', 1 + draw / 1000 % 13, 1) || substr('CGKMQSW', 1 + draw / 100000 % 7, 1) ||
                   '-' || (100 + draw / 10 % 900) END
FROM variant_draw WHERE k = 81;

DROP TABLE variant_draw;

-- 240 customers with five parcels each, one of every status; all of it depends on the population seed, and
-- which records are out of date on the quirk's parameters too.
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 239),
first(k, word) AS (VALUES (0, 'Agnes'), (1, 'Bela'), (2, 'Carla'), (3, 'Dimitri'), (4, 'Elif'), (5, 'Fabio'),
  (6, 'Greta'), (7, 'Henk'), (8, 'Ines'), (9, 'Jonas')),
last(k, word) AS (VALUES (0, 'Alder'), (1, 'Brandt'), (2, 'Costa'), (3, 'Dahl'), (4, 'Ecker'), (5, 'Ferro'),
  (6, 'Gruber'), (7, 'Holm'), (8, 'Ivanov'), (9, 'Jansen'))
INSERT INTO customer
SELECT 'CUS-' || (1000 + i * 7), f.word || ' ' || l.word,
       CASE pick(5, 'customer', i) WHEN 0 THEN 'clinic' WHEN 1 THEN 'farm' WHEN 2 THEN 'office' WHEN 3 THEN 'private'
                                   ELSE 'shop' END
FROM n
JOIN first f ON f.k = pick(10, 'first', i)
JOIN last l ON l.k = pick(10, 'last', i);

WITH zone(k, zone) AS (VALUES (0, 'centre'), (1, 'east'), (2, 'north'), (3, 'south'), (4, 'west')),
role(k, role) AS (VALUES (0, 'branch'), (1, 'closed'), (2, 'hub')),
placed AS (
  SELECT zone, role, row_number() OVER (ORDER BY rnd('depot', zone, role)) AS place FROM zone CROSS JOIN role)
INSERT INTO depot SELECT 'DEP-' || (10 + place * 4), zone, role FROM placed;

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199),
street(k, word) AS (VALUES (0, 'Beech Road'), (1, 'Canal Street'), (2, 'Harbour Quay'), (3, 'High Street'),
  (4, 'Mill Lane'), (5, 'Orchard Way'), (6, 'Station Square'), (7, 'Tanner Row')),
zone(k, zone) AS (VALUES (0, 'centre'), (1, 'east'), (2, 'north'), (3, 'south'), (4, 'west')),
status(k, status) AS (VALUES (0, 'announced'), (1, 'arrived'), (2, 'damaged'), (3, 'lost'), (4, 'moving'))
INSERT INTO parcel (parcel_id, customer_id, customs_class, weight_kg, price, payment, zone, depot, address, status)
SELECT 'PAR-' || (20000 + i * 11), c.customer_id,
       CASE pick(6, 'class', i) WHEN 0 THEN 'documents' WHEN 1 THEN 'food' WHEN 2 THEN 'gifts' WHEN 3 THEN 'goods'
                                WHEN 4 THEN 'medicine' ELSE 'samples' END,
       rnd_int(1, 40, 'weight', i), money(rnd_int(900, 30000, 'price', i)),
       CASE pick(3, 'payment', i) WHEN 0 THEN 'card' WHEN 1 THEN 'cod' ELSE 'invoice' END,
       z.zone, d.depot, rnd_int(1, 98, 'number', i) || ' ' || s.word, t.status
FROM n
JOIN customer c ON c.rowid = 1 + i % 240
JOIN zone z ON z.k = pick(5, 'zone', i)
JOIN depot d ON d.zone = z.zone
  AND d.role = CASE WHEN z.zone IN (SELECT value FROM quirk_affects WHERE quirk = 'stale_depot')
                    THEN 'closed' ELSE 'hub' END
JOIN street s ON s.k = pick(8, 'street', i)
JOIN status t ON t.k = i / 240
ORDER BY i;
