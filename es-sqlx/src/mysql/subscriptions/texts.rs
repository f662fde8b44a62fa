use crate::subscriptions::Texts;

/// Each `?` is the arguments, but that of a `LIMIT`: how many rows to show. Texts are in hexadecimal digits. Rows are always
/// locked in the order of their partitions, and by their key, so that none of others is locked on the way.
pub(in crate::mysql) const TEXTS: Texts<&str> = Texts {
    register_first: "
        INSERT IGNORE INTO {prefix}subscriptions (subscriber, part, position, epoch, paused)
        VALUES (UNHEX(JSON_VALUE(?, '$.subscriber')), 0, JSON_VALUE(?, '$.position'), 0, FALSE)",
    register_rest: "
        INSERT INTO {prefix}subscriptions (subscriber, part, position, epoch, paused)
        SELECT UNHEX(JSON_VALUE(?, '$.subscriber')), p.part, JSON_VALUE(?, '$.position'), 0, FALSE
          FROM JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p",
    count: "
        SELECT JSON_ARRAY(COUNT(*)) FROM {prefix}subscriptions
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    join: "
        INSERT INTO {prefix}subscription_members (subscriber, owner, present_until)
        VALUES (UNHEX(JSON_VALUE(?, '$.subscriber')), UNHEX(JSON_VALUE(?, '$.owner')),
                UTC_TIMESTAMP(6) + INTERVAL JSON_VALUE(?, '$.ttl') MICROSECOND)
        ON DUPLICATE KEY UPDATE present_until = VALUES(present_until)",
    expired: "
        SELECT JSON_ARRAY(HEX(owner)) FROM {prefix}subscription_members
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND present_until <= UTC_TIMESTAMP(6)
         ORDER BY owner
           FOR UPDATE SKIP LOCKED",
    forget_members: "
        DELETE m FROM JSON_TABLE(?, '$.owners[*]' COLUMNS (owner VARCHAR(255) PATH '$')) o
         STRAIGHT_JOIN {prefix}subscription_members m FORCE INDEX (PRIMARY)
            ON m.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND m.owner = UNHEX(o.owner)",
    members: "
        SELECT JSON_ARRAY(COUNT(*)) FROM {prefix}subscription_members
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND present_until > UTC_TIMESTAMP(6)",
    lock_own: "
        SELECT JSON_ARRAY(part) FROM {prefix}subscriptions FORCE INDEX (PRIMARY)
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND owner = UNHEX(JSON_VALUE(?, '$.owner'))
         ORDER BY part
           FOR UPDATE",
    lock_held: "
        SELECT JSON_ARRAY(s.part)
          FROM JSON_TABLE(?, '$.leases[*]' COLUMNS (part INT PATH '$[0]', epoch BIGINT UNSIGNED PATH '$[1]')) l
         STRAIGHT_JOIN {prefix}subscriptions s FORCE INDEX (PRIMARY)
            ON s.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND s.part = l.part
         WHERE s.owner = UNHEX(JSON_VALUE(?, '$.owner')) AND s.epoch = l.epoch
           FOR UPDATE",
    lock_all: "
        SELECT JSON_ARRAY(part) FROM {prefix}subscriptions FORCE INDEX (PRIMARY)
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))
         ORDER BY part
           FOR UPDATE",
    free: "
        SELECT JSON_ARRAY(part) FROM {prefix}subscriptions FORCE INDEX (PRIMARY)
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))
           AND (owner IS NULL OR leased_until <= UTC_TIMESTAMP(6))
         ORDER BY part
         LIMIT ?
           FOR UPDATE SKIP LOCKED",
    take: "
        UPDATE JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p
         STRAIGHT_JOIN {prefix}subscriptions s FORCE INDEX (PRIMARY)
            ON s.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND s.part = p.part
           SET s.owner = UNHEX(JSON_VALUE(?, '$.owner')),
               s.epoch = s.epoch + 1,
               s.leased_until = UTC_TIMESTAMP(6) + INTERVAL JSON_VALUE(?, '$.ttl') MICROSECOND",
    renew: "
        UPDATE JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p
         STRAIGHT_JOIN {prefix}subscriptions s FORCE INDEX (PRIMARY)
            ON s.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND s.part = p.part
           SET s.leased_until = UTC_TIMESTAMP(6) + INTERVAL JSON_VALUE(?, '$.ttl') MICROSECOND",
    leases: "
        SELECT JSON_ARRAY(part, epoch, position, paused) FROM {prefix}subscriptions
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND owner = UNHEX(JSON_VALUE(?, '$.owner'))
           AND leased_until > UTC_TIMESTAMP(6)
         ORDER BY part",
    release: "
        UPDATE JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p
         STRAIGHT_JOIN {prefix}subscriptions s FORCE INDEX (PRIMARY)
            ON s.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND s.part = p.part
           SET s.owner = NULL, s.leased_until = NULL",
    leave: "
        DELETE FROM {prefix}subscription_members
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND owner = UNHEX(JSON_VALUE(?, '$.owner'))",
    raise: "
        UPDATE JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p
         STRAIGHT_JOIN {prefix}subscriptions s FORCE INDEX (PRIMARY)
            ON s.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND s.part = p.part
           SET s.position = GREATEST(s.position, CAST(JSON_VALUE(?, '$.position') AS UNSIGNED))",
    add_letters: "
        INSERT INTO {prefix}dead_letters
               (subscriber, entity_type, entity_id, part, position, event_id, attempts, due_at, error)
        SELECT UNHEX(JSON_VALUE(?, '$.subscriber')), UNHEX(l.entity_type), UNHEX(l.entity_id), l.part, l.position,
               UNHEX(l.event_id), l.attempts, UTC_TIMESTAMP(6) + INTERVAL l.due_in MICROSECOND,
               CONVERT(UNHEX(l.error) USING utf8mb4)
          FROM JSON_TABLE(?, '$.letters[*]' COLUMNS (
                 entity_type VARCHAR(200) PATH '$[0]', entity_id VARCHAR(510) PATH '$[1]', part INT PATH '$[2]',
                 position BIGINT UNSIGNED PATH '$[3]', event_id CHAR(32) PATH '$[4]', attempts INT UNSIGNED PATH '$[5]',
                 due_in BIGINT PATH '$[6]', error TEXT PATH '$[7]')) l
        ON DUPLICATE KEY UPDATE position = {prefix}dead_letters.position",
    change_letters: "
        UPDATE JSON_TABLE(?, '$.letters[*]' COLUMNS (
                 position BIGINT UNSIGNED PATH '$[3]', attempts INT UNSIGNED PATH '$[5]', due_in BIGINT PATH '$[6]',
                 error TEXT PATH '$[7]')) l
         STRAIGHT_JOIN {prefix}dead_letters d FORCE INDEX (PRIMARY)
            ON d.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND d.position = l.position
           SET d.attempts = l.attempts,
               d.due_at = UTC_TIMESTAMP(6) + INTERVAL l.due_in MICROSECOND,
               d.error = CONVERT(UNHEX(l.error) USING utf8mb4)",
    remove_letter: "
        DELETE FROM {prefix}dead_letters
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND position = JSON_VALUE(?, '$.position')",
    waiting: "
        SELECT DISTINCT JSON_ARRAY(HEX(d.entity_type), HEX(d.entity_id))
          FROM JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p
          JOIN {prefix}dead_letters d
            ON d.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND d.part = p.part",
    due: "
        SELECT JSON_ARRAY(HEX(d.entity_type), HEX(d.entity_id))
          FROM (SELECT MIN(l.position) AS position
                  FROM JSON_TABLE(?, '$.parts[*]' COLUMNS (part INT PATH '$')) p
                  JOIN {prefix}dead_letters l
                    ON l.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND l.part = p.part
                 GROUP BY l.entity_type, l.entity_id) first
          JOIN {prefix}dead_letters d
            ON d.subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND d.position = first.position
         WHERE d.due_at <= UTC_TIMESTAMP(6)
         ORDER BY d.due_at, d.position
         LIMIT ?",
    queue: "
        SELECT JSON_ARRAY(HEX(entity_type), HEX(entity_id), part, position, HEX(event_id), attempts, due_at IS NULL,
                          HEX(error))
          FROM {prefix}dead_letters
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))
           AND entity_type = UNHEX(JSON_VALUE(?, '$.entity[0]')) AND entity_id = UNHEX(JSON_VALUE(?, '$.entity[1]'))
         ORDER BY position
         LIMIT ?",
    letters: "
        SELECT JSON_ARRAY(HEX(entity_type), HEX(entity_id), part, position, HEX(event_id), attempts, due_at IS NULL,
                          HEX(error))
          FROM {prefix}dead_letters
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND position > JSON_VALUE(?, '$.position')
         ORDER BY position
         LIMIT ?",
    retry: "
        UPDATE {prefix}dead_letters SET due_at = UTC_TIMESTAMP(6)
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))
           AND (JSON_VALUE(?, '$.entity[0]') IS NULL
                OR (entity_type = UNHEX(JSON_VALUE(?, '$.entity[0]'))
                    AND entity_id = UNHEX(JSON_VALUE(?, '$.entity[1]'))))",
    pause: "
        UPDATE {prefix}subscriptions SET paused = JSON_VALUE(?, '$.paused')
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    reset: "
        UPDATE {prefix}subscriptions
           SET position = JSON_VALUE(?, '$.position'), epoch = epoch + 1, owner = NULL, leased_until = NULL
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    forget_letters: "
        DELETE FROM {prefix}dead_letters
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND position > JSON_VALUE(?, '$.position')",
    remove_partitions: "
        DELETE FROM {prefix}subscriptions WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    remove_members: "
        DELETE FROM {prefix}subscription_members WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    progress: "
        SELECT JSON_ARRAY('partition', part, position, epoch, IF(leased_until > UTC_TIMESTAMP(6), HEX(owner), NULL),
                          paused)
          FROM {prefix}subscriptions WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))
        UNION ALL
        SELECT JSON_ARRAY('members', COUNT(*)) FROM {prefix}subscription_members
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND present_until > UTC_TIMESTAMP(6)
        UNION ALL
        SELECT JSON_ARRAY('letters', COUNT(*), COUNT(*) - COUNT(due_at)) FROM {prefix}dead_letters
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    lock_both: "
        SELECT JSON_ARRAY(part) FROM {prefix}subscriptions FORCE INDEX (PRIMARY)
         WHERE subscriber IN (UNHEX(JSON_VALUE(?, '$.subscriber')), UNHEX(JSON_VALUE(?, '$.other')))
         ORDER BY subscriber, part
           FOR UPDATE",
    highest: "
        SELECT JSON_ARRAY(MAX(epoch)) FROM {prefix}subscriptions
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))",
    is_paused: "
        SELECT JSON_ARRAY(paused) FROM {prefix}subscriptions
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')) AND part = 0",
    take_partitions: "
        UPDATE {prefix}subscriptions
           SET subscriber = UNHEX(JSON_VALUE(?, '$.subscriber')), epoch = epoch + JSON_VALUE(?, '$.epoch'),
               owner = NULL, leased_until = NULL, paused = JSON_VALUE(?, '$.paused')
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.other'))",
    take_letters: "
        UPDATE {prefix}dead_letters SET subscriber = UNHEX(JSON_VALUE(?, '$.subscriber'))
         WHERE subscriber = UNHEX(JSON_VALUE(?, '$.other'))",
};
