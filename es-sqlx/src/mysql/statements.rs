use super::direct::Direct;
use super::script::{Place, Script};
use super::subscriptions::TEXTS;
use super::together;
use crate::prefix::TablePrefix;
use crate::statement::Statement;
use crate::subscriptions::Texts;

/// What the store says to the server in its everyday work.
pub(super) struct Statements {
    /// `?` bytes that name this attempt, `?` and `?`: a [packet](super::packet).
    pub(super) bind: Statement,
    /// `?` the part of a packet that has the events.
    pub(super) bind_events: Statement,
    /// The statements that store what was bound.
    pub(super) script: Script,
    /// For MariaDB, see [`Script::block`].
    pub(super) block_alone: Statement,
    pub(super) block_within: Statement,
    /// For MariaDB, see [`Direct::statement`].
    pub(super) direct: Direct,
    /// `?` type, `?` id, `?` type, `?` id, `?` first and `?` last version. Returns an event in each row, after the version
    /// of its stream and whether that was deleted. No event, no row.
    pub(super) stream: Statement,
    /// `?` type, `?` id, `?` type, `?` id. Returns the schema version, the type and the JSON of each event, after twice the
    /// version of its stream, and 1 more if that was deleted. No event, no row.
    pub(super) bare_stream: Statement,
    /// `?` the most events, then for each of [`MAX_STREAMS`](crate::gather::MAX_STREAMS) streams `?` type, `?` id. Returns
    /// type and id, twice the version of the stream, and 1 more if it was deleted, the version of the event, and the columns
    /// of `bare_stream`, of each event; nothing of a stream that has more.
    pub(super) bare_streams: Statement,
    /// `?` type, `?` id, `?` consumer, `?` message, `?` type, `?` id, `?` type, `?` id, `?` first and `?` last version,
    /// `?` how many. Returns the head of the stream as (version, 1 if it was deleted + 2 if it has processed the
    /// message), then an event in each row.
    pub(super) load: Statement,
    /// `?` shape, `?` shape, `?` type, `?` id; `?` type, `?` id, `?` consumer, `?` message; `?` type, `?` id, `?` shape,
    /// `?` type, `?` id, `?` shape, `?` first and `?` last version of a snapshot; `?` type, `?` id, `?` type, `?` id, `?` first
    /// and `?` last version. As `stream`, after the newest of these snapshots; the first row has that with its event: whether
    /// the snapshot is of this stream, and its JSON. Each row has the head as in `load`, with + 4 for a snapshot of another
    /// shape, then these two values, then the event. No event from the snapshot's on, no row.
    ///
    /// What is beside the events is read by whole keys and by least and greatest values, so that the server finds it while it
    /// plans, and then reads the events in their order.
    pub(super) stream_after_snapshot: Statement,
    /// `?` type, `?` id, `?` shape, `?` version, `?` id of the event of that version, `?` JSON.
    pub(super) keep_snapshot: Statement,
    /// `?` type, `?` id, `?` type, `?` id, `?` shape, `?` how many of that shape to keep.
    pub(super) forget_snapshots: Statement,
    /// `?` type, `?` id to begin after, `?` how many. Returns an id in each row.
    pub(super) entities: Statement,
    pub(super) subscriptions: Texts<Statement>,
}

impl Statements {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        let script = Script::new(prefix);
        Statements {
            bind: Statement::new(prefix, include_str!("statements/bind.sql")),
            bind_events: Statement::new(prefix, include_str!("statements/bind_events.sql")),
            block_alone: script.block(prefix, Place::Alone),
            block_within: script.block(prefix, Place::Within),
            script,
            direct: Direct::new(prefix),
            stream: Statement::new(prefix, include_str!("statements/stream.sql")),
            bare_stream: Statement::new(prefix, include_str!("statements/bare_stream.sql")),
            bare_streams: together::statement(prefix),
            load: Statement::new(prefix, include_str!("statements/load.sql")),
            stream_after_snapshot: Statement::new(
                prefix,
                include_str!("statements/stream_after_snapshot.sql"),
            ),
            keep_snapshot: Statement::new(prefix, include_str!("statements/keep_snapshot.sql")),
            forget_snapshots: Statement::new(
                prefix,
                include_str!("statements/forget_snapshots.sql"),
            ),
            entities: Statement::new(prefix, include_str!("statements/entities.sql")),
            subscriptions: TEXTS.of(prefix),
        }
    }
}
