use crate::database::Database;

/// Where a contender keeps its accounts.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) database: Database,
    /// An address with a database of its own.
    pub(crate) url: String,
    /// How many connections it may have.
    pub(crate) connections: u32,
    /// Whether the database is empty.
    pub(crate) fresh: bool,
}
