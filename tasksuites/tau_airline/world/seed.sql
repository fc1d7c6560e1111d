-- Everything but the names of the cities comes from the benchmark's own files.

INSERT INTO airport VALUES
  ('SFO', 'San Francisco'), ('JFK', 'New York'), ('LAX', 'Los Angeles'), ('ORD', 'Chicago'),
  ('DFW', 'Dallas'), ('DEN', 'Denver'), ('SEA', 'Seattle'), ('ATL', 'Atlanta'), ('MIA', 'Miami'),
  ('BOS', 'Boston'), ('PHX', 'Phoenix'), ('IAH', 'Houston'), ('LAS', 'Las Vegas'),
  ('MCO', 'Orlando'), ('EWR', 'Newark'), ('CLT', 'Charlotte'), ('MSP', 'Minneapolis'),
  ('DTW', 'Detroit'), ('PHL', 'Philadelphia'), ('LGA', 'LaGuardia');

INSERT INTO flight
SELECT f.key, row_number() OVER (ORDER BY f.id) - 1, f.value ->> 'origin',
       f.value ->> 'destination', f.value ->> 'scheduled_departure_time_est',
       f.value ->> 'scheduled_arrival_time_est'
FROM json_each(data('flights')) f;

INSERT INTO flight_day
SELECT f.key, d.key, d.value ->> 'status'
FROM json_each(data('flights')) f, json_each(f.value, '$.dates') d;

INSERT INTO fare
SELECT f.key, d.key, p.key, d.value -> 'available_seats' ->> p.key, p.value
FROM json_each(data('flights')) f, json_each(f.value, '$.dates') d,
     json_each(d.value, '$.prices') p
WHERE d.value ->> 'status' = 'available';

INSERT INTO user
SELECT u.key, u.value ->> '$.name.first_name', u.value ->> '$.name.last_name',
       u.value ->> '$.address.address1', u.value ->> '$.address.address2',
       u.value ->> '$.address.city', u.value ->> '$.address.country',
       u.value ->> '$.address.state', u.value ->> '$.address.zip', u.value ->> 'email',
       u.value ->> 'dob', u.value ->> 'membership', u.value -> 'saved_passengers'
FROM json_each(data('users')) u;

INSERT INTO payment_method
SELECT u.key, m.key, m.value ->> 'source', m.value ->> 'amount', m.value ->> 'brand',
       m.value ->> 'last_four'
FROM json_each(data('users')) u, json_each(u.value, '$.payment_methods') m;

INSERT INTO user_reservation
SELECT u.key, r.key, r.value
FROM json_each(data('users')) u, json_each(u.value, '$.reservations') r;

INSERT INTO reservation
SELECT r.key, r.value ->> 'user_id', r.value ->> 'origin', r.value ->> 'destination',
       r.value ->> 'flight_type', r.value ->> 'cabin', r.value ->> 'created_at',
       r.value ->> 'total_baggages', r.value ->> 'nonfree_baggages', r.value ->> 'insurance',
       r.value ->> 'status'
FROM json_each(data('reservations')) r;

INSERT INTO reservation_flight
SELECT r.key, f.key, f.value ->> 'flight_number', f.value ->> 'date', f.value ->> 'origin',
       f.value ->> 'destination', f.value ->> 'price'
FROM json_each(data('reservations')) r, json_each(r.value, '$.flights') f;

INSERT INTO passenger
SELECT r.key, p.key, p.value ->> 'first_name', p.value ->> 'last_name', p.value ->> 'dob'
FROM json_each(data('reservations')) r, json_each(r.value, '$.passengers') p;

INSERT INTO payment
SELECT r.key, p.key, p.value ->> 'payment_id', p.value ->> 'amount'
FROM json_each(data('reservations')) r, json_each(r.value, '$.payment_history') p;

-- One task for each task_id of the trajectories. The expected end state follows from the actions
-- that write; an answer must be said in any message to the user, its commas left out.
INSERT INTO benchmark_task
WITH
  source AS (
    SELECT t.value ->> 'task_id' AS task_id, t.value -> '$.info.task' AS task
    FROM json_each(data('trajectories')) t
    GROUP BY t.value ->> 'task_id'
  ),
  written AS (
    SELECT task_id, json_group_array(json_object('tool', a.value ->> 'name',
                                                 'arguments', a.value -> 'kwargs')) AS calls
    FROM source, json_each(task, '$.actions') a
    WHERE a.value ->> 'name' IN
      ('book_reservation', 'cancel_reservation', 'send_certificate', 'update_reservation_baggages',
       'update_reservation_flights', 'update_reservation_passengers')
    GROUP BY task_id
  ),
  told AS (
    SELECT task_id, json_group_array(json_object('type', 'contains', 'in', 'messages', 'drop', ',',
                                                 'value', o.value)) AS scorers,
           group_concat(o.value, ' ') AS answer
    FROM source, json_each(task, '$.outputs') o
    GROUP BY task_id
  )
SELECT task_id, json_patch(
  json_object('id', printf('airline-%02d', task_id), 'family', 'airline',
              'instruction', task ->> 'instruction'),
  json_patch(
    CASE WHEN calls IS NULL THEN json_object('no_change', json('true'))
         ELSE json_object('calls', json(calls)) END,
    CASE WHEN scorers IS NULL THEN json_object()
         ELSE json_object('scorers', json(scorers), 'answer', answer) END))
FROM source LEFT JOIN written USING (task_id) LEFT JOIN told USING (task_id)
ORDER BY task_id;
