-- A web shop. Amounts are integer cents; days count from the shop's first day, today is day 100.
CREATE TABLE customer (
  customer_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  postal_code TEXT NOT NULL,
  member INTEGER NOT NULL
);

CREATE TABLE product (
  sku TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  color TEXT NOT NULL,
  price_cents INTEGER NOT NULL,
  final_sale INTEGER NOT NULL
);

CREATE TABLE stock (
  sku TEXT PRIMARY KEY REFERENCES product (sku),
  quantity INTEGER NOT NULL,
  yesterday INTEGER NOT NULL
);

CREATE TABLE orders (
  order_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customer (customer_id),
  status TEXT NOT NULL,
  placed_day INTEGER NOT NULL,
  warehouse TEXT NOT NULL,
  street TEXT NOT NULL,
  city TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  total_cents INTEGER NOT NULL DEFAULT 0,
  reason TEXT
);
CREATE INDEX orders_by_customer ON orders (customer_id);

CREATE TABLE order_item (
  order_id TEXT NOT NULL REFERENCES orders (order_id),
  line INTEGER NOT NULL,
  sku TEXT NOT NULL REFERENCES product (sku),
  price_cents INTEGER NOT NULL,
  status TEXT NOT NULL,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE payment_method (
  method_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customer (customer_id),
  kind TEXT NOT NULL,
  balance_cents INTEGER
);

CREATE TABLE payment (
  order_id TEXT NOT NULL REFERENCES orders (order_id),
  line INTEGER NOT NULL,
  method_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE return_request (
  order_id TEXT NOT NULL REFERENCES orders (order_id),
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  refund_cents INTEGER NOT NULL,
  PRIMARY KEY (order_id, line)
);

-- What the quirks hang on: which step satisfies one, from which amount or number on, and whom it
-- concerns. Variant 0 is the shop of README.md; other variants draw anew.
CREATE TABLE quirk (
  id TEXT PRIMARY KEY,
  helper TEXT NOT NULL,
  threshold INTEGER NOT NULL DEFAULT 0,
  concerns TEXT NOT NULL DEFAULT ''
);

-- Situations that customers write in about; the task families draw their rows from these.
CREATE VIEW pending_order AS
SELECT o.order_id, o.customer_id, c.email, c.postal_code, money(o.total_cents) AS total
FROM orders o JOIN customer c USING (customer_id)
WHERE o.status = 'pending';

CREATE VIEW delivered_order AS
SELECT o.order_id, o.customer_id, c.postal_code, money(o.total_cents) AS total
FROM orders o JOIN customer c USING (customer_id)
WHERE o.status = 'delivered';

CREATE VIEW order_that_left AS
SELECT o.order_id, o.customer_id, c.postal_code
FROM orders o JOIN customer c USING (customer_id)
WHERE o.status IN ('shipped', 'delivered');

CREATE VIEW order_to_redirect AS
SELECT p.order_id, p.customer_id, p.postal_code,
       rnd_int(1, 199, 'new house', p.order_id) || ' ' ||
       CASE pick(4, 'new road', p.order_id)
         WHEN 0 THEN 'Castle Street' WHEN 1 THEN 'Garden Row' WHEN 2 THEN 'Bridge Road'
         ELSE 'Park Terrace' END AS street,
       CASE pick(3, 'new town', p.order_id)
         WHEN 0 THEN 'Fairview' WHEN 1 THEN 'Glenholm' ELSE 'Hillside' END AS city,
       CAST(rnd_int(10000, 99999, 'new postal', p.order_id) AS TEXT) AS ship_postal_code
FROM pending_order p;

CREATE VIEW order_to_split AS
SELECT o.order_id, o.customer_id, c.postal_code, g.method_id AS gift_card_id,
       'card_' || substr(o.customer_id, 2) AS card_id,
       money(100 * rnd_int(2, min(g.balance_cents, o.total_cents - 100) / 100, 'part', o.order_id))
         AS gift_amount
FROM orders o
JOIN customer c USING (customer_id)
JOIN payment_method g ON g.customer_id = o.customer_id AND g.kind = 'gift_card'
WHERE o.status = 'pending' AND o.total_cents > 600;

CREATE VIEW delivered_item AS
SELECT o.order_id, o.customer_id, i.sku, c.postal_code, money(i.price_cents) AS refund, o.placed_day, a.name,
       a.color, a.final_sale
FROM orders o
JOIN customer c USING (customer_id)
JOIN order_item i ON i.order_id = o.order_id AND i.line = 1
JOIN product a USING (sku)
WHERE o.status = 'delivered';

CREATE VIEW item_to_return AS
SELECT order_id, customer_id, sku, postal_code, refund
FROM delivered_item
WHERE placed_day >= 70 AND NOT final_sale;

CREATE VIEW item_too_old AS
SELECT order_id, customer_id, sku, postal_code, refund
FROM delivered_item
WHERE placed_day < 70;

CREATE VIEW item_to_exchange AS
SELECT d.order_id, d.customer_id, d.sku, d.postal_code, b.sku AS new_sku, b.color
FROM delivered_item d
JOIN product b ON b.name = d.name AND b.color <> d.color
WHERE NOT d.final_sale
  AND pick(3, 'wish', d.order_id) =
      (SELECT count(*) FROM product x WHERE x.name = d.name AND x.color <> d.color AND x.sku < b.sku);

CREATE VIEW account_to_change AS
SELECT customer_id, email, postal_code, replace(email, '@example.com', '@newpost.org') AS new_email
FROM customer;

CREATE VIEW price_for_customer AS
SELECT c.customer_id, c.email, p.sku, p.name AS article,
       money(CASE WHEN c.member THEN p.price_cents * 9 / 10 ELSE p.price_cents END) AS price
FROM customer c CROSS JOIN product p;

CREATE VIEW price_wanted AS
SELECT * FROM price_for_customer
WHERE sku = 'SKU-' || (1000 + 7 * pick(120, 'wants', customer_id));

CREATE VIEW order_and_price_wanted AS
SELECT o.*, p.sku, p.article, p.price
FROM pending_order o
JOIN price_for_customer p ON p.customer_id = o.customer_id
 AND p.sku = 'SKU-' || (1000 + 7 * pick(120, 'also', o.order_id));

CREATE VIEW article_in_stock AS
SELECT p.sku, p.name AS article, CAST(s.quantity AS TEXT) AS quantity
FROM product p JOIN stock s USING (sku);
