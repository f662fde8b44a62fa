-- `changes` counts the events that a row shows: it is the version of the customer or the order.
-- `created_position` orders rows by when they came to be.
CREATE TABLE history_customers (
    id TEXT NOT NULL PRIMARY KEY,
    created_position INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    credit_limit INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    changes INTEGER NOT NULL
);

CREATE TABLE history_orders (
    id TEXT NOT NULL PRIMARY KEY,
    created_position INTEGER NOT NULL UNIQUE,
    customer_id TEXT NOT NULL,
    total INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    changes INTEGER NOT NULL
);

CREATE INDEX history_orders_of_customer ON history_orders (customer_id, created_position);
