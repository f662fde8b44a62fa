use super::observe::Timer;
use super::snapshotting::Taken;
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
        let timer = Timer::start();
        let loaded = match self {
            Session::Store(store) => store.load(query, visit).await,
            Session::Transaction(transaction) => transaction.load(query, visit).await,
        };
        timer.loaded();
        loaded
    }

    /// Appends, and keeps the snapshot: in the same transaction where it belongs there or there is one, else later.
    pub(super) async fn append(
        &mut self,
        append: Append,
        taken: Option<Taken>,
    ) -> Result<Appended, AppendError> {
        let timer = Timer::start();
        let appended = self.append_with(append, taken).await;
        timer.appended();
        appended
    }

    async fn append_with(
        &mut self,
        append: Append,
        taken: Option<Taken>,
    ) -> Result<Appended, AppendError> {
        match (self, taken) {
            (Session::Store(store), None) => store.append(append).await,
            (Session::Store(store), Some(Taken { snapshot, with_append: true }))
                if store.capabilities().transactions =>
            {
                let mut transaction = store.begin().await?;
                let appended = transaction.append(append).await?;
                transaction.keep_snapshot(snapshot).await?;
                transaction.commit().await?;
                Ok(appended)
            }
            (Session::Store(store), Some(Taken { snapshot, .. })) => {
                let appended = store.append(append).await?;
                store.keep_snapshot_later(snapshot);
                Ok(appended)
            }
            (Session::Transaction(transaction), None) => transaction.append(append).await,
            (Session::Transaction(transaction), Some(Taken { snapshot, .. })) => {
                let appended = transaction.append(append).await?;
                transaction.keep_snapshot(snapshot).await?;
                Ok(appended)
            }
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
