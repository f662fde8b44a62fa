use super::subscriptions::TEXTS;
use super::together;
use crate::prefix::TablePrefix;
use crate::statement::Statement;
use crate::subscriptions::Texts;

/// What the store says to SQLite in its everyday work.
pub(super) struct Statements {
    /// `?1` expected version, `?2` added events, `?3` deletes, `?4` microseconds, `?5` type, `?6` id, `?7` consumer, `?8`
    /// message, `?9` metadata, `?10` and `?11` [events](super::packet::Events). Returns what `appends` does.
    pub(super) append: Statement,
    /// `?1` and `?2`: a [packet](super::packet). Returns (n, position of the last event) of each append that won.
    pub(super) appends: Statement,
    /// `?1` and `?2`: a packet. Returns (n, version, deleted, processed) of each append.
    pub(super) obstacles: Statement,
    /// `?1` type, `?2` id, `?3` first and `?4` last version, `?5` consumer, `?6` message. Returns (version, deleted,
    /// processed, last version of the page, [page](super::page)); the head of the stream is in each row, and there
    /// is one row at least.
    pub(super) pages: Statement,
    /// As `pages`, with the page of [bare](super::page::Page::next_bare) events.
    pub(super) bare_pages: Statement,
    /// `?1` the most events, then for each of [`MAX_STREAMS`](crate::gather::MAX_STREAMS) streams its type and its id, or NULL.
    /// Returns one row with [what is read of each](super::page::Page::stream). The page is empty where the stream has more
    /// events, or over 64 KiB of JSON, or isn't whole.
    pub(super) bare_streams: Statement,
    /// As `pages`, with `?7` the shape of a snapshot. Its version and its JSON are two more columns of the first row, and
    /// NULL where there is none; the pages begin after it.
    pub(super) pages_after_snapshot: Statement,
    /// `?1` type, `?2` id, `?3` first and `?4` last version. Returns an event in each row.
    pub(super) rows: Statement,
    /// `?1` type, `?2` id to begin after, or NULL, `?3` how many. Returns an id in each row.
    pub(super) entities: Statement,
    /// `?1` type, `?2` id, `?3` shape, `?4` version, `?5` id of the event of that version, `?6` JSON.
    pub(super) keep_snapshot: Statement,
    /// `?1` type, `?2` id, `?3` shape, `?4` how many of that shape to keep.
    pub(super) forget_snapshots: Statement,
    pub(super) subscriptions: Texts<Statement>,
}

impl Statements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        Statements {
            append: Statement::new(prefix, include_str!("statements/append.sql")),
            appends: Statement::new(prefix, include_str!("statements/appends.sql")),
            obstacles: Statement::new(prefix, include_str!("statements/obstacles.sql")),
            pages: Statement::new(prefix, include_str!("statements/pages.sql")),
            bare_pages: Statement::new(prefix, include_str!("statements/bare_pages.sql")),
            bare_streams: together::statement(prefix),
            pages_after_snapshot: Statement::new(
                prefix,
                include_str!("statements/pages_after_snapshot.sql"),
            ),
            rows: Statement::new(prefix, include_str!("statements/rows.sql")),
            entities: Statement::new(prefix, include_str!("statements/entities.sql")),
            keep_snapshot: Statement::new(prefix, include_str!("statements/keep_snapshot.sql")),
            forget_snapshots: Statement::new(
                prefix,
                include_str!("statements/forget_snapshots.sql"),
            ),
            subscriptions: TEXTS.of(prefix),
        }
    }
}
