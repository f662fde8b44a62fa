//! Loads that meet are read together, by one statement.
//!
//! Of what it takes to read a short stream, most is the way to the server and back. A load that finds no other one under
//! way goes that way at once, by itself. Others wait until all tasks that can run now have had their turn, and whoever has
//! come by then is read with them. So a busy store reads many streams for little more than the price of one, and nobody
//! waits for the answer to somebody else.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use es_core::Version;
use es_core::store::{StoreError, StreamQuery};
use futures_core::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

/// The most streams of one statement, which a server reads one after the other.
pub(crate) const MAX_STREAMS: usize = 16;

/// The most events of a stream that is read with others.
pub(crate) const MAX_EVENTS: u64 = 64;

/// The most bytes of streams that are read together, but for those of one event.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// How long nothing is read together after streams that had more.
const PAUSE: Duration = Duration::from_secs(10);

/// Whether a query asks for a whole stream, and for no more of each event than it takes to fold it.
pub(crate) fn is_bare(query: &StreamQuery<'_>) -> bool {
    let StreamQuery { after, until, limit, message, snapshot, bare, .. } = *query;
    let whole = after == Version::NONE && until.is_none() && limit.is_none();
    bare && whole && message.is_none() && snapshot.is_none()
}

/// A stream to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) entity_type: String,
    pub(crate) entity_id: String,
}

/// What was found of a stream that was to be read with others.
#[derive(Debug)]
pub(crate) enum Found<S> {
    Read(S),
    /// It has to be read by itself.
    Long,
    /// It wasn't read to its end, since they have too many bytes together.
    Large,
}

/// Reads whole streams, all by one statement.
pub(crate) trait ReadTogether: Send + Sync + 'static {
    /// What is read of a stream.
    type Read: Send + 'static;

    /// Says of each stream what was found, in their order.
    fn read<'a>(
        &'a self,
        streams: &'a [Stream],
    ) -> BoxFuture<'a, Result<Vec<Found<Self::Read>>, StoreError>>;
}

/// Where the loads of a store meet.
pub(crate) struct Gathering<R: ReadTogether>(Arc<Place<R>>);

struct Place<R: ReadTogether> {
    reader: R,
    /// How long a load waits for one that is done together with others.
    limit: Duration,
    state: Mutex<State<R::Read>>,
}

struct State<S> {
    /// How many loads are under way, alone or together.
    under_way: usize,
    waiting: Vec<Waiting<S>>,
    /// Until when each load goes alone.
    pause: Option<Instant>,
}

struct Waiting<S> {
    stream: Stream,
    reply: oneshot::Sender<Result<Option<S>, StoreError>>,
}

/// How a load goes on.
pub(crate) enum Gathered<R: ReadTogether> {
    /// By itself. Others know of it until this is dropped.
    Alone(UnderWay<R>),
    /// It is done.
    Read(R::Read),
}

impl<R: ReadTogether> Gathering<R> {
    /// A load waits for others no longer than the limit.
    pub(crate) fn new(reader: R, limit: Duration) -> Self {
        let state = State { under_way: 0, waiting: Vec::new(), pause: None };
        Gathering(Arc::new(Place { reader, limit, state: Mutex::new(state) }))
    }

    /// Reads a stream together with others, if these come at the same time and the query [is bare](is_bare).
    pub(crate) async fn load(&self, query: &StreamQuery<'_>) -> Result<Gathered<R>, StoreError> {
        let under_way = UnderWay::enter(&self.0);
        let Some(told) = self.0.wait(query) else {
            return Ok(Gathered::Alone(under_way));
        };
        match timeout(self.0.limit, told).await {
            Ok(Ok(Ok(Some(read)))) => Ok(Gathered::Read(read)),
            Ok(Ok(Err(error))) => Err(error),
            // Nobody answers where the runtime of who was to read is shut down or stands still.
            Ok(Ok(Ok(None)) | Err(_)) | Err(_) => Ok(Gathered::Alone(under_way)),
        }
    }
}

type Told<S> = oneshot::Receiver<Result<Option<S>, StoreError>>;

impl<R: ReadTogether> Place<R> {
    /// Where one waits who is read with others, or `None` for one who goes alone.
    fn wait(self: &Arc<Self>, query: &StreamQuery<'_>) -> Option<Told<R::Read>> {
        // Panics outside of a runtime, so it comes before anything is noted.
        let runtime = Handle::current();
        let mut state = self.state();
        if state.under_way < 2 || !is_bare(query) || state.pauses() {
            return None;
        }
        let (entity_type, entity_id) = (query.entity_type.into(), query.entity_id.into());
        let stream = Stream { entity_type, entity_id };
        let (reply, told) = oneshot::channel();
        state.waiting.push(Waiting { stream, reply });
        let full = state.waiting.len() == MAX_STREAMS;
        if full || state.waiting.len() == 1 {
            let group = if full { mem::take(&mut state.waiting) } else { Vec::new() };
            // A runtime that is being shut down drops it at once, and it needs the state then.
            drop(state);
            runtime.spawn(Round { place: Arc::clone(self), group, taken: full }.run());
        }
        Some(told)
    }

    fn state(&self) -> MutexGuard<'_, State<R::Read>> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> State<S> {
    fn pauses(&mut self) -> bool {
        let pauses = self.pause.is_some_and(|end| Instant::now() < end);
        if !pauses {
            self.pause = None;
        }
        pauses
    }
}

/// A load that is under way.
pub(crate) struct UnderWay<R: ReadTogether>(Arc<Place<R>>);

impl<R: ReadTogether> UnderWay<R> {
    fn enter(place: &Arc<Place<R>>) -> Self {
        place.state().under_way += 1;
        UnderWay(Arc::clone(place))
    }
}

impl<R: ReadTogether> Drop for UnderWay<R> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

/// A task that reads what has gathered.
struct Round<R: ReadTogether> {
    place: Arc<Place<R>>,
    group: Vec<Waiting<R::Read>>,
    taken: bool,
}

impl<R: ReadTogether> Round<R> {
    async fn run(mut self) {
        if !self.taken {
            yield_now().await;
            self.take();
        }
        // A statement for one alone is shorter.
        if self.group.len() < 2 {
            return;
        }
        let (streams, replies): (Vec<_>, Vec<_>) = mem::take(&mut self.group)
            .into_iter()
            .map(|waiting| (waiting.stream, waiting.reply))
            .unzip();
        // Who no longer waits doesn't need an answer.
        match self.place.reader.read(&streams).await {
            Ok(found) => {
                if found.iter().any(|found| matches!(found, Found::Large)) {
                    self.place.state().pause = Some(Instant::now() + PAUSE);
                }
                for (found, reply) in found.into_iter().zip(replies) {
                    let read = if let Found::Read(read) = found { Some(read) } else { None };
                    drop(reply.send(Ok(read)));
                }
            }
            Err(error @ StoreError::TimedOut { .. }) => {
                for reply in replies {
                    drop(reply.send(Err(error.clone())));
                }
            }
            // Each finds out by himself whether it is the fault of his own stream, or of a connection.
            Err(_) => {}
        }
    }

    fn take(&mut self) {
        self.taken = true;
        self.group = mem::take(&mut self.place.state().waiting);
        self.group.retain(|waiting| !waiting.reply.is_closed());
    }
}

impl<R: ReadTogether> Drop for Round<R> {
    /// Its runtime was shut down in the middle. Who waits and gets no answer goes alone.
    fn drop(&mut self) {
        if !self.taken {
            self.take();
        }
    }
}

#[cfg(test)]
mod tests;
