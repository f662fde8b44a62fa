use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What the store says to PostgreSQL in its everyday work.
pub(super) struct Statements {
    /// Of one append: `$1` type, `$2` id, `$3` expected version, 0 here, `$4` number of events, `$5` deletes, `$6`
    /// consumer, `$7` message, `$8` metadata, `$9` time; and arrays with an element for each event: `$10` id, `$11`
    /// type, `$12` schema version, `$13` JSON. Changes as many rows as there are events, or none.
    pub(super) create: Statement,
    /// As `create`, for an entity that exists.
    pub(super) append: Statement,
    /// Of several appends, with or without events. Arrays with an element for each append: `$1` type, `$2` id, `$3`
    /// expected version, `$4` number of events, `$5` deletes, `$6` consumer, `$7` message, `$8` metadata, `$9` time;
    /// and for each event: `$10` number of the append and `$11` of the event in it, from 1, `$12` id, `$13` type, `$14`
    /// schema version, `$15` JSON. Returns (number, appended, duplicate, version, deleted) of each append, the last two
    /// NULL where nothing was found.
    pub(super) appends: Statement,
    /// Arrays with an element for each append: `$1` type, `$2` id, `$3` consumer, `$4` message. Returns (number,
    /// version, deleted, processed) of each.
    pub(super) obstacles: Statement,
    /// Arrays with an element for each append: `$1` type, `$2` id, `$3` version after it, `$4` id of its last event,
    /// `$5` consumer, `$6` message, `$7` time. Returns the numbers of those that are stored.
    pub(super) stored: Statement,
    /// `$1` type, `$2` id, `$3` first and `$4` last version, `$5` consumer, `$6` message. Returns an event in each row,
    /// in their order, and before them one row without an event: the version of the stream, and in place of a schema
    /// version 1 if it was deleted, plus 2 if the message was processed. Columns of their own for these three would
    /// make each row longer.
    pub(super) stream: Statement,
    /// `$1` type, `$2` id to begin after, or NULL, `$3` how many. Returns an id in each row.
    pub(super) entities: Statement,
}

impl Statements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        Statements {
            create: Statement::new(prefix, include_str!("statements/create.sql")),
            append: Statement::new(prefix, include_str!("statements/append.sql")),
            appends: Statement::new(prefix, include_str!("statements/appends.sql")),
            obstacles: Statement::new(prefix, include_str!("statements/obstacles.sql")),
            stored: Statement::new(prefix, include_str!("statements/stored.sql")),
            stream: Statement::new(prefix, include_str!("statements/stream.sql")),
            entities: Statement::new(prefix, include_str!("statements/entities.sql")),
        }
    }
}
