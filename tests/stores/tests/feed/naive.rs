//! A reader as many are: he remembers the highest number that he has seen.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::database::Database;
use sqlx::{ColumnIndex, Decode, Encode, Executor, FromRow, IntoArguments, Type};
use store_tests::feed::{Counted, Seen, faults};
use tokio::task::JoinHandle;

pub(crate) struct Naive {
    done: Arc<AtomicBool>,
    task: JoinHandle<Vec<Seen>>,
}

type Row = (i64, String, i64, String);

impl Naive {
    pub(crate) fn start<C>(mut connection: C, sql: &'static str) -> Self
    where
        C: sqlx::Connection + Send + 'static,
        for<'c> &'c mut C: Executor<'c, Database = C::Database>,
        for<'q> <C::Database as Database>::Arguments: IntoArguments<C::Database>,
        for<'q> i64: Encode<'q, C::Database> + Type<C::Database>,
        for<'r> Row: FromRow<'r, <C::Database as Database>::Row>,
        for<'r> i64: Decode<'r, C::Database>,
        usize: ColumnIndex<<C::Database as Database>::Row>,
    {
        let done = Arc::new(AtomicBool::new(false));
        let over = done.clone();
        let task = tokio::spawn(async move {
            let (mut seen, mut last) = (Vec::new(), 0);
            loop {
                let last_time = over.load(Ordering::SeqCst);
                let rows: Vec<Row> =
                    sqlx::query_as(sql).bind(last).fetch_all(&mut connection).await.unwrap();
                if rows.is_empty() && last_time {
                    return seen;
                }
                for (seq, entity_id, version, json) in rows {
                    last = seq;
                    let Counted { commit, of } = serde_json::from_str(&json).unwrap();
                    seen.push(Seen { entity_id, version: version.cast_unsigned(), commit, of });
                }
                tokio::task::yield_now().await;
            }
        });
        Naive { done, task }
    }

    /// Fails if he has seen everything: then this test couldn't find a feed that loses events.
    pub(crate) async fn has_lost_events(self, committed: &HashSet<Seen>) {
        self.done.store(true, Ordering::SeqCst);
        let seen = self.task.await.unwrap();
        let faults = faults(seen.iter(), committed);
        assert!(faults.missed > 0, "of {}: {faults:?}", seen.len());
    }
}
