-- An airline: flights with fares by day and cabin, users with their ways to pay, reservations.
-- Lists keep their order in `position`, counted from 0.

CREATE TABLE airport (
  code TEXT PRIMARY KEY,
  city TEXT NOT NULL
);

CREATE TABLE flight (
  flight_number TEXT PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  destination TEXT NOT NULL,
  departs TEXT NOT NULL,   -- "06:00:00"
  arrives TEXT NOT NULL    -- likewise; "03:00:00+1" on the next day
);
CREATE INDEX flight_by_origin ON flight (origin, destination);

CREATE TABLE flight_day (
  flight_number TEXT NOT NULL REFERENCES flight,
  date TEXT NOT NULL,
  status TEXT NOT NULL,    -- only "available" can be booked
  PRIMARY KEY (flight_number, date)
);

CREATE TABLE fare (
  flight_number TEXT NOT NULL,
  date TEXT NOT NULL,
  cabin TEXT NOT NULL,
  seats INTEGER NOT NULL,
  price INTEGER NOT NULL,  -- dollars
  PRIMARY KEY (flight_number, date, cabin),
  FOREIGN KEY (flight_number, date) REFERENCES flight_day
);

CREATE TABLE user (
  user_id TEXT PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  address1 TEXT NOT NULL,
  address2 TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  state TEXT NOT NULL,
  zip TEXT NOT NULL,
  email TEXT NOT NULL,
  dob TEXT NOT NULL,
  membership TEXT NOT NULL,
  saved_passengers TEXT NOT NULL  -- JSON
);

CREATE TABLE payment_method (
  user_id TEXT NOT NULL REFERENCES user,
  payment_id TEXT NOT NULL,
  source TEXT NOT NULL,    -- credit_card, gift_card, certificate
  amount NUMERIC,          -- what is left; none on a credit card
  brand TEXT,
  last_four TEXT,
  PRIMARY KEY (user_id, payment_id)
);

CREATE TRIGGER gift_card_balance BEFORE UPDATE ON payment_method WHEN NEW.amount < 0
BEGIN
  SELECT RAISE(ABORT, 'Error: gift card balance is not enough');
END;

CREATE TABLE reservation (
  reservation_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user,
  origin TEXT NOT NULL,
  destination TEXT NOT NULL,
  flight_type TEXT NOT NULL,
  cabin TEXT NOT NULL,
  created_at TEXT NOT NULL,
  total_baggages INTEGER NOT NULL,
  nonfree_baggages INTEGER NOT NULL,
  insurance TEXT NOT NULL,
  status TEXT              -- NULL or "cancelled"
);

-- The reservations that a user's profile shows, in the order in which they were made.
CREATE TABLE user_reservation (
  user_id TEXT NOT NULL REFERENCES user,
  position INTEGER NOT NULL,
  reservation_id TEXT NOT NULL,
  PRIMARY KEY (user_id, position)
);

CREATE TABLE reservation_flight (
  reservation_id TEXT NOT NULL REFERENCES reservation,
  position INTEGER NOT NULL,
  flight_number TEXT NOT NULL,
  date TEXT NOT NULL,
  origin TEXT NOT NULL,
  destination TEXT NOT NULL,
  price INTEGER NOT NULL,  -- of one passenger, when it was booked
  PRIMARY KEY (reservation_id, position)
);

CREATE TABLE passenger (
  reservation_id TEXT NOT NULL REFERENCES reservation,
  position INTEGER NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  dob TEXT NOT NULL,
  PRIMARY KEY (reservation_id, position)
);

-- Payments, refunds with a negative amount.
CREATE TABLE payment (
  reservation_id TEXT NOT NULL REFERENCES reservation,
  position INTEGER NOT NULL,
  payment_id TEXT NOT NULL,
  amount NUMERIC NOT NULL,
  PRIMARY KEY (reservation_id, position)
);

-- The flights that a change of flights is about to put in place of the old ones.
CREATE TABLE new_flight (
  position INTEGER PRIMARY KEY,
  flight_number TEXT NOT NULL,
  date TEXT NOT NULL,
  origin TEXT NOT NULL,
  destination TEXT NOT NULL,
  price INTEGER NOT NULL
);

-- What the new flights cost more than the old ones (less: negative), for all passengers.
CREATE VIEW price_difference AS
SELECT reservation_id,
       ((SELECT coalesce(sum(price), 0) FROM new_flight) -
        (SELECT coalesce(sum(f.price), 0) FROM reservation_flight f
         WHERE f.reservation_id = r.reservation_id)) *
       (SELECT count(*) FROM passenger p WHERE p.reservation_id = r.reservation_id) AS total
FROM reservation r;

-- A flight on a day, as searches show it. Days without fares have no seats and prices to show.
CREATE VIEW flight_shown AS
SELECT f.flight_number, f.position, f.origin, f.destination, d.date, d.status,
       json_patch(
         json_object(
           'flight_number', f.flight_number, 'origin', f.origin, 'destination', f.destination,
           'scheduled_departure_time_est', f.departs, 'scheduled_arrival_time_est', f.arrives,
           'status', d.status),
         iif(d.status = 'available', json_object(
           'available_seats',
           (SELECT json_group_object(cabin, seats) FROM fare
            WHERE flight_number = f.flight_number AND date = d.date),
           'prices',
           (SELECT json_group_object(cabin, price) FROM fare
            WHERE flight_number = f.flight_number AND date = d.date)), '{}')) AS shown
FROM flight f JOIN flight_day d ON d.flight_number = f.flight_number;

CREATE VIEW reservation_shown AS
SELECT r.reservation_id,
       json_patch(
         json_object(
           'reservation_id', r.reservation_id, 'user_id', r.user_id, 'origin', r.origin,
           'destination', r.destination, 'flight_type', r.flight_type, 'cabin', r.cabin,
           'flights',
           (SELECT json_group_array(json_object(
              'flight_number', flight_number, 'date', date, 'origin', origin,
              'destination', destination, 'price', price))
            FROM (SELECT * FROM reservation_flight f
                  WHERE f.reservation_id = r.reservation_id ORDER BY position)),
           'passengers',
           (SELECT json_group_array(json_object(
              'first_name', first_name, 'last_name', last_name, 'dob', dob))
            FROM (SELECT * FROM passenger p
                  WHERE p.reservation_id = r.reservation_id ORDER BY position)),
           'payment_history',
           (SELECT json_group_array(json_object('payment_id', payment_id, 'amount', amount))
            FROM (SELECT * FROM payment p
                  WHERE p.reservation_id = r.reservation_id ORDER BY position)),
           'created_at', r.created_at, 'total_baggages', r.total_baggages,
           'nonfree_baggages', r.nonfree_baggages, 'insurance', r.insurance),
         -- A patch with null adds nothing: a reservation that holds has no status.
         json_object('status', r.status)) AS shown
FROM reservation r;

CREATE VIEW user_shown AS
SELECT u.user_id,
       json_object(
         'name', json_object('first_name', first_name, 'last_name', last_name),
         'address', json_object('address1', address1, 'address2', address2, 'city', city,
                                'country', country, 'province', state, 'zip', zip),
         'email', email, 'dob', dob,
         'payment_methods',
         (SELECT json_group_object(payment_id, json(
            CASE source
              WHEN 'credit_card' THEN
                json_object('source', source, 'brand', brand, 'last_four', last_four,
                            'id', payment_id)
              ELSE json_object('source', source, 'amount', amount, 'id', payment_id)
            END))
          FROM payment_method p WHERE p.user_id = u.user_id),
         'saved_passengers', json(saved_passengers),
         'membership', membership,
         'reservations',
         (SELECT json_group_array(reservation_id)
          FROM (SELECT * FROM user_reservation v WHERE v.user_id = u.user_id ORDER BY position)))
       AS shown
FROM user u;

-- Reservations of an episode are numbered in this order.
CREATE VIEW booking_id AS
SELECT 'HATHAT' AS reservation_id UNION ALL SELECT 'HATHAU' UNION ALL SELECT 'HATHAV';

CREATE VIEW latest_booking AS
SELECT max(reservation_id) AS reservation_id FROM reservation
WHERE reservation_id IN (SELECT reservation_id FROM booking_id);

-- The benchmark's tasks in the form of a fixed task of a suite.
CREATE TABLE benchmark_task (
  task_id INTEGER PRIMARY KEY,
  task TEXT NOT NULL  -- JSON
);
