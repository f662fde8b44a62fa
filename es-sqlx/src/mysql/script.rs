//! The statements that store appends, put together.
//!
//! They use variables of the session, so their text never changes with the values.

use sqlx::AssertSqlSafe;

use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// Where appends are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a transaction of their own.
    Alone,
    /// In a transaction that has the savepoint. Where it hasn't got it any more, it isn't the same transaction, and
    /// nothing is stored.
    Within,
}

// Each statement has to see what was committed before it began, so that it sees what the others did for whose locks it
// has waited.
pub(super) const BEGIN: &str = "SET @es_commit = UUID_SHORT(); \
     SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION";
pub(super) const BEGIN_WITH_SAVEPOINT: &str = "SET @es_commit = UUID_SHORT(); \
     SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; SAVEPOINT es_append";
/// As [`BEGIN_WITH_SAVEPOINT`]. Where the transaction ends before its time, what comes after isn't committed either, until
/// [`END_HELD`].
pub(super) const BEGIN_HELD: &str = "SET autocommit = 0, @es_commit = UUID_SHORT(); \
     SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; SAVEPOINT es_append";
/// Whoever says that autocommit is on commits what is open.
pub(super) const END_HELD: &str = "ROLLBACK; SET autocommit = 1";
pub(super) const RENEW_SAVEPOINT: &str = "RELEASE SAVEPOINT es_append; SAVEPOINT es_append";
pub(super) const BACK_TO_SAVEPOINT: &str = "ROLLBACK TO SAVEPOINT es_append";

/// Which statements appends need.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// Entities may be created.
    pub(super) creates: bool,
    /// Entities may be changed.
    pub(super) changes: bool,
    /// There are messages to remember.
    pub(super) messages: bool,
    /// There are events in the packet.
    pub(super) events: bool,
}

/// The statements, each without an end.
pub(super) struct Script {
    create: String,
    change: String,
    messages: String,
    events: String,
    queue: String,
    obstacles: String,
}

impl Script {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        let part = |template: &str| prefix.apply(template.trim_end());
        Script {
            create: part(include_str!("statements/create.sql")),
            change: part(include_str!("statements/change.sql")),
            messages: part(include_str!("statements/messages.sql")),
            events: part(include_str!("statements/events.sql")),
            queue: part(
                &include_str!("statements/queue.sql")
                    .replace("{runs}", include_str!("statements/queue_runs.sql")),
            ),
            obstacles: part(include_str!("statements/obstacles.sql")),
        }
    }

    /// For any server: one message, whose variables were bound before. The server stops at the first statement that
    /// fails. Returns (n, version, deleted, processed, stored before) of each append that didn't win.
    pub(super) fn text(&self, opens: &str, needs: Needs, closes: &str) -> AssertSqlSafe<String> {
        let parts = [
            (!opens.is_empty(), opens),
            (needs.creates, &self.create),
            (needs.changes, &self.change),
            (needs.messages, &self.messages),
            (needs.events, &self.events),
            (needs.events, &self.queue),
            (true, &self.obstacles),
            (!closes.is_empty(), closes),
        ];
        let needed = parts.into_iter().filter(|(needed, _)| *needed).map(|(_, part)| part);
        // The only parts that vary are names made of `a` to `z`, `0` to `9` and `_`.
        AssertSqlSafe(needed.collect::<Vec<_>>().join(";\n"))
    }

    /// Stores the events of a packet whose appends have won.
    pub(super) fn events(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("{};\n{}", self.events, self.queue))
    }

    /// For MariaDB: one statement, prepared once, that binds its variables itself. `?` creates, `?` changes,
    /// `?` messages, `?` events: which are needed; then as `bind.sql`. Returns as [`text`](Self::text).
    pub(super) fn block(&self, prefix: &TablePrefix, place: Place) -> Statement {
        let (handler, opens, closes) = match place {
            Place::Alone => (
                "DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;",
                BEGIN,
                "COMMIT",
            ),
            Place::Within => ("", RENEW_SAVEPOINT, "DO 0"),
        };
        let block = include_str!("statements/block.sql")
            .replace("{handler}", handler)
            .replace("{bind}", include_str!("statements/bind.sql").trim_end())
            .replace("{opens}", opens)
            .replace("{create}", &self.create)
            .replace("{change}", &self.change)
            .replace("{messages}", &self.messages)
            .replace("{events}", &self.events)
            .replace("{queue}", &self.queue)
            .replace("{obstacles}", &self.obstacles)
            .replace("{closes}", closes);
        Statement::new(prefix, &block)
    }
}
