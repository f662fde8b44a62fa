use sqlx::AssertSqlSafe;

use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What the store says to the server in its everyday work.
///
/// An append is two messages: [`Statements::bind`] puts its values into variables of the session, then
/// [`Statements::write`] makes one text of all statements that use them.
pub(super) struct Statements {
    /// `?` bytes that name this attempt, `?` and `?`: a [packet](super::packet).
    pub(super) bind: Statement,
    create: String,
    change: String,
    messages: String,
    events: String,
    obstacles: String,
    /// `?` type, `?` id, `?` consumer, `?` message, `?` type, `?` id, `?` type, `?` id, `?` first and `?` last version,
    /// `?` how many. Returns the head of the stream as (version, 1 if it was deleted + 2 if it has processed the
    /// message), then an event in each row.
    pub(super) load: Statement,
    /// `?` type, `?` id to begin after, `?` how many. Returns an id in each row.
    pub(super) entities: Statement,
}

/// Which statements an append needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// Entities may be created.
    pub(super) create: bool,
    /// Entities may be changed.
    pub(super) change: bool,
    /// There are messages to remember.
    pub(super) messages: bool,
    /// There are events in the packet.
    pub(super) events: bool,
}

impl Statements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        let part = |template: &str| prefix.apply(template.trim_end());
        Statements {
            bind: Statement::new(prefix, include_str!("statements/bind.sql")),
            create: part(include_str!("statements/create.sql")),
            change: part(include_str!("statements/change.sql")),
            messages: part(include_str!("statements/messages.sql")),
            events: part(include_str!("statements/events.sql")),
            obstacles: part(include_str!("statements/obstacles.sql")),
            load: Statement::new(prefix, include_str!("statements/load.sql")),
            entities: Statement::new(prefix, include_str!("statements/entities.sql")),
        }
    }

    /// All that an append needs, between what opens and what closes it. The server stops at the first statement that
    /// fails. Returns (n, version, deleted, processed, stored before) of each append that didn't win.
    pub(super) fn write(&self, open: &str, needs: Needs, close: &str) -> AssertSqlSafe<String> {
        let parts = [
            (true, open),
            (needs.create, &self.create),
            (needs.change, &self.change),
            (needs.messages, &self.messages),
            (needs.events, &self.events),
            (true, &self.obstacles),
            (!close.is_empty(), close),
        ];
        let parts: Vec<&str> =
            parts.into_iter().filter(|(needed, _)| *needed).map(|(_, part)| part).collect();
        // The only parts that vary are names made of `a` to `z`, `0` to `9` and `_`.
        AssertSqlSafe(parts.join(";\n"))
    }

    /// Stores the events of a packet whose appends have won.
    pub(super) fn events(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(self.events.clone())
    }
}
