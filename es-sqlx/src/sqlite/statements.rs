use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What the store says to SQLite in its everyday work.
pub(super) struct Statements {
    /// `?1` and `?2`: a [packet](super::packet). Returns (n, position of the last event) of each append that won.
    pub(super) append: Statement,
    /// `?1` and `?2`: a packet. Returns (n, version, deleted, processed) of each append.
    pub(super) obstacles: Statement,
    /// `?1` type, `?2` id, `?3` first and `?4` last version, `?5` consumer, `?6` message. Returns (version, deleted,
    /// processed, last version of the page, [page](super::page)); the head of the stream is in each row, and there
    /// is one row at least.
    pub(super) pages: Statement,
    /// `?1` type, `?2` id, `?3` first and `?4` last version. Returns an event in each row.
    pub(super) rows: Statement,
    /// `?1` type, `?2` id to begin after, or NULL, `?3` how many. Returns an id in each row.
    pub(super) entities: Statement,
}

impl Statements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        Statements {
            append: Statement::new(prefix, include_str!("statements/append.sql")),
            obstacles: Statement::new(prefix, include_str!("statements/obstacles.sql")),
            pages: Statement::new(prefix, include_str!("statements/pages.sql")),
            rows: Statement::new(prefix, include_str!("statements/rows.sql")),
            entities: Statement::new(prefix, include_str!("statements/entities.sql")),
        }
    }
}
