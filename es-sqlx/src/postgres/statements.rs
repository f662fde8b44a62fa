use es_core::Version;
use es_core::store::Append;

use super::subscriptions::TEXTS;
use crate::prefix::TablePrefix;
use crate::statement::Statement;
use crate::subscriptions::Texts;

/// What the store says to PostgreSQL in its everyday work.
pub(super) struct Statements {
    /// Of an append of one event, without a message: `$1` type, `$2` id, `$3` version after it, `$4` deletes, `$5`
    /// metadata, `$6` time, `$7` id of the event, `$8` its type, `$9` schema version, `$10` JSON.
    pub(super) of_event: Pair,
    /// Of an append of events, without a message: `$1` type, `$2` id, `$3` expected version, `$4` number of events, `$5`
    /// deletes, `$6` metadata, `$7` time; and arrays with an element for each event: `$8` id, `$9` type, `$10` schema
    /// version, `$11` JSON.
    pub(super) of_events: Pair,
    /// Of an append of events for a message: `$1` to `$5` as in `of_events`, `$6` consumer, `$7` message, `$8` metadata,
    /// `$9` time; and `$10` to `$13` for each event.
    pub(super) for_message: Pair,
    /// Of several appends of events, without messages. Arrays with an element for each event: of its append `$1` type,
    /// `$2` id, `$3` expected version, `$4` number of events, then `$5` the event's own number, from 1, `$6` deletes,
    /// `$7` metadata, `$8` time, `$9` id, `$10` type, `$11` schema version, `$12` JSON. Changes as many rows as events
    /// are stored.
    pub(super) appends: Statement,
    /// Of several appends, with or without events and messages. Arrays with an element for each append: `$1` type, `$2`
    /// id, `$3` expected version, `$4` number of events, `$5` deletes, `$6` consumer, `$7` message, `$8` metadata, `$9`
    /// time; and for each event: `$10` number of the append and `$11` of the event in it, from 1, `$12` id, `$13` type,
    /// `$14` schema version, `$15` JSON. Returns (number, appended, duplicate, version, deleted) of each append, the
    /// last two NULL where nothing was found.
    pub(super) appends_for_messages: Statement,
    /// Arrays with an element for each append: `$1` type, `$2` id, `$3` version after it, `$4` id of its last event, `$5`
    /// consumer, `$6` message, `$7` time. Returns (number, stored, version, deleted, processed) of each.
    pub(super) look_up: Statement,
    /// `$1` type, `$2` id, `$3` first and `$4` last version, `$5` consumer, `$6` message. Returns an event in each row,
    /// in their order, and before them one row without an event: the version of the stream, and in place of a schema
    /// version 1 if it was deleted, plus 2 if the message was processed. Columns of their own for these three would
    /// make each row longer.
    pub(super) stream: Statement,
    /// As `stream`, with `$7` the shape of a snapshot, which comes in a row of its own after the first: without an id of
    /// an event, and with its shape in place of a type and its JSON in place of that of an event.
    pub(super) stream_after_snapshot: Statement,
    /// `$1` type, `$2` id, `$3` shape, `$4` version, `$5` id of the event of that version, `$6` JSON, `$7` how many to keep.
    pub(super) keep_snapshot: Statement,
    /// `$1` type, `$2` id. Returns (type, schema version, JSON) of each event, in their order, and before them one row
    /// without a type: 1 if the stream was deleted, and its version in place of JSON.
    pub(super) bare_stream: Statement,
    /// As `bare_stream`, of several streams, one after the other: arrays with `$1` the type and `$2` the id of each. The row
    /// without a type has twice the number of the stream, from 1, and 1 more if it was deleted. It is the only one of a stream
    /// of more than `$3` events.
    pub(super) bare_streams: Statement,
    /// `$1` type, `$2` id to begin after, or NULL, `$3` how many. Returns an id in each row.
    pub(super) entities: Statement,
    pub(super) subscriptions: Texts<Statement>,
}

/// A statement for entities that don't exist yet, and its twin for those that do. Each changes as many rows as there
/// are events, or none.
pub(super) struct Pair {
    create: Statement,
    append: Statement,
}

impl Pair {
    pub(super) fn of(&self, append: &Append) -> &Statement {
        if append.expected == Version::NONE { &self.create } else { &self.append }
    }
}

impl Statements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        let statement = |template| Statement::new(prefix, template);
        Statements {
            of_event: Pair {
                create: statement(include_str!("statements/create.sql")),
                append: statement(include_str!("statements/append.sql")),
            },
            of_events: Pair {
                create: statement(include_str!("statements/create_events.sql")),
                append: statement(include_str!("statements/append_events.sql")),
            },
            for_message: Pair {
                create: statement(include_str!("statements/create_for_message.sql")),
                append: statement(include_str!("statements/append_for_message.sql")),
            },
            appends: statement(include_str!("statements/appends.sql")),
            appends_for_messages: statement(include_str!("statements/appends_for_messages.sql")),
            look_up: statement(include_str!("statements/look_up.sql")),
            stream: statement(include_str!("statements/stream.sql")),
            stream_after_snapshot: statement(include_str!("statements/stream_after_snapshot.sql")),
            keep_snapshot: statement(include_str!("statements/keep_snapshot.sql")),
            bare_stream: statement(include_str!("statements/bare_stream.sql")),
            bare_streams: statement(include_str!("statements/bare_streams.sql")),
            entities: statement(include_str!("statements/entities.sql")),
            subscriptions: TEXTS.of(prefix),
        }
    }
}
