use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use es_core::EventStore;
use es_core::store::Position;
use es_sqlx::SqlxEventStore;
use store_tests::feed::Reader;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a reader may take to come to the end, when nobody writes any more.
const LIMIT: Duration = Duration::from_secs(30);

/// Who reads, and where each one's page ends.
const READERS: [(&str, u32, bool); 3] = [
    ("that polls all the time", 1_000, true),
    ("that polls all the time in small pages", 50, true),
    ("that waits for a signal", 300, false),
];

pub(crate) struct Readers {
    /// The position at which to stop.
    end: Arc<AtomicU64>,
    tasks: Vec<(&'static str, JoinHandle<Reader>)>,
}

impl Readers {
    pub(crate) async fn start(url: &str) -> Self {
        let end = Arc::new(AtomicU64::new(u64::MAX));
        let mut tasks = Vec::new();
        for (name, limit, polls) in READERS {
            let store = SqlxEventStore::connect(url).await.unwrap();
            tasks.push((name, tokio::spawn(read(store, limit, polls, end.clone()))));
        }
        Readers { end, tasks }
    }

    /// What each of them has seen up to this position.
    pub(crate) async fn finish(self, end: Position) -> Vec<(&'static str, Reader)> {
        self.end.store(end.get(), Ordering::SeqCst);
        let mut readers = Vec::new();
        for (name, task) in self.tasks {
            let reader = timeout(LIMIT, task).await;
            readers.push((
                name,
                reader.unwrap_or_else(|_| panic!("the reader {name} hangs")).unwrap(),
            ));
        }
        readers
    }
}

async fn read(store: SqlxEventStore, limit: u32, polls: bool, end: Arc<AtomicU64>) -> Reader {
    let mut signal = store.feed_signal();
    let mut reader = Reader::default();
    while reader.after.get() < end.load(Ordering::SeqCst) {
        let at_end = reader.page(&store, limit).await.unwrap();
        if !polls && at_end && reader.after.get() < end.load(Ordering::SeqCst) {
            // Nothing may come any more, after the last commit.
            let _ = timeout(Duration::from_millis(200), signal.changed()).await;
        }
        tokio::task::yield_now().await;
    }
    reader
}
