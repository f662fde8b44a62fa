use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What the feed says to the server.
pub(in super::super) struct FeedStatements {
    /// Returns the last position that is given.
    pub(super) end: Statement,
    /// `?` how many. Returns the first runs of the queue, as (last position that is given, number of the first event, how many,
    /// commit, NULL, position of the first event or NULL).
    pub(super) waiting: Statement,
    /// As `waiting`, with where the commit's last run begins.
    pub(super) waiting_with_ends: Statement,
    /// The beginning of what gives positions; rows of position, number and how many follow.
    pub(super) place: String,
    /// The beginning of what takes runs from the queue that have positions; their positions `p.position` follow.
    pub(super) leave: String,
    /// `?` first and `?` last position. Returns one text with the runs that have them: number of the first event, how many
    /// events, position of the first one.
    pub(super) runs: Statement,
    /// `?` first and `?` last number, `?` and `?` types or NULL. Returns in each row a number, the entity's type and id, and an
    /// event, in the order of the numbers.
    pub(super) range: Statement,
    /// `?` whether there is more than one type, `?` first and `?` last number, `?` type of entities, `?` eight types of events,
    /// some of them the same. As `range`, with NULL for the entity's type and for the event's only one.
    pub(super) range_of_one: Statement,
    /// `?` type, `?` id, `?` version. Returns the position, or NULL for an event that has none yet.
    pub(super) position: Statement,
}

impl FeedStatements {
    pub(in super::super) fn new(prefix: &TablePrefix) -> Self {
        FeedStatements {
            end: Statement::new(prefix, include_str!("../statements/feed_end.sql")),
            waiting: Statement::new(prefix, include_str!("../statements/feed_waiting.sql")),
            waiting_with_ends: Statement::new(
                prefix,
                include_str!("../statements/feed_waiting_with_ends.sql"),
            ),
            place: prefix.apply("INSERT INTO {prefix}positions (position, seq, events) VALUES"),
            leave: prefix.apply(
                "DELETE q FROM {prefix}positions p FORCE INDEX (PRIMARY)
                  STRAIGHT_JOIN {prefix}unsequenced q FORCE INDEX (PRIMARY) ON q.seq = p.seq WHERE",
            ),
            runs: Statement::new(prefix, include_str!("../statements/feed_runs.sql")),
            range: Statement::new(prefix, include_str!("../statements/feed_range.sql")),
            range_of_one: Statement::new(
                prefix,
                include_str!("../statements/feed_range_of_one.sql"),
            ),
            position: Statement::new(prefix, include_str!("../statements/feed_position.sql")),
        }
    }
}
