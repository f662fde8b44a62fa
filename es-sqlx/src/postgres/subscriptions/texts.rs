use crate::subscriptions::Texts;

/// `$1` is the arguments, `$2` how many rows to show. Rows are always locked in the order of their partitions.
pub(in crate::postgres) const TEXTS: Texts<&str> = Texts {
    register_first: "
        INSERT INTO {prefix}subscriptions (subscriber, part, position, epoch, paused)
        SELECT a ->> 'subscriber', 0, (a ->> 'position')::bigint, 0, false
          FROM (SELECT $1::jsonb) AS arguments (a)
        ON CONFLICT DO NOTHING",
    register_rest: "
        INSERT INTO {prefix}subscriptions (subscriber, part, position, epoch, paused)
        SELECT a ->> 'subscriber', part::integer, (a ->> 'position')::bigint, 0, false
          FROM (SELECT $1::jsonb) AS arguments (a), jsonb_array_elements_text(a -> 'parts') AS parts (part)",
    count: "
        SELECT json_build_array(count(*))::text FROM {prefix}subscriptions WHERE subscriber = $1::jsonb ->> 'subscriber'",
    join: "
        INSERT INTO {prefix}subscription_members (subscriber, owner, present_until)
        SELECT a ->> 'subscriber', a ->> 'owner',
               clock_timestamp() + (a ->> 'ttl')::bigint * interval '1 microsecond'
          FROM (SELECT $1::jsonb) AS arguments (a)
        ON CONFLICT (subscriber, owner) DO UPDATE SET present_until = excluded.present_until",
    expired: "
        SELECT json_build_array(owner)::text FROM {prefix}subscription_members
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND present_until <= clock_timestamp()
         ORDER BY owner
           FOR UPDATE SKIP LOCKED",
    forget_members: "
        DELETE FROM {prefix}subscription_members
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND owner = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'owners')))",
    members: "
        SELECT json_build_array(count(*))::text FROM {prefix}subscription_members
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND present_until > clock_timestamp()",
    lock_own: "
        SELECT json_build_array(part)::text FROM {prefix}subscriptions
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND owner = $1::jsonb ->> 'owner'
         ORDER BY part
           FOR NO KEY UPDATE",
    lock_held: "
        SELECT json_build_array(s.part)::text
          FROM {prefix}subscriptions s
          JOIN jsonb_array_elements($1::jsonb -> 'leases') AS leases (l) ON s.part = (l ->> 0)::integer
         WHERE s.subscriber = $1::jsonb ->> 'subscriber' AND s.owner = $1::jsonb ->> 'owner'
           AND s.epoch = (l ->> 1)::bigint
         ORDER BY s.part
           FOR NO KEY UPDATE OF s",
    lock_all: "
        SELECT json_build_array(part)::text FROM {prefix}subscriptions
         WHERE subscriber = $1::jsonb ->> 'subscriber'
         ORDER BY part
           FOR UPDATE",
    free: "
        SELECT json_build_array(part)::text FROM {prefix}subscriptions
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND (owner IS NULL OR leased_until <= clock_timestamp())
         ORDER BY part
         LIMIT $2
           FOR NO KEY UPDATE SKIP LOCKED",
    take: "
        UPDATE {prefix}subscriptions
           SET owner = $1::jsonb ->> 'owner',
               epoch = epoch + 1,
               leased_until = clock_timestamp() + ($1::jsonb ->> 'ttl')::bigint * interval '1 microsecond'
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND part = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'parts')::integer))",
    renew: "
        UPDATE {prefix}subscriptions
           SET leased_until = clock_timestamp() + ($1::jsonb ->> 'ttl')::bigint * interval '1 microsecond'
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND part = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'parts')::integer))",
    leases: "
        SELECT json_build_array(part, epoch, position, paused)::text FROM {prefix}subscriptions
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND owner = $1::jsonb ->> 'owner'
           AND leased_until > clock_timestamp()
         ORDER BY part",
    release: "
        UPDATE {prefix}subscriptions SET owner = NULL, leased_until = NULL
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND part = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'parts')::integer))",
    leave: "
        DELETE FROM {prefix}subscription_members
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND owner = $1::jsonb ->> 'owner'",
    raise: "
        UPDATE {prefix}subscriptions SET position = greatest(position, ($1::jsonb ->> 'position')::bigint)
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND part = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'parts')::integer))",
    add_letters: "
        INSERT INTO {prefix}dead_letters
               (subscriber, entity_type, entity_id, part, position, event_id, attempts, due_at, error)
        SELECT $1::jsonb ->> 'subscriber', l ->> 0, l ->> 1, (l ->> 2)::integer, (l ->> 3)::bigint, (l ->> 4)::uuid,
               (l ->> 5)::bigint, clock_timestamp() + (l ->> 6)::bigint * interval '1 microsecond', l ->> 7
          FROM jsonb_array_elements($1::jsonb -> 'letters') AS letters (l)
        ON CONFLICT DO NOTHING",
    change_letters: "
        UPDATE {prefix}dead_letters
           SET attempts = (l ->> 5)::bigint,
               due_at = clock_timestamp() + (l ->> 6)::bigint * interval '1 microsecond',
               error = l ->> 7
          FROM jsonb_array_elements($1::jsonb -> 'letters') AS letters (l)
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND position = (l ->> 3)::bigint",
    remove_letter: "
        DELETE FROM {prefix}dead_letters
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND position = ($1::jsonb ->> 'position')::bigint",
    waiting: "
        SELECT json_build_array(entity_type, entity_id)::text
          FROM (SELECT DISTINCT entity_type, entity_id FROM {prefix}dead_letters
                 WHERE subscriber = $1::jsonb ->> 'subscriber'
                   AND part = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'parts')::integer))) entities",
    due: "
        SELECT json_build_array(entity_type, entity_id)::text
          FROM (SELECT DISTINCT ON (entity_type, entity_id) entity_type, entity_id, position, due_at
                  FROM {prefix}dead_letters
                 WHERE subscriber = $1::jsonb ->> 'subscriber'
                   AND part = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb -> 'parts')::integer))
                 ORDER BY entity_type, entity_id, position) first
         WHERE due_at <= clock_timestamp()
         ORDER BY due_at, position
         LIMIT $2",
    queue: "
        SELECT json_build_array(entity_type, entity_id, part, position, event_id, attempts, due_at IS NULL, error)::text
          FROM {prefix}dead_letters
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND entity_type = $1::jsonb #>> '{entity,0}' AND entity_id = $1::jsonb #>> '{entity,1}'
         ORDER BY position
         LIMIT $2",
    letters: "
        SELECT json_build_array(entity_type, entity_id, part, position, event_id, attempts, due_at IS NULL, error)::text
          FROM {prefix}dead_letters
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND position > ($1::jsonb ->> 'position')::bigint
         ORDER BY position
         LIMIT $2",
    retry: "
        UPDATE {prefix}dead_letters SET due_at = clock_timestamp()
         WHERE subscriber = $1::jsonb ->> 'subscriber'
           AND ($1::jsonb ->> 'entity' IS NULL
                OR (entity_type = $1::jsonb #>> '{entity,0}' AND entity_id = $1::jsonb #>> '{entity,1}'))",
    pause: "
        UPDATE {prefix}subscriptions SET paused = $1::jsonb ->> 'paused' = '1'
         WHERE subscriber = $1::jsonb ->> 'subscriber'",
    reset: "
        UPDATE {prefix}subscriptions
           SET position = ($1::jsonb ->> 'position')::bigint, epoch = epoch + 1, owner = NULL, leased_until = NULL
         WHERE subscriber = $1::jsonb ->> 'subscriber'",
    forget_letters: "
        DELETE FROM {prefix}dead_letters
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND position > ($1::jsonb ->> 'position')::bigint",
    remove_partitions: "
        DELETE FROM {prefix}subscriptions WHERE subscriber = $1::jsonb ->> 'subscriber'",
    remove_members: "
        DELETE FROM {prefix}subscription_members WHERE subscriber = $1::jsonb ->> 'subscriber'",
    progress: "
        SELECT json_build_array('partition', part, position, epoch,
                                CASE WHEN leased_until > clock_timestamp() THEN owner END, paused)::text
          FROM {prefix}subscriptions WHERE subscriber = $1::jsonb ->> 'subscriber'
        UNION ALL
        SELECT json_build_array('members', count(*))::text FROM {prefix}subscription_members
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND present_until > clock_timestamp()
        UNION ALL
        SELECT json_build_array('letters', count(*), count(*) - count(due_at))::text FROM {prefix}dead_letters
         WHERE subscriber = $1::jsonb ->> 'subscriber'",
    lock_both: "
        SELECT json_build_array(part)::text FROM {prefix}subscriptions
         WHERE subscriber IN ($1::jsonb ->> 'subscriber', $1::jsonb ->> 'other')
         ORDER BY subscriber, part
           FOR UPDATE",
    highest: "
        SELECT json_build_array(max(epoch))::text FROM {prefix}subscriptions
         WHERE subscriber = $1::jsonb ->> 'subscriber'",
    is_paused: "
        SELECT json_build_array(paused)::text FROM {prefix}subscriptions
         WHERE subscriber = $1::jsonb ->> 'subscriber' AND part = 0",
    take_partitions: "
        UPDATE {prefix}subscriptions
           SET subscriber = $1::jsonb ->> 'subscriber', epoch = epoch + ($1::jsonb ->> 'epoch')::bigint, owner = NULL,
               leased_until = NULL, paused = $1::jsonb ->> 'paused' = '1'
         WHERE subscriber = $1::jsonb ->> 'other'",
    take_letters: "
        UPDATE {prefix}dead_letters SET subscriber = $1::jsonb ->> 'subscriber'
         WHERE subscriber = $1::jsonb ->> 'other'",
};
