-- The desk of a parcel carrier: customers, their parcels, and the depots that the parcels go through.
CREATE TABLE customer (
  customer_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  customer_kind TEXT NOT NULL
);

-- A zone has three depots: the hub that its routes go through, a branch, and one that was closed.
CREATE TABLE depot (
  depot TEXT PRIMARY KEY,
  zone TEXT NOT NULL,
  role TEXT NOT NULL
);

-- `depot` is the one in the record; in some zones the records are out of date.
CREATE TABLE parcel (
  parcel_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customer (customer_id),
  customs_class TEXT NOT NULL,
  weight_kg INTEGER NOT NULL,
  price TEXT NOT NULL,
  payment TEXT NOT NULL,
  zone TEXT NOT NULL,
  depot TEXT NOT NULL REFERENCES depot (depot),
  address TEXT NOT NULL,
  status TEXT NOT NULL,
  pickup_day TEXT,
  stored_days INTEGER NOT NULL DEFAULT 0,
  refunded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX parcel_by_customer ON parcel (customer_id);

-- What customers were told, whichever way it reached them.
CREATE TABLE notice (
  customer_id TEXT NOT NULL REFERENCES customer (customer_id),
  topic TEXT NOT NULL,
  PRIMARY KEY (customer_id, topic)
);

-- What the quirks read: which tool satisfies them, whom they affect, limits and texts.
CREATE TABLE quirk_parameter (
  quirk TEXT NOT NULL,
  name TEXT NOT NULL,
  value NOT NULL,
  PRIMARY KEY (quirk, name, value)
);

CREATE VIEW quirk_affects AS
SELECT quirk, value FROM quirk_parameter WHERE name = 'affects';

CREATE VIEW quirk_tool AS
SELECT quirk, value AS tool FROM quirk_parameter WHERE name = 'tool';

CREATE VIEW quirk_limit AS
SELECT quirk, value FROM quirk_parameter WHERE name = 'limit';

-- For which parcel the tool of a quirk was called in this episode.
CREATE VIEW helped AS
SELECT q.quirk, json_extract(k.arguments, '$.parcel_id') AS parcel_id
FROM kedge_call k JOIN quirk_tool q USING (tool)
WHERE k.ok;

-- Parcels that are released only after something was done, what that is, and what ruins them.
CREATE VIEW held_parcel AS
SELECT p.parcel_id, a.quirk, CASE a.quirk WHEN 'uncleared' THEN 'uninspected' ELSE 'uncleared' END AS ruined_by
FROM parcel p JOIN quirk_affects a ON a.quirk IN ('uncleared', 'uninspected') AND a.value = p.customs_class;

CREATE VIEW heavy_parcel AS
SELECT p.parcel_id FROM parcel p JOIN quirk_limit l ON l.quirk = 'unweighed' AND p.weight_kg >= l.value;

-- Situations that people write in about; the task families draw their rows from these. No subject
-- belongs to two of the splits (`side`).
CREATE VIEW side_of_customer AS
SELECT customer_id, CASE WHEN place <= 100 THEN 'dev' WHEN place <= 187 THEN 'gate' ELSE 'vault' END AS side
FROM (SELECT customer_id, row_number() OVER (ORDER BY rnd('side', customer_id), customer_id) AS place FROM customer);

-- `place` numbers the rows of a view within its split, so that two views can be joined to one request.
-- `first` is the tool that must come before, or one that only reads.
CREATE VIEW parcel_to_release AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('release', p.parcel_id)) AS place,
       p.parcel_id AS release_id, p.address AS release_address, coalesce(q.tool, 'get_parcel') AS release_first
FROM parcel p JOIN side_of_customer w USING (customer_id)
LEFT JOIN held_parcel h USING (parcel_id) LEFT JOIN quirk_tool q ON q.quirk = h.quirk
WHERE p.status = 'arrived';

CREATE VIEW parcel_to_fetch AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('fetch', p.parcel_id)) AS place,
       p.parcel_id AS fetch_id, p.address AS fetch_address,
       CASE WHEN h.parcel_id IS NULL THEN 'get_parcel' ELSE q.tool END AS fetch_first,
       CASE rnd_int(0, 4, 'day', p.parcel_id) WHEN 0 THEN 'monday' WHEN 1 THEN 'tuesday' WHEN 2 THEN 'wednesday'
                                              WHEN 3 THEN 'thursday' ELSE 'friday' END AS day
FROM parcel p JOIN side_of_customer w USING (customer_id) JOIN quirk_tool q ON q.quirk = 'unweighed'
LEFT JOIN heavy_parcel h USING (parcel_id)
WHERE p.status = 'announced';

-- `refunds` are the right calls; `negated` says whether the claim must be absent; `paid_to` is who the
-- oracle refunds, "-" for nobody.
CREATE VIEW parcel_to_refund AS
SELECT w.side, p.parcel_id, p.price,
       CASE WHEN a.value IS NULL
            THEN json_array(json_object('tool', 'refund_parcel',
                                        'arguments', json_object('parcel_id', p.parcel_id, 'price', p.price)))
            ELSE '[]' END AS refunds,
       CASE WHEN a.value IS NULL THEN 'false' ELSE 'true' END AS negated,
       CASE WHEN a.value IS NULL THEN p.parcel_id ELSE '-' END AS paid_to,
       CASE WHEN a.value IS NULL THEN p.parcel_id || ' is refunded.' ELSE 'That is not possible.' END AS answer
FROM parcel p JOIN side_of_customer w USING (customer_id)
LEFT JOIN quirk_affects a ON a.quirk = 'unpaid' AND a.value = p.payment
WHERE p.status = 'damaged';

CREATE VIEW parcel_to_reroute AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('reroute', p.parcel_id)) AS place,
       p.parcel_id AS reroute_id, d.depot AS hub
FROM parcel p JOIN side_of_customer w USING (customer_id) JOIN depot d ON d.zone = p.zone AND d.role = 'hub'
WHERE p.status = 'moving';

CREATE VIEW parcel_to_store AS
SELECT w.side, row_number() OVER (PARTITION BY w.side ORDER BY rnd('store', p.parcel_id)) AS place,
       p.parcel_id AS store_id, p.customer_id, r.value AS reference, rnd_int(2, 20, 'days', p.parcel_id) AS days
FROM parcel p JOIN side_of_customer w USING (customer_id)
JOIN quirk_parameter r ON r.quirk = 'unreferenced' AND r.name = 'text'
WHERE p.status = 'moving';

-- `channel` is the way that reaches the customer.
CREATE VIEW customer_to_tell AS
SELECT w.side, c.customer_id, CASE WHEN a.value IS NULL THEN 'send_notice' ELSE q.tool END AS channel
FROM customer c JOIN side_of_customer w USING (customer_id) JOIN quirk_tool q ON q.quirk = 'unreachable'
LEFT JOIN quirk_affects a ON a.quirk = 'unreachable' AND a.value = c.customer_kind;

CREATE VIEW parcel_lost AS
SELECT w.side, p.parcel_id FROM parcel p JOIN side_of_customer w USING (customer_id)
WHERE p.status = 'lost';
