-- 400 customers, 120 articles, 1,600 orders; everything depends on the population seed only, and the
-- quirks' parameters on the variant only.
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399),
first(k, word) AS (VALUES (0, 'Ada'), (1, 'Bruno'), (2, 'Carla'), (3, 'Deniz'), (4, 'Elif'), (5, 'Farid'),
  (6, 'Greta'), (7, 'Hugo'), (8, 'Ines'), (9, 'Jonas'), (10, 'Kaya'), (11, 'Lena'), (12, 'Milan'),
  (13, 'Nora'), (14, 'Oskar'), (15, 'Priya')),
last(k, word) AS (VALUES (0, 'Adler'), (1, 'Brandt'), (2, 'Costa'), (3, 'Demir'), (4, 'Engel'),
  (5, 'Fischer'), (6, 'Gomez'), (7, 'Haas'), (8, 'Ito'), (9, 'Jansen'), (10, 'Kovacs'), (11, 'Lindt'),
  (12, 'Moreau'), (13, 'Novak'), (14, 'Olsen'), (15, 'Peters'))
INSERT INTO customer
SELECT 'C' || (10000 + i), f.word || ' ' || l.word,
       lower(f.word) || '.' || lower(l.word) || i || '@example.com',
       CAST(rnd_int(10000, 99999, 'postal', i) AS TEXT), rnd('member', i) < 0.55
FROM n
JOIN first f ON f.k = pick(16, 'first', i)
JOIN last l ON l.k = pick(16, 'last', i);

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119),
kind(k, word) AS (VALUES (0, 'lamp'), (1, 'kettle'), (2, 'backpack'), (3, 'chair'), (4, 'blanket'),
  (5, 'clock'), (6, 'toaster'), (7, 'tent'), (8, 'mirror'), (9, 'speaker')),
series(k, word) AS (VALUES (0, 'Alba'), (1, 'Borea'), (2, 'Cirrus')),
color(k, word) AS (VALUES (0, 'black'), (1, 'blue'), (2, 'green'), (3, 'white'))
INSERT INTO product
SELECT 'SKU-' || (1000 + i * 7), s.word || ' ' || kind.word, c.word,
       500 + 50 * pick(150, 'price', i / 4), rnd('final', i) < 0.1
FROM n
JOIN kind ON kind.k = (i / 4) % 10
JOIN series s ON s.k = i / 40
JOIN color c ON c.k = i % 4;

INSERT INTO stock
SELECT sku, rnd_int(3, 60, 'stock', sku),
       CASE WHEN rnd('moved', sku) < 0.6 THEN rnd_int(61, 99, 'yesterday', sku)
            ELSE rnd_int(3, 60, 'stock', sku) END
FROM product;

INSERT INTO payment_method
SELECT 'card_' || substr(customer_id, 2), customer_id, 'card', NULL FROM customer
UNION ALL
SELECT 'gift_' || substr(customer_id, 2), customer_id, 'gift_card',
       100 * rnd_int(20, 120, 'gift', customer_id)
FROM customer;

WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1599),
road(k, word) AS (VALUES (0, 'Harbour Road'), (1, 'Mill Lane'), (2, 'Station Street'), (3, 'Oak Avenue'),
  (4, 'Church Hill'), (5, 'River Walk')),
town(k, word) AS (VALUES (0, 'Aldbury'), (1, 'Brookfield'), (2, 'Castleton'), (3, 'Dunmore'), (4, 'Eastwick'))
INSERT INTO orders (order_id, customer_id, status, placed_day, warehouse, street, city, postal_code)
SELECT 'W' || (200000 + i * 13), 'C' || (10000 + pick(400, 'buyer', i)),
       CASE WHEN rnd('status', i) < 0.45 THEN 'pending' WHEN rnd('status', i) < 0.60 THEN 'shipped'
            ELSE 'delivered' END,
       rnd_int(40, 99, 'placed', i), CASE WHEN rnd('warehouse', i) < 0.45 THEN 'north' ELSE 'south' END,
       rnd_int(1, 199, 'house', i) || ' ' || road.word, town.word,
       CAST(rnd_int(10000, 99999, 'ship', i) AS TEXT)
FROM n
JOIN road ON road.k = pick(6, 'road', i)
JOIN town ON town.k = pick(5, 'town', i);

INSERT INTO order_item
SELECT o.order_id, l.line, p.sku, p.price_cents, 'ordered'
FROM orders o
JOIN (SELECT 1 AS line UNION ALL SELECT 2 UNION ALL SELECT 3) l
  ON l.line = 1 OR rnd('more', o.order_id, l.line) < 0.3
JOIN product p ON p.sku = 'SKU-' || (1000 + 7 * ((pick(40, 'item', o.order_id) + 40 * (l.line - 1)) % 120));

UPDATE orders
SET total_cents = (SELECT sum(price_cents) FROM order_item i WHERE i.order_id = orders.order_id);

INSERT INTO payment
SELECT order_id, 1, 'card_' || substr(customer_id, 2), 'charge', total_cents FROM orders;

INSERT INTO quirk VALUES
  ('verified_owner', 'verify_customer', 6000, ''), ('verified_account', 'verify_customer', 0, '1'),
  ('busy_warehouse', 'hold_order', 0, 'north'), ('held_orders_stay', 'hold_order', 0, ''),
  ('reserved_exchange', 'reserve_item', 15, ''), ('labelled_return', 'create_return_label', 1, ''),
  ('approved_refund', 'request_approval', 6000, ''), ('locked_wallet', 'unlock_wallet', 0, '1'),
  ('stale_count', 'refresh_inventory', 0, ''), ('anonymous_price', 'open_member_session', 0, '');

-- Other variants: steps that take an order or its customer change places among the rules about
-- orders; the other rules take one that the situation offers, and a step that spoils an exchange
-- is never one that an exchange needs.
WITH step(name) AS (VALUES ('verify_customer'), ('hold_order'), ('request_approval'),
  ('create_return_label'), ('open_member_session'), ('unlock_wallet')),
rule(id) AS (VALUES ('approved_refund'), ('busy_warehouse'), ('labelled_return'), ('locked_wallet'),
  ('verified_owner')),
shuffled AS (SELECT name, row_number() OVER (ORDER BY variant_rnd('step', name)) AS n FROM step),
numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM rule)
UPDATE quirk SET helper = (SELECT name FROM shuffled JOIN numbered USING (n)
                           WHERE numbered.id = quirk.id)
WHERE variant() > 0 AND id IN (SELECT id FROM rule);

WITH choice(id, n, name) AS (VALUES
  ('verified_account', 0, 'verify_customer'), ('verified_account', 1, 'open_member_session'),
  ('verified_account', 2, 'unlock_wallet'), ('reserved_exchange', 0, 'reserve_item'),
  ('reserved_exchange', 1, 'open_member_session'), ('reserved_exchange', 2, 'unlock_wallet'),
  ('held_orders_stay', 0, 'hold_order'), ('held_orders_stay', 1, 'request_approval'),
  ('held_orders_stay', 2, 'create_return_label'), ('stale_count', 0, 'refresh_inventory'),
  ('stale_count', 1, 'get_product'), ('anonymous_price', 0, 'open_member_session'),
  ('anonymous_price', 1, 'unlock_wallet'), ('anonymous_price', 2, 'get_product'))
UPDATE quirk SET helper = (
  SELECT c.name FROM choice c WHERE c.id = quirk.id
  AND c.n = variant_pick((SELECT count(*) FROM choice d WHERE d.id = quirk.id), 'choice', quirk.id))
WHERE variant() > 0 AND id IN (SELECT id FROM choice);

UPDATE quirk
SET threshold = CASE WHEN threshold >= 1000 THEN 100 * variant_rnd_int(45, 75, 'threshold', id)
                     WHEN threshold > 10 THEN variant_rnd_int(12, 24, 'threshold', id)
                     ELSE threshold END,
    concerns = CASE WHEN concerns = 'north' AND variant_pick(2, 'concerns', id) THEN 'south'
                    WHEN concerns = '1' AND variant_pick(2, 'concerns', id) THEN '0'
                    ELSE concerns END
WHERE variant() > 0;
