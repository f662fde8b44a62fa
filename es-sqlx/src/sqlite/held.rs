use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::SqlitePoolOptions;

/// Whether a transaction of the store has the connection that writes. Some errors make SQLite roll back by itself, and it
/// would commit each statement that follows. It doesn't where it asks here first.
///
/// Who has the connection has the turn to write, so there is one such transaction at a time.
#[derive(Clone, Default)]
pub(super) struct Held(Arc<AtomicBool>);

impl Held {
    /// Lets the connection of this pool, which has one and is the store's own, commit nothing while it is held.
    pub(super) fn keep_from_committing(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let (connects, comes_back) = (self.clone(), self.clone());
        pool.after_connect(move |connection, _| {
            let held = connects.clone();
            Box::pin(async move {
                held.release();
                connection.lock_handle().await?.set_commit_hook(move || !held.is_held());
                Ok(())
            })
        })
        // The pool has it back when all is done that was asked of it. Until then, what a transaction has left behind is held.
        .before_acquire(move |_, _| {
            comes_back.release();
            Box::pin(async { Ok(true) })
        })
    }

    /// A transaction has begun.
    pub(super) fn hold(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// What is committed from now on is to be.
    pub(super) fn release(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn is_held(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
