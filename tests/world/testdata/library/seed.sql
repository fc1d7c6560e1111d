INSERT INTO members
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
SELECT printf('M%04d', i), printf('reader%d@example.com', 100 * i + pick(100, 'email', i)),
       CASE WHEN rnd('fee', i) < 0.3 THEN 25 * rnd_int(1, 20, 'fee size', i) ELSE 0 END
FROM n;

INSERT INTO books
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)
SELECT printf('B%04d', i), printf('Volume %d', i), c, c + rnd_int(1, 3, 'gone', i)
FROM (SELECT i, pick(5, 'copies', i) AS c FROM n);

INSERT INTO loans
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
SELECT i, printf('M%04d', 1 + pick(60, 'member', i)), printf('B%04d', 1 + pick(80, 'book', i)),
       rnd_int(1, 28, 'due', i)
FROM n;
