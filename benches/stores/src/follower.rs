use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;
use uuid::Uuid;

use crate::contender::Run;

/// A reader of all events of a contender, written the way its library's documentation shows.
pub(crate) trait Follower: Send {
    /// Begins to read at the first event, and goes on with what is appended.
    fn start(&mut self, seen: Arc<Seen>) -> Run<'_>;

    /// Ends it, and its connections.
    fn stop(self: Box<Self>) -> Run<'static>;
}

/// The deposits that a follower was shown, in that order.
#[derive(Default)]
pub(crate) struct Seen {
    deposits: Mutex<Vec<(Uuid, u64)>>,
    more: Notify,
}

impl Seen {
    /// What a handler does: the account, and the deposit's number in it.
    pub(crate) fn see(&self, account: Uuid, number: u64) {
        self.deposits.lock().unwrap_or_else(PoisonError::into_inner).push((account, number));
        self.more.notify_one();
    }

    pub(crate) fn deposits(&self) -> Vec<(Uuid, u64)> {
        self.deposits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self) -> usize {
        self.deposits.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits for so many, or until nothing has come for so long. Whether they came.
    pub(crate) async fn until(&self, wanted: usize, patience: Duration) -> bool {
        let mut count = self.count();
        while count < wanted {
            let told = timeout(patience, self.more.notified()).await.is_ok();
            let now = self.count();
            if !told && now == count {
                return false;
            }
            count = now;
        }
        true
    }
}
