CREATE TABLE members (
  member_id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  fee_cents INTEGER NOT NULL CHECK (fee_cents >= 0)
);

CREATE TABLE books (
  book_id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  copies INTEGER NOT NULL CHECK (copies >= 0),
  copies_yesterday INTEGER NOT NULL
);

CREATE TABLE loans (
  loan_id INTEGER PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES members,
  book_id TEXT NOT NULL REFERENCES books,
  due_day INTEGER NOT NULL
);
CREATE INDEX loans_by_member ON loans (member_id);

-- The address that will hold once the profile is synchronised.
CREATE TABLE pending_email (member_id TEXT PRIMARY KEY, email TEXT NOT NULL);
CREATE TABLE session_note (note TEXT);
