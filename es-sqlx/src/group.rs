//! Group commit: appends that arrive while a commit is under way go together into the next one.
//!
//! Nobody waits for others to come. An append that finds no commit under way commits at once, by itself; those that come
//! meanwhile wait, and the next commit takes them all. So a busy store commits many appends for the price of one.
//!
//! A store may have several committers. Where appends meet, one of them takes all, since two would share them, and a commit
//! of half as many costs nearly as much. Others help when there are more than enough for one, or when a commit takes long,
//! as where it waits for somebody else's lock: it counts for nothing then, and whoever comes meanwhile doesn't wait for it.

use std::collections::{HashSet, VecDeque};
use std::error::Error;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use es_core::store::{Append, AppendError, Appended, StoreError};
use futures_core::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

/// The most appends of one commit.
pub(crate) const MAX_APPENDS: usize = 256;

/// So many that wait are enough for a commit, whatever else is under way.
const ENOUGH: usize = 32;

/// A commit that takes so long is waited for no longer, if another committer is free.
const LONG: Duration = Duration::from_millis(20);

/// The most bytes of JSON in one commit, unless its first append alone has more.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What became of one append.
pub(crate) type Outcome = Result<Appended, AppendError>;

/// Commits appends to different entities, all in one commit.
pub(crate) trait Commit: Send + Sync + 'static {
    /// Says of each append what became of it. An error means that none of them is stored, or that nobody knows.
    fn commit<'a>(
        &'a self,
        appends: &'a [Append],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>>;
}

/// A line of appends before a number of committers.
pub(crate) struct Group<C: Commit>(Arc<Line<C>>);

struct Line<C> {
    committer: C,
    committers: usize,
    /// How long an append waits for its turn.
    limit: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The commits under way, or about to begin: who commits, and since when.
    commits: Vec<(u64, Instant)>,
    /// How many have ever begun to commit.
    begun: u64,
    /// Whether appends meet: those that come while a commit is under way wait for the next one, though a committer is free.
    crowded: bool,
    /// How many have ever waited.
    entered: u64,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    append: Append,
    reply: oneshot::Sender<Reply>,
}

/// What one who waits is told.
enum Reply {
    Done(Outcome),
    /// The runtime of the committer was shut down before it came to this append.
    Again(Box<Append>),
}

impl<C: Commit> Clone for Group<C> {
    fn clone(&self) -> Self {
        Group(Arc::clone(&self.0))
    }
}

impl<C: Commit> Group<C> {
    /// At most so many commits are under way at once, and an append waits for its turn for no longer than the limit.
    pub(crate) fn new(committer: C, committers: usize, limit: Duration) -> Self {
        Group(Arc::new(Line { committer, committers, limit, state: Mutex::default() }))
    }

    /// Who commits.
    pub(crate) fn committer(&self) -> &C {
        &self.0.committer
    }

    /// Appends, alone or together with others. When the future is dropped, the append is stored whole or not at all.
    ///
    /// Fails with [`StoreError::TimedOut`] when its turn doesn't come within the limit.
    pub(crate) async fn append(&self, mut append: Append) -> Outcome {
        loop {
            let (number, mut reply) = match self.0.enter(append) {
                Entered::First(turn, append) => {
                    let outcome = commit_one(&self.0.committer, append).await;
                    drop(turn);
                    return outcome;
                }
                Entered::Waiting(number, reply) => (number, reply),
            };
            let since = Instant::now();
            let told = loop {
                let left = self.0.limit.saturating_sub(since.elapsed());
                match timeout(left.min(LONG), &mut reply).await {
                    Err(_) if left > LONG => self.0.get_help(self.0.state(), 1),
                    told => break told,
                }
            };
            let reply = match told {
                Ok(reply) => reply,
                Err(_) if self.0.leave(number) => {
                    return Err(StoreError::TimedOut {
                        what: "turn to write",
                        limit: self.0.limit,
                    }
                    .into());
                }
                // It is being committed, which has limits of its own.
                Err(_) => reply.await,
            };
            match reply {
                Ok(Reply::Done(outcome)) => return outcome,
                Ok(Reply::Again(again)) => append = *again,
                Err(_) => return Err(abandoned().into()),
            }
        }
    }
}

#[allow(clippy::large_enum_variant, reason = "it lives for a moment, on the stack")]
enum Entered<C: Commit> {
    First(Turn<C>, Append),
    Waiting(u64, oneshot::Receiver<Reply>),
}

impl<C: Commit> Line<C> {
    fn enter(self: &Arc<Self>, append: Append) -> Entered<C> {
        // Panics outside of a runtime, so it comes before anything is noted.
        let runtime = Handle::current();
        let mut state = self.state();
        if state.commits.len() < self.committers && !(state.crowded && state.will_end_soon()) {
            let committer = state.begin();
            return Entered::First(Turn { line: Arc::clone(self), committer, runtime }, append);
        }
        let (reply, told) = oneshot::channel();
        state.entered += 1;
        let number = state.entered;
        state.waiting.push_back(Waiting { number, append, reply });
        self.get_help(state, ENOUGH);
        Entered::Waiting(number, told)
    }

    /// Lets another committer begin where enough are waiting for it. It takes what waits then, however many these are.
    fn get_help(self: &Arc<Self>, mut state: MutexGuard<'_, State>, enough: usize) {
        if state.commits.len() < self.committers && state.waiting.len() >= enough {
            let committer = state.begin();
            state.crowded = false;
            // A runtime that is being shut down drops it at once, and it needs the state then.
            drop(state);
            Handle::current().spawn(Shift::of(self, committer).run());
        }
    }

    /// Takes one who waits out of the line, if he still stands in it.
    fn leave(&self, number: u64) -> bool {
        let mut state = self.state();
        let before = state.waiting.len();
        state.waiting.retain(|waiting| waiting.number != number);
        state.waiting.len() < before
    }

    /// Whether somebody waits for one who has committed a single append; else there is a committer less.
    fn goes_on(&self, committer: u64) -> bool {
        let mut state = self.state();
        state.crowded &= state.commits.len() > 1 || !state.waiting.is_empty();
        state.goes_on(committer)
    }

    /// The appends of the next commit, or `None`, and a committer less, if nobody waits for this one.
    fn next(&self, committer: u64) -> Option<Vec<Waiting>> {
        let mut state = self.state();
        if !state.goes_on(committer) {
            return None;
        }
        state.crowded = state.waiting.len() > 1;
        Some(take(&mut state.waiting))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Another one commits.
    fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.commits.push((self.begun, Instant::now()));
        self.begun
    }

    fn end(&mut self, committer: u64) {
        self.commits.retain(|(other, _)| *other != committer);
    }

    /// Whether a commit is under way that didn't begin long ago, so that it is worth waiting for its end.
    fn will_end_soon(&self) -> bool {
        self.commits.iter().any(|(_, since)| since.elapsed() < LONG)
    }

    /// Whether a committer is needed any more, whose commit is over. Where it isn't and appends wait, another one takes these
    /// when its commit is over.
    fn goes_on(&mut self, committer: u64) -> bool {
        self.end(committer);
        let leaves = self.crowded && self.waiting.len() < ENOUGH && self.will_end_soon();
        let goes_on = !self.waiting.is_empty() && !leaves;
        if goes_on {
            self.commits.push((committer, Instant::now()));
        }
        goes_on
    }
}

/// Takes from the front what fits into one commit: one append for each entity, so that the second one of an entity
/// sees what the first one did.
fn take(waiting: &mut VecDeque<Waiting>) -> Vec<Waiting> {
    let mut group: Vec<Waiting> = Vec::new();
    let mut left = VecDeque::new();
    let mut entities = HashSet::new();
    let mut bytes = 0;
    while let Some(next) = waiting.pop_front() {
        let size = next.append.data().len();
        if group.len() == MAX_APPENDS || (!group.is_empty() && bytes + size > MAX_BYTES) {
            left.push_back(next);
            break;
        }
        if entities.insert((next.append.entity_type, next.append.entity_id.clone())) {
            bytes += size;
            group.push(next);
        } else {
            left.push_back(next);
        }
    }
    left.append(waiting);
    *waiting = left;
    group
}

/// The right to commit. Given up, it goes to those who wait.
struct Turn<C: Commit> {
    line: Arc<Line<C>>,
    committer: u64,
    runtime: Handle,
}

impl<C: Commit> Drop for Turn<C> {
    fn drop(&mut self) {
        if self.line.goes_on(self.committer) {
            self.runtime.spawn(Shift::of(&self.line, self.committer).run());
        }
    }
}

/// A task that commits until nobody waits.
struct Shift<C: Commit> {
    line: Arc<Line<C>>,
    committer: u64,
    finished: bool,
}

impl<C: Commit> Shift<C> {
    fn of(line: &Arc<Line<C>>, committer: u64) -> Self {
        Shift { line: Arc::clone(line), committer, finished: false }
    }

    async fn run(mut self) {
        while let Some(group) = self.line.next(self.committer) {
            commit_all(&self.line.committer, group).await;
            // Who was answered may have more to append: it goes into the next commit, not into the one after that.
            yield_now().await;
        }
        self.finished = true;
    }
}

impl<C: Commit> Drop for Shift<C> {
    /// Its runtime was shut down in the middle. Who waits is told to commit by himself.
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let waiting = {
            let mut state = self.line.state();
            state.end(self.committer);
            mem::take(&mut state.waiting)
        };
        for Waiting { append, reply, .. } in waiting {
            drop(reply.send(Reply::Again(Box::new(append))));
        }
    }
}

async fn commit_all<C: Commit>(committer: &C, group: Vec<Waiting>) {
    let (appends, replies): (Vec<_>, Vec<_>) =
        group.into_iter().map(|waiting| (waiting.append, waiting.reply)).unzip();
    // Who no longer waits for an outcome doesn't need it.
    let answer = |(reply, outcome): (oneshot::Sender<Reply>, Outcome)| {
        drop(reply.send(Reply::Done(outcome)))
    };
    match committer.commit(&appends).await {
        Ok(outcomes) => replies.into_iter().zip(outcomes).for_each(answer),
        // It may be the fault of one of them: then the others must not suffer for it.
        Err(error) if appends.len() > 1 && concerns_one(&error) => {
            for (append, reply) in appends.into_iter().zip(replies) {
                answer((reply, commit_one(committer, append).await));
            }
        }
        Err(error) => {
            replies.into_iter().for_each(|reply| answer((reply, Err(error.clone().into()))))
        }
    }
}

/// Whether an error can come from what was appended, rather than from the state of the database or the way to it, or
/// of an outcome that is unknown and must not be tried again.
fn concerns_one(error: &StoreError) -> bool {
    !matches!(
        error,
        StoreError::TimedOut { .. }
            | StoreError::Unavailable(_)
            | StoreError::OutcomeUnknown(_)
            | StoreError::ReadOnly(_)
    )
}

async fn commit_one<C: Commit>(committer: &C, append: Append) -> Outcome {
    let outcomes = committer.commit(&[append]).await?;
    outcomes.into_iter().next().unwrap_or_else(|| Err(abandoned().into()))
}

fn abandoned() -> StoreError {
    let cause = "the runtime that was to commit it was shut down";
    StoreError::OutcomeUnknown(Box::<dyn Error + Send + Sync>::from(cause).into())
}

#[cfg(test)]
mod tests;
