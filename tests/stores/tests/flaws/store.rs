//! A small store by the public traits alone, right but for the flaw that it is given.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use es_core::store::{
    Append, AppendError, Appended, Capabilities, FeedPage, FeedQuery, FeedSignal, FeedVisitor,
    NewSnapshot, Position, RawEvent, RawSnapshot, StoreError, StreamHead, StreamQuery, Transaction,
    Visitor,
};
use es_core::{EventId, EventStore, StoredEvent, Version};
use futures_core::future::BoxFuture;

use crate::feed;
use crate::flaw::Flaw;
use crate::state::State;
use crate::transaction::FlawedTransaction;

#[derive(Clone)]
pub(crate) struct FlawedStore {
    pub(crate) flaw: Option<Flaw>,
    pub(crate) shared: Arc<Shared>,
}

#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) turn: Arc<tokio::sync::Mutex<()>>,
    writing: AtomicBool,
    /// The last position when the transaction that is open began.
    pub(crate) held: Mutex<Option<u64>>,
    pub(crate) grown: tokio::sync::watch::Sender<()>,
    leaked: AtomicU32,
    asked: Mutex<(String, String)>,
    /// How many read, and what the first of them saw.
    reads: Mutex<(usize, Option<State>)>,
    hangs: AtomicBool,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, (String, String)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reads(&self) -> MutexGuard<'_, (usize, Option<State>)> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FlawedStore {
    pub(crate) fn new(flaw: Option<Flaw>) -> Self {
        FlawedStore { flaw, shared: Arc::default() }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// The type and the id of the stream that is shown.
    async fn mixed(&self, query: &StreamQuery<'_>) -> (String, String) {
        let stream = (query.entity_type.to_owned(), query.entity_id.to_owned());
        if !self.has(Flaw::MixesReads) {
            return stream;
        }
        *self.shared.asked() = stream;
        tokio::task::yield_now().await;
        self.shared.asked().clone()
    }

    async fn state_for_reads(&self) -> State {
        if !self.has(Flaw::SharesReads) {
            return self.shared.state().clone();
        }
        let now = self.shared.state().clone();
        let state = {
            let mut reads = self.shared.reads();
            reads.0 += 1;
            reads.1.get_or_insert(now).clone()
        };
        tokio::task::yield_now().await;
        let mut reads = self.shared.reads();
        reads.0 -= 1;
        if reads.0 == 0 {
            reads.1 = None;
        }
        state
    }

    async fn append_event_by_event(&self, append: Append) -> Result<Appended, AppendError> {
        let mut version = append.expected;
        for event in append.events() {
            let mut part = Append::new(
                append.entity_type,
                append.entity_id.clone(),
                version,
                append.recorded_at,
            );
            part.message = append.message.clone().filter(|_| version == append.expected);
            let json = append.data()[event.data.clone()].to_vec();
            let event = Raw { event_type: event.event_type, schema_version: 1, json };
            part.push(EventId::new(), &event).map_err(StoreError::database)?;
            version = self.shared.state().append(part, None)?.version;
            tokio::task::yield_now().await;
        }
        Ok(Appended::new(version))
    }
}

impl EventStore for FlawedStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none()
            .transactions(!self.has(Flaw::HidesTransactions))
            .position_at_append(true)
            .feed(!self.has(Flaw::HidesFeed))
            .snapshots(!self.has(Flaw::HidesSnapshots))
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async move {
            if self.has(Flaw::LeaksReads) {
                if self.shared.leaked.fetch_add(1, Ordering::Relaxed) >= 10 {
                    return Err(timed_out("connection"));
                }
                tokio::task::yield_now().await;
                self.shared.leaked.fetch_sub(1, Ordering::Relaxed);
            }
            if self.has(Flaw::CreatesByReading) {
                self.shared.state().create(&query);
            }
            let stream = self.mixed(&query).await;
            let (entity_type, entity_id) = (&*stream.0, &*stream.1);
            let query = StreamQuery { entity_type, entity_id, ..query };
            let state = self.state_for_reads().await;
            let snapshot = state.snapshot(&query, self.flaw).cloned();
            if self.has(Flaw::ReadsSnapshotsLate) && query.snapshot.is_some() {
                for _ in 0..8 {
                    tokio::task::yield_now().await;
                }
                let later = self.shared.state().snapshot(&query, None).cloned();
                if let Some(later) = later {
                    // The events are those after the snapshot that was there before.
                    let after = snapshot.map_or(query.after, |snapshot| snapshot.version);
                    let query = query.after(after);
                    visit.snapshot(RawSnapshot { version: later.version, data: &later.data });
                    return Ok(state.show(query, None, self.flaw, visit));
                }
            }
            Ok(state.show(query, snapshot.as_ref(), self.flaw, visit))
        })
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move {
            if self.shared.hangs.load(Ordering::Relaxed) {
                return Err(timed_out("turn").into());
            }
            if self.has(Flaw::FailsUnderLoad) {
                if self.shared.writing.swap(true, Ordering::Relaxed) {
                    return Err(timed_out("lock").into());
                }
                tokio::task::yield_now().await;
                self.shared.writing.store(false, Ordering::Relaxed);
            }
            // Others get their turn, as with any store that does IO.
            tokio::task::yield_now().await;
            if self.has(Flaw::LosesUpdates) {
                return self.shared.state().append(append, self.flaw);
            }
            let _turn = self.shared.turn.lock().await;
            let _told = feed::TellsWhenDropped(&self.shared.grown);
            if self.has(Flaw::StoresEventByEvent) && append.events().len() > 1 {
                return self.append_event_by_event(append).await;
            }
            self.shared.state().append(append, self.flaw)
        })
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async move {
            Ok(self.shared.state().entities(entity_type, after, limit as usize, self.flaw))
        })
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async move {
            if self.shared.hangs.load(Ordering::Relaxed) {
                return Err(timed_out("turn"));
            }
            let mut wait = Wait { store: self, over: false };
            let turn = match self.flaw {
                Some(Flaw::LosesUpdates) => None,
                Some(flaw) if feed::is_concurrent(flaw) => None,
                _ => Some(Arc::clone(&self.shared.turn).lock_owned().await),
            };
            wait.over = true;
            Ok(Transaction::new(FlawedTransaction::new(self, turn)))
        })
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        Box::pin(async move {
            if self.has(Flaw::LeaksReads) {
                if self.shared.leaked.fetch_add(1, Ordering::Relaxed) >= 10 {
                    return Err(timed_out("connection"));
                }
                tokio::task::yield_now().await;
                self.shared.leaked.fetch_sub(1, Ordering::Relaxed);
            }
            let held = *self.shared.held.lock().unwrap_or_else(PoisonError::into_inner);
            let state = self.shared.state().clone();
            Ok(feed::show(&state, query, held, self.flaw, visit))
        })
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        Box::pin(async {
            let end = self.shared.state().log.last_key_value().map_or(0, |(last, _)| *last);
            Ok(Position::new(if self.has(Flaw::EndsBeforeTheEnd) { end - 1 } else { end }))
        })
    }

    fn position_of<'a>(
        &'a self,
        entity_type: &'a str,
        entity_id: &'a str,
        version: Version,
    ) -> BoxFuture<'a, Result<Option<Position>, StoreError>> {
        Box::pin(async move {
            let asked = ((entity_type.to_owned(), entity_id.to_owned()), version.get());
            let state = self.shared.state();
            let found = state.log.iter().find(|(_, event)| **event == asked);
            let found = found.filter(|_| !self.has(Flaw::FindsNoPositions));
            Ok(found.map(|(position, _)| Position::new(*position)))
        })
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        Box::new(feed::Signal {
            grown: self.shared.grown.subscribe(),
            deaf: self.has(Flaw::WakesNobody),
        })
    }

    fn keep_snapshot(&self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        self.shared.state().keep_snapshot(snapshot, self.flaw);
        Box::pin(async { Ok(()) })
    }

    fn keep_snapshot_later(&self, snapshot: NewSnapshot) {
        if !self.has(Flaw::NeverKeepsLater) {
            self.shared.state().keep_snapshot(snapshot, self.flaw);
        }
    }
}

fn timed_out(what: &'static str) -> StoreError {
    StoreError::TimedOut { what, limit: Duration::ZERO }
}

/// Notes that somebody stopped waiting for a transaction.
struct Wait<'s> {
    store: &'s FlawedStore,
    over: bool,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if !self.over && self.store.has(Flaw::HangsAfterADroppedWait) {
            self.store.shared.hangs.store(true, Ordering::Relaxed);
        }
    }
}

struct Raw {
    event_type: &'static str,
    schema_version: u32,
    json: Vec<u8>,
}

impl StoredEvent for Raw {
    fn event_type(&self) -> &'static str {
        self.event_type
    }

    fn schema_version(&self) -> u32 {
        self.schema_version
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), es_core::EncodeError> {
        out.extend_from_slice(&self.json);
        Ok(())
    }
}

/// Shows events until the visitor breaks, or on and on.
pub(crate) fn visit_all<'e>(
    events: impl Iterator<Item = RawEvent<'e>>,
    flaw: Option<Flaw>,
    visit: &mut Visitor<'_>,
) {
    for event in events {
        if visit.event(event) == ControlFlow::Break(()) && flaw != Some(Flaw::IgnoresBreaks) {
            break;
        }
    }
}
