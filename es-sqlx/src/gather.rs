//! Loads that meet are read together, by one statement.
//!
//! Of what it takes to read a short stream, most is the way to the server and back. A load that finds no other one under
//! way goes that way at once, by itself. Others wait until the tasks that can run now have had their turn, and whoever has
//! come by then is read with them. So a busy store reads many streams for little more than the price of one, and nobody
//! waits for the answer to somebody else. Whoever waits for long because the task that was to read has no turn, on a runtime
//! that stands still perhaps, begins to read himself.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use es_core::Version;
use es_core::store::{StoreError, StreamQuery};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

/// The most streams of one statement, which a server reads one after the other.
pub(crate) const MAX_STREAMS: usize = 16;

/// The most events of a stream that is read with others.
pub(crate) const MAX_EVENTS: u64 = 64;

/// The most bytes of JSON that a server sends for streams that are read together. The event with which there are more is the
/// last one.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// How long nothing is read together after streams that had more.
const PAUSE: Duration = Duration::from_secs(10);

/// A read that hasn't begun by then is begun by whoever waits for it.
const SOON: Duration = Duration::from_millis(20);

/// Whether a query asks for a whole stream, and for no more of each event than it takes to fold it.
pub(crate) fn is_bare(query: &StreamQuery<'_>) -> bool {
    let StreamQuery { after, until, limit, message, snapshot, bare, .. } = *query;
    let whole = after == Version::NONE && until.is_none() && limit.is_none();
    bare && whole && message.is_none() && snapshot.is_none()
}

/// A stream to read.
#[derive(Debug, PartialEq, Eq)]
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
    /// As `Long`, since it wasn't read to its end: they have too many bytes together.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "SQLite sends no such streams")
    )]
    Large,
}

/// Reads whole streams, all by one statement.
pub(crate) trait ReadTogether: Send + Sync + 'static {
    /// What is read of a stream.
    type Read: Send + Sync + 'static;

    /// Says of each stream what was found, in their order.
    fn read(
        &self,
        streams: &[Stream],
    ) -> impl Future<Output = Result<Vec<Found<Self::Read>>, StoreError>> + Send;
}

/// Where the loads of a store meet.
pub(crate) struct Gathering<R: ReadTogether>(Arc<Place<R>>);

struct Place<R: ReadTogether> {
    reader: R,
    /// How long a read may take that has begun.
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
    reply: oneshot::Sender<Reply<S>>,
}

/// `None` for one who has to read by himself. Those who asked for the same stream share it.
type Reply<S> = Result<Option<Arc<S>>, StoreError>;

type Told<S> = oneshot::Receiver<Reply<S>>;

/// How a load goes on.
pub(crate) enum Gathered<R: ReadTogether> {
    /// By itself. Others know of it until this is dropped.
    Alone(UnderWay<R>),
    /// It is done.
    Read(Arc<R::Read>),
}

impl<R: ReadTogether> Gathering<R> {
    /// The limit is longer than what the reader waits for by itself.
    pub(crate) fn new(reader: R, limit: Duration) -> Self {
        let state = State { under_way: 0, waiting: Vec::new(), pause: None };
        Gathering(Arc::new(Place { reader, limit, state: Mutex::new(state) }))
    }

    /// Reads a stream together with others, if these come at the same time and the query [is bare](is_bare).
    pub(crate) async fn load(&self, query: &StreamQuery<'_>) -> Result<Gathered<R>, StoreError> {
        let (under_way, waits) = self.0.enter(query);
        let Some(mut told) = waits else { return Ok(Gathered::Alone(under_way)) };
        let reply = match timeout(SOON, &mut told).await {
            Ok(reply) => Ok(reply),
            Err(_) => {
                self.0.begin(&Handle::current());
                timeout(self.0.limit, told).await
            }
        };
        match reply {
            Ok(Ok(Ok(Some(read)))) => Ok(Gathered::Read(read)),
            Ok(Ok(Err(error))) => Err(error),
            // Nobody answers where the runtime of who reads is shut down, or stands still.
            Ok(Ok(Ok(None)) | Err(_)) | Err(_) => Ok(Gathered::Alone(under_way)),
        }
    }
}

impl<R: ReadTogether> Place<R> {
    /// Another load is under way. Where it is to be read with others, it waits.
    fn enter(self: &Arc<Self>, query: &StreamQuery<'_>) -> (UnderWay<R>, Option<Told<R::Read>>) {
        let mut state = self.state();
        state.under_way += 1;
        let under_way = UnderWay(Arc::clone(self));
        let meets = state.under_way > 1 && is_bare(query) && !state.pauses();
        let runtime = if meets { Handle::try_current().ok() } else { None };
        let Some(runtime) = runtime else {
            drop(state);
            return (under_way, None);
        };
        let (entity_type, entity_id) = (query.entity_type.into(), query.entity_id.into());
        let stream = Stream { entity_type, entity_id };
        let (reply, told) = oneshot::channel();
        state.waiting.push(Waiting { stream, reply });
        let waiting = state.waiting.len();
        // A runtime that is being shut down drops its tasks at once, and they need the state then.
        drop(state);
        match waiting {
            1 => drop(runtime.spawn(Round { place: Arc::clone(self), group: None }.run())),
            MAX_STREAMS => self.begin(&runtime),
            _ => {}
        }
        (under_way, Some(told))
    }

    /// Reads what has gathered, without waiting for others.
    fn begin(self: &Arc<Self>, runtime: &Handle) {
        let group = mem::take(&mut self.state().waiting);
        if !group.is_empty() {
            runtime.spawn(Round { place: Arc::clone(self), group: Some(group) }.run());
        }
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

impl<R: ReadTogether> Drop for UnderWay<R> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

/// A task that reads what has gathered.
struct Round<R: ReadTogether> {
    place: Arc<Place<R>>,
    /// Who is read; `None` until those have had their turn who can.
    group: Option<Vec<Waiting<R::Read>>>,
}

impl<R: ReadTogether> Round<R> {
    async fn run(mut self) {
        if self.group.is_none() {
            yield_now().await;
        }
        let mut group = self.take();
        // Who no longer waits needs no answer, and who waits alone is read faster by himself.
        group.retain(|waiting| !waiting.reply.is_closed());
        if group.len() < 2 {
            return;
        }
        let mut streams: Vec<Stream> = Vec::with_capacity(group.len());
        let mut replies: Vec<Vec<_>> = Vec::with_capacity(group.len());
        for Waiting { stream, reply } in group {
            match streams.iter().position(|other| *other == stream) {
                Some(n) => replies[n].push(reply),
                None => {
                    streams.push(stream);
                    replies.push(vec![reply]);
                }
            }
        }
        match self.place.reader.read(&streams).await {
            Ok(found) => {
                if found.iter().any(|found| matches!(found, Found::Large)) {
                    self.place.state().pause = Some(Instant::now() + PAUSE);
                }
                for (found, replies) in found.into_iter().zip(replies) {
                    let read =
                        if let Found::Read(read) = found { Some(Arc::new(read)) } else { None };
                    for reply in replies {
                        drop(reply.send(Ok(read.clone())));
                    }
                }
            }
            Err(error) if was_waited_for(&error) => {
                for reply in replies.into_iter().flatten() {
                    drop(reply.send(Err(error.clone())));
                }
            }
            // Each finds out by himself whether it is the fault of his own stream, or of a connection.
            Err(_) => {}
        }
    }

    /// Who is read; nobody the second time.
    fn take(&mut self) -> Vec<Waiting<R::Read>> {
        let group = self.group.replace(Vec::new());
        group.unwrap_or_else(|| mem::take(&mut self.place.state().waiting))
    }
}

impl<R: ReadTogether> Drop for Round<R> {
    /// Where its runtime was shut down in the middle, those who wait get no answer, and go alone.
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// Whether somebody has waited as long as he may for that error, so that he mustn't begin anew.
fn was_waited_for(error: &StoreError) -> bool {
    match error {
        StoreError::TimedOut { .. } => true,
        StoreError::Unavailable(error) => matches!(
            error.downcast_ref(),
            Some(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
