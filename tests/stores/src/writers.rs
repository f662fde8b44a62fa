//! Writers that go on, whatever happens to the database meanwhile.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use es_core::store::StoreError;
use es_core::{AggregateRepository, EventStore, Failure};
use tokio::task::JoinSet;

use crate::survivors::batches;
use crate::{Begin, Journal, Note};

/// How long to wait for what has to come.
const LIMIT: Duration = Duration::from_secs(30);

/// Tasks that write batches into journals, each into its own, until they are stopped.
pub struct Writers {
    journals: AggregateRepository<Journal>,
    tasks: JoinSet<Written>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    acknowledged: AtomicUsize,
    stopped: AtomicBool,
    errors: Mutex<Vec<StoreError>>,
}

impl Shared {
    fn errors(&self) -> MutexGuard<'_, Vec<StoreError>> {
        self.errors.lock().expect("nothing panics while it is held")
    }
}

/// What a writer knows of its journal.
struct Written {
    journal: String,
    acknowledged: HashSet<String>,
    refused: HashSet<String>,
}

impl Writers {
    /// Starts so many.
    pub fn start(store: impl EventStore, writers: usize) -> Self {
        let journals = AggregateRepository::<Journal>::new(store);
        let shared = Arc::<Shared>::default();
        let mut tasks = JoinSet::new();
        for writer in 0..writers {
            let journal = format!("journal {writer}");
            tasks.spawn(write(journals.clone(), journal, Arc::clone(&shared)));
        }
        Writers { journals, tasks, shared }
    }

    /// Waits until so many batches more are acknowledged.
    ///
    /// # Panics
    /// Where they don't come.
    pub async fn go_on(&self, batches: usize) {
        let acknowledged = || self.shared.acknowledged.load(Ordering::SeqCst);
        let before = acknowledged();
        let reached = becomes_true(|| acknowledged() >= before + batches).await;
        let more = acknowledged() - before;
        assert!(reached, "only {more} of {batches} batches were written in {LIMIT:?}");
    }

    /// Waits until one of them has met such an error.
    ///
    /// # Panics
    /// Where none does.
    pub async fn meet(&self, such: fn(&StoreError) -> bool) {
        let met = becomes_true(|| self.shared.errors().iter().any(such)).await;
        assert!(met, "not among these: {:?}", self.shared.errors());
    }

    /// Stops them, and gives the errors that they met.
    ///
    /// # Panics
    /// Where they don't end in time, or what is stored isn't what they were told.
    pub async fn stop(mut self) -> Vec<StoreError> {
        self.shared.stopped.store(true, Ordering::SeqCst);
        while let Some(written) =
            tokio::time::timeout(LIMIT, self.tasks.join_next()).await.expect("writers end")
        {
            let written = written.expect("a writer doesn't panic");
            let batches = batches(&self.journals, &written.journal).await;
            let stored: HashSet<_> = batches.into_iter().map(|batch| batch.entry.batch).collect();
            let lost: Vec<_> = written.acknowledged.difference(&stored).collect();
            assert!(lost.is_empty(), "acknowledged, and lost: {lost:?}");
            let kept: Vec<_> = written.refused.intersection(&stored).collect();
            assert!(kept.is_empty(), "refused, and stored: {kept:?}");
        }
        std::mem::take(&mut *self.shared.errors())
    }
}

async fn becomes_true(condition: impl Fn() -> bool) -> bool {
    let reached = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(LIMIT, reached).await.is_ok()
}

async fn write(
    journals: AggregateRepository<Journal>,
    journal: String,
    shared: Arc<Shared>,
) -> Written {
    let (mut acknowledged, mut refused) = (HashSet::new(), HashSet::new());
    for number in 0_u64.. {
        if shared.stopped.load(Ordering::SeqCst) {
            break;
        }
        let batch = format!("{journal} batch {number}");
        let of = fastrand::u64(1..=3);
        let note = Note { batch: batch.clone(), of };
        let written = match journals.update(&journal, note).await {
            Err(Failure::NotFound { .. }) => {
                let begin = Begin { batch: batch.clone(), of };
                journals.save_as(journal.clone(), begin).await
            }
            written => written,
        };
        match written {
            Ok(_) => {
                acknowledged.insert(batch);
                shared.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Err(Failure::Store(error)) => {
                if !matches!(error, StoreError::OutcomeUnknown(_)) {
                    refused.insert(batch);
                }
                shared.errors().push(error);
                // A database that is away says so at once.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("{journal}: {error}"),
        }
    }
    Written { journal, acknowledged, refused }
}
