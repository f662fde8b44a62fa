use crate::Transaction;
use crate::store::{
    Append, AppendError, Appended, EventStore, StoreError, StreamHead, StreamQuery, Visitor,
};

/// Where a call reads and writes: the store, or a transaction of it.
pub(super) enum Session<'r> {
    Store(&'r dyn EventStore),
    Transaction(&'r mut Transaction),
}

impl Session<'_> {
    pub(super) async fn load(
        &mut self,
        query: StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        match self {
            Session::Store(store) => store.load(query, visit).await,
            Session::Transaction(transaction) => transaction.load(query, visit).await,
        }
    }

    pub(super) async fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        match self {
            Session::Store(store) => store.append(append).await,
            Session::Transaction(transaction) => transaction.append(append).await,
        }
    }

    pub(super) fn is_store(&self) -> bool {
        matches!(self, Session::Store(_))
    }

    /// Whether a lost race is worth another try: a transaction goes on seeing what it saw.
    pub(super) fn can_retry(&self) -> bool {
        self.is_store()
    }
}
