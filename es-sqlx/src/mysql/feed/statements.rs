use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What the feed says to the server.
pub(in super::super) struct FeedStatements {
    /// Returns (last position, whether there are events without one).
    pub(super) waiting: Statement,
    /// Gives positions to the first commits in the queue, as a text of several statements. Returns (last position, how
    /// many events got theirs, whether these were all), the first one NULL where another one has the turn.
    pub(super) step: Statement,
    /// As `step`, to all of them.
    pub(super) whole_step: Statement,
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

/// How many runs of events get their positions at once, so that a step is short.
const BATCH: &str = "5000";

/// More than there are.
const ALL: &str = "18446744073709551614";

impl FeedStatements {
    pub(in super::super) fn new(prefix: &TablePrefix) -> Self {
        let step = |batch| {
            let step = include_str!("../statements/feed_step.sql").replace("{batch}", batch);
            Statement::new(prefix, &step)
        };
        FeedStatements {
            waiting: Statement::new(prefix, include_str!("../statements/feed_waiting.sql")),
            step: step(BATCH),
            whole_step: step(ALL),
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
