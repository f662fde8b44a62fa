use crate::subscriptions::Texts;

/// `?1` is the arguments, `?2` how many rows to show. A transaction has the lock for writing from its start on, so
/// statements that lock only show.
pub(in crate::sqlite) const TEXTS: Texts<&str> = Texts {
    register_first: "
        INSERT INTO {prefix}subscriptions (subscriber, part, position, epoch, paused)
        VALUES (?1 ->> 'subscriber', 0, ?1 ->> 'position', 0, 0)
        ON CONFLICT DO NOTHING",
    register_rest: "
        INSERT INTO {prefix}subscriptions (subscriber, part, position, epoch, paused)
        SELECT ?1 ->> 'subscriber', p.value, ?1 ->> 'position', 0, 0
          FROM json_each(?1, '$.parts') p",
    count: "
        SELECT json_array(count(*)) FROM {prefix}subscriptions WHERE subscriber = ?1 ->> 'subscriber'",
    join: "
        INSERT INTO {prefix}subscription_members (subscriber, owner, present_until)
        VALUES (?1 ->> 'subscriber', ?1 ->> 'owner',
                CAST(unixepoch('subsec') * 1000000 AS INTEGER) + (?1 ->> 'ttl'))
        ON CONFLICT (subscriber, owner) DO UPDATE SET present_until = excluded.present_until",
    expired: "
        SELECT json_array(owner) FROM {prefix}subscription_members
         WHERE subscriber = ?1 ->> 'subscriber' AND present_until <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    forget_members: "
        DELETE FROM {prefix}subscription_members
         WHERE subscriber = ?1 ->> 'subscriber' AND owner IN (SELECT value FROM json_each(?1, '$.owners'))",
    members: "
        SELECT json_array(count(*)) FROM {prefix}subscription_members
         WHERE subscriber = ?1 ->> 'subscriber' AND present_until > CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    lock_own: "
        SELECT json_array(part) FROM {prefix}subscriptions
         WHERE subscriber = ?1 ->> 'subscriber' AND owner = ?1 ->> 'owner'
         ORDER BY part",
    lock_held: "
        SELECT json_array(s.part)
          FROM json_each(?1, '$.leases') l
          JOIN {prefix}subscriptions s ON s.subscriber = ?1 ->> 'subscriber' AND s.part = l.value ->> 0
         WHERE s.owner = ?1 ->> 'owner' AND s.epoch = l.value ->> 1
         ORDER BY s.part",
    lock_all: "
        SELECT json_array(part) FROM {prefix}subscriptions WHERE subscriber = ?1 ->> 'subscriber' ORDER BY part",
    free: "
        SELECT json_array(part) FROM {prefix}subscriptions
         WHERE subscriber = ?1 ->> 'subscriber'
           AND (owner IS NULL OR leased_until <= CAST(unixepoch('subsec') * 1000000 AS INTEGER))
         ORDER BY part
         LIMIT ?2",
    take: "
        UPDATE {prefix}subscriptions
           SET owner = ?1 ->> 'owner',
               epoch = epoch + 1,
               leased_until = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + (?1 ->> 'ttl')
         WHERE subscriber = ?1 ->> 'subscriber' AND part IN (SELECT value FROM json_each(?1, '$.parts'))",
    renew: "
        UPDATE {prefix}subscriptions
           SET leased_until = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + (?1 ->> 'ttl')
         WHERE subscriber = ?1 ->> 'subscriber' AND part IN (SELECT value FROM json_each(?1, '$.parts'))",
    leases: "
        SELECT json_array(part, epoch, position, paused) FROM {prefix}subscriptions
         WHERE subscriber = ?1 ->> 'subscriber' AND owner = ?1 ->> 'owner'
           AND leased_until > CAST(unixepoch('subsec') * 1000000 AS INTEGER)
         ORDER BY part",
    release: "
        UPDATE {prefix}subscriptions SET owner = NULL, leased_until = NULL
         WHERE subscriber = ?1 ->> 'subscriber' AND part IN (SELECT value FROM json_each(?1, '$.parts'))",
    leave: "
        DELETE FROM {prefix}subscription_members
         WHERE subscriber = ?1 ->> 'subscriber' AND owner = ?1 ->> 'owner'",
    raise: "
        UPDATE {prefix}subscriptions SET position = max(position, ?1 ->> 'position')
         WHERE subscriber = ?1 ->> 'subscriber' AND part IN (SELECT value FROM json_each(?1, '$.parts'))",
    add_letters: "
        INSERT INTO {prefix}dead_letters
               (subscriber, entity_type, entity_id, part, position, event_id, attempts, due_at, error)
        SELECT ?1 ->> 'subscriber', l.value ->> 0, l.value ->> 1, l.value ->> 2, l.value ->> 3, unhex(l.value ->> 4),
               l.value ->> 5, CAST(unixepoch('subsec') * 1000000 AS INTEGER) + (l.value ->> 6), l.value ->> 7
          FROM json_each(?1, '$.letters') l
         WHERE true
        ON CONFLICT DO NOTHING",
    change_letters: "
        UPDATE {prefix}dead_letters
           SET attempts = l.value ->> 5,
               due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + (l.value ->> 6),
               error = l.value ->> 7
          FROM json_each(?1, '$.letters') l
         WHERE subscriber = ?1 ->> 'subscriber' AND position = l.value ->> 3",
    remove_letter: "
        DELETE FROM {prefix}dead_letters
         WHERE subscriber = ?1 ->> 'subscriber' AND position = ?1 ->> 'position'",
    waiting: "
        SELECT DISTINCT json_array(entity_type, entity_id) FROM {prefix}dead_letters
         WHERE subscriber = ?1 ->> 'subscriber' AND part IN (SELECT value FROM json_each(?1, '$.parts'))",
    due: "
        SELECT json_array(d.entity_type, d.entity_id)
          FROM (SELECT min(position) AS position FROM {prefix}dead_letters
                 WHERE subscriber = ?1 ->> 'subscriber' AND part IN (SELECT value FROM json_each(?1, '$.parts'))
                 GROUP BY entity_type, entity_id) first
          JOIN {prefix}dead_letters d ON d.subscriber = ?1 ->> 'subscriber' AND d.position = first.position
         WHERE d.due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER)
         ORDER BY d.due_at, d.position
         LIMIT ?2",
    queue: "
        SELECT json_array(entity_type, entity_id, part, position, hex(event_id), attempts, due_at IS NULL, error)
          FROM {prefix}dead_letters
         WHERE subscriber = ?1 ->> 'subscriber'
           AND entity_type = ?1 ->> '$.entity[0]' AND entity_id = ?1 ->> '$.entity[1]'
         ORDER BY position
         LIMIT ?2",
    letters: "
        SELECT json_array(entity_type, entity_id, part, position, hex(event_id), attempts, due_at IS NULL, error)
          FROM {prefix}dead_letters
         WHERE subscriber = ?1 ->> 'subscriber' AND position > ?1 ->> 'position'
         ORDER BY position
         LIMIT ?2",
    retry: "
        UPDATE {prefix}dead_letters SET due_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER)
         WHERE subscriber = ?1 ->> 'subscriber'
           AND (?1 ->> 'entity' IS NULL
                OR (entity_type = ?1 ->> '$.entity[0]' AND entity_id = ?1 ->> '$.entity[1]'))",
    pause: "
        UPDATE {prefix}subscriptions SET paused = ?1 ->> 'paused' WHERE subscriber = ?1 ->> 'subscriber'",
    reset: "
        UPDATE {prefix}subscriptions
           SET position = ?1 ->> 'position', epoch = epoch + 1, owner = NULL, leased_until = NULL
         WHERE subscriber = ?1 ->> 'subscriber'",
    forget_letters: "
        DELETE FROM {prefix}dead_letters
         WHERE subscriber = ?1 ->> 'subscriber' AND position > ?1 ->> 'position'",
    remove_partitions: "
        DELETE FROM {prefix}subscriptions WHERE subscriber = ?1 ->> 'subscriber'",
    remove_members: "
        DELETE FROM {prefix}subscription_members WHERE subscriber = ?1 ->> 'subscriber'",
    progress: "
        SELECT json_array('partition', part, position, epoch,
                          iif(leased_until > CAST(unixepoch('subsec') * 1000000 AS INTEGER), owner, NULL), paused)
          FROM {prefix}subscriptions WHERE subscriber = ?1 ->> 'subscriber'
        UNION ALL
        SELECT json_array('members', count(*)) FROM {prefix}subscription_members
         WHERE subscriber = ?1 ->> 'subscriber' AND present_until > CAST(unixepoch('subsec') * 1000000 AS INTEGER)
        UNION ALL
        SELECT json_array('letters', count(*), count(*) - count(due_at)) FROM {prefix}dead_letters
         WHERE subscriber = ?1 ->> 'subscriber'",
    lock_both: "
        SELECT json_array(part) FROM {prefix}subscriptions
         WHERE subscriber IN (?1 ->> 'subscriber', ?1 ->> 'other')
         ORDER BY subscriber, part",
    highest: "
        SELECT json_array(max(epoch)) FROM {prefix}subscriptions WHERE subscriber = ?1 ->> 'subscriber'",
    is_paused: "
        SELECT json_array(paused) FROM {prefix}subscriptions WHERE subscriber = ?1 ->> 'subscriber' AND part = 0",
    take_partitions: "
        UPDATE {prefix}subscriptions
           SET subscriber = ?1 ->> 'subscriber', epoch = epoch + (?1 ->> 'epoch'), owner = NULL, leased_until = NULL,
               paused = ?1 ->> 'paused'
         WHERE subscriber = ?1 ->> 'other'",
    take_letters: "
        UPDATE {prefix}dead_letters SET subscriber = ?1 ->> 'subscriber' WHERE subscriber = ?1 ->> 'other'",
};
