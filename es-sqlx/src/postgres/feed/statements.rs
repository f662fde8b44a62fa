use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What the feed says to PostgreSQL.
pub(in super::super) struct FeedStatements {
    /// Gives positions. Returns (the last position before, how many events had none, position before the first and numbers of
    /// the events of a run that it gave positions to, or NULL), in a row for each of the first of these runs.
    pub(super) step: Statement,
    /// `$1` first position without it, `$2` last one. Returns (position before the first, numbers of events) of each
    /// run in which some of them are.
    pub(super) runs: Statement,
    /// `$1` first and `$2` last number, `$3` and `$4` types of entities and of events, or NULL. Returns an event in each
    /// row, in the order of the numbers. The limit keeps the server from reading all of them before it sends the first, and from
    /// looking them up in any other way than by their numbers, whatever it knows of the table.
    pub(super) range: Statement,
    /// `$1` first and `$2` last number, `$3` type of entities, `$4` types of events. As `range`, without the type of entities,
    /// and with NULL for that of the event if it is the only one.
    pub(super) range_of_one: Statement,
    /// `$1` numbers, then as in `range`.
    pub(super) list: Statement,
    /// `$1` numbers, then as in `range_of_one`. `IS TRUE` keeps the server from looking the type up by its key.
    pub(super) list_of_one: Statement,
    /// `$1` type, `$2` id, `$3` version. Returns the position, or NULL for an event that has none yet.
    pub(super) position: Statement,
    /// Returns whether this cluster numbered the transactions.
    pub(super) cluster: Statement,
    /// Lets nobody append until the end of the transaction.
    pub(super) lock: Statement,
    /// Gives positions to all events that have none, whatever their transactions.
    pub(super) rebase: Statement,
    /// Where a step is told of, with the schema as the message.
    pub(super) channel: String,
}

impl FeedStatements {
    pub(in super::super) fn new(prefix: &TablePrefix) -> Self {
        FeedStatements {
            step: Statement::new(prefix, include_str!("../statements/feed_step.sql")),
            runs: Statement::new(prefix, include_str!("../statements/feed_runs.sql")),
            range: Statement::new(prefix, include_str!("../statements/feed_range.sql")),
            range_of_one: Statement::new(
                prefix,
                include_str!("../statements/feed_range_of_one.sql"),
            ),
            list: Statement::new(prefix, include_str!("../statements/feed_list.sql")),
            list_of_one: Statement::new(prefix, include_str!("../statements/feed_list_of_one.sql")),
            position: Statement::new(prefix, include_str!("../statements/feed_position.sql")),
            cluster: Statement::new(prefix, include_str!("../statements/feed_cluster.sql")),
            lock: Statement::new(prefix, "LOCK TABLE {prefix}events IN SHARE ROW EXCLUSIVE MODE"),
            rebase: Statement::new(prefix, include_str!("../statements/feed_rebase.sql")),
            channel: prefix.apply("{prefix}es_sqlx"),
        }
    }
}
