-- `changes` counts the events that a row shows: it is the version of the customer or the order.
-- `created_position` orders rows by when they came to be.
CREATE TABLE history_customers (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    created_position BIGINT NOT NULL UNIQUE,
    name TEXT CHARACTER SET utf8mb4 NOT NULL,
    credit_limit BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    changes BIGINT NOT NULL
);

CREATE TABLE history_orders (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    created_position BIGINT NOT NULL UNIQUE,
    customer_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total BIGINT NOT NULL,
    state VARCHAR(20) CHARACTER SET ascii NOT NULL,
    reason VARCHAR(40) CHARACTER SET ascii,
    changes BIGINT NOT NULL,
    KEY history_orders_of_customer (customer_id, created_position)
);
