use std::sync::Arc;

use sqlx::AssertSqlSafe;

use crate::prefix::TablePrefix;

/// A statement with the names of one store's tables. The text never changes, so that a connection prepares it once.
#[derive(Clone)]
pub(crate) struct Statement(Arc<str>);

impl Statement {
    /// The statement with the prefix at each `{prefix}`.
    pub(crate) fn new(prefix: &TablePrefix, template: &str) -> Self {
        Statement(prefix.apply(template).into())
    }

    /// How many values it takes.
    #[cfg(feature = "mysql")]
    pub(crate) fn values(&self) -> usize {
        self.0.matches('?').count()
    }

    /// The only parts that vary are names made of `a` to `z`, `0` to `9` and `_`.
    pub(crate) fn sql(&self) -> AssertSqlSafe<Arc<str>> {
        AssertSqlSafe(Arc::clone(&self.0))
    }
}
