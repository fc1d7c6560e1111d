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
