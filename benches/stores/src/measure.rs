//! The clock: how long an operation takes while so many tasks do it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::contender::{Contender, Failed, Held, Run};
use crate::work::{Kind, Work};

/// How long a single operation may take.
const LIMIT: Duration = Duration::from_secs(20);

/// How often an operation is tried that has lost a race.
const TRIES: u32 = 1_000;

/// Each account sees so many updates, one after the other.
const UPDATES: usize = 10;

/// How many accounts there are to append to, so that none of them grows long.
const HELD: usize = 8;

/// How long accounts are opened for what is to come, if there are enough of them by then.
const PREPARATION: Duration = Duration::from_millis(200);

/// What a contender did in a while.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    pub(crate) operations: u64,
    pub(crate) failures: u64,
    pub(crate) first_failure: Option<String>,
    pub(crate) elapsed: Duration,
}

impl Slice {
    /// Microseconds from one finished operation to the next.
    pub(crate) fn micros(&self) -> Option<f64> {
        (self.operations > 0).then(|| self.elapsed.as_secs_f64() * 1e6 / self.operations as f64)
    }
}

/// What a contender needs for a work, prepared.
pub(crate) struct Bench {
    contender: Arc<dyn Contender>,
    work: Work,
    material: Arc<Material>,
}

enum Material {
    None,
    /// Each is taken once, and updated a few times.
    Accounts {
        accounts: Vec<Uuid>,
        next: AtomicUsize,
    },
    Held {
        accounts: Vec<Mutex<Box<dyn Held>>>,
        next: AtomicUsize,
    },
    Stream(Uuid),
}

impl Bench {
    /// `stream` is an account with as many events as the work reads.
    pub(crate) async fn prepare(
        contender: Arc<dyn Contender>,
        work: Work,
        stream: Option<Uuid>,
    ) -> Result<Self, Failed> {
        let material = match (work.kind, stream) {
            (Kind::Save, _) | (Kind::Load, None) => Material::None,
            (Kind::Load, Some(stream)) => Material::Stream(stream),
            (Kind::Update, _) => {
                let accounts =
                    open_accounts(&contender, 4 * work.tasks, 600 + 50 * work.tasks).await?;
                Material::Accounts { accounts, next: AtomicUsize::new(0) }
            }
            (Kind::Append, _) => {
                let mut accounts = Vec::new();
                for _ in 0..HELD {
                    accounts.push(Mutex::new(retrying(|| contender.hold(Uuid::now_v7())).await?));
                }
                Material::Held { accounts, next: AtomicUsize::new(0) }
            }
        };
        Ok(Bench { contender, work, material: Arc::new(material) })
    }

    /// Works for about so long.
    pub(crate) async fn run(&self, duration: Duration) -> Slice {
        let start = Instant::now();
        let deadline = start + duration;
        let mut tasks = JoinSet::new();
        for _ in 0..self.work.tasks {
            let contender = Arc::clone(&self.contender);
            let material = Arc::clone(&self.material);
            tasks.spawn(work(contender, material, self.work.events, deadline));
        }
        let mut slice = Slice::default();
        while let Some(done) = tasks.join_next().await {
            let done = done.unwrap_or_default();
            slice.operations += done.operations;
            slice.failures += done.failures;
            slice.first_failure = slice.first_failure.or(done.first_failure);
        }
        slice.elapsed = start.elapsed();
        slice
    }

    /// Ends the contender's connections.
    pub(crate) async fn close(self) -> Result<(), Failed> {
        drop(self.material);
        self.contender.close().await
    }
}

/// What one task does.
async fn work(
    contender: Arc<dyn Contender>,
    material: Arc<Material>,
    events: u64,
    deadline: Instant,
) -> Slice {
    let mut slice = Slice::default();
    while Instant::now() < deadline {
        match &*material {
            Material::None => slice.count(retrying(|| contender.save(Uuid::now_v7())).await),
            Material::Stream(stream) => slice.count(
                retrying(|| contender.load(*stream)).await.map(std::hint::black_box).map(drop),
            ),
            Material::Accounts { accounts, next } => {
                let Some(account) = accounts.get(next.fetch_add(1, Ordering::Relaxed)) else {
                    break;
                };
                for _ in 0..UPDATES {
                    slice.count(retrying(|| contender.update(*account)).await);
                    if Instant::now() >= deadline {
                        break;
                    }
                }
            }
            Material::Held { accounts, next } => {
                let turn = next.fetch_add(1, Ordering::Relaxed) % accounts.len();
                let mut account = accounts[turn].lock().await;
                slice.count(within_limit(account.append(events)).await);
            }
        }
    }
    slice
}

impl Slice {
    fn count(&mut self, outcome: Result<(), Failed>) {
        match outcome {
            Ok(()) => self.operations += 1,
            Err(error) => {
                self.failures += 1;
                self.first_failure.get_or_insert_with(|| error.to_string());
            }
        }
    }
}

/// Opens accounts: at least `enough`, and up to `wanted` if there is time.
async fn open_accounts(
    contender: &Arc<dyn Contender>,
    enough: usize,
    wanted: usize,
) -> Result<Vec<Uuid>, Failed> {
    let deadline = Instant::now() + PREPARATION;
    let begun = Arc::new(AtomicUsize::new(0));
    let mut tasks: JoinSet<Result<Vec<Uuid>, Failed>> = JoinSet::new();
    for _ in 0..8 {
        let (contender, begun) = (Arc::clone(contender), Arc::clone(&begun));
        tasks.spawn(async move {
            let mut opened = Vec::new();
            loop {
                let number = begun.fetch_add(1, Ordering::Relaxed);
                if number >= wanted || (number >= enough && Instant::now() >= deadline) {
                    return Ok(opened);
                }
                let account = Uuid::now_v7();
                retrying(|| contender.save(account)).await?;
                opened.push(account);
            }
        });
    }
    let mut accounts = Vec::new();
    while let Some(opened) = tasks.join_next().await {
        accounts.extend(opened.map_err(Failed::other)??);
    }
    Ok(accounts)
}

/// Does it again after each lost race.
pub(crate) async fn retrying<'c, T>(
    mut operation: impl FnMut() -> Run<'c, T>,
) -> Result<T, Failed> {
    let mut tries = 1;
    loop {
        match within_limit(operation()).await {
            Err(Failed::Conflict) if tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn within_limit<T>(operation: Run<'_, T>) -> Result<T, Failed> {
    match timeout(LIMIT, operation).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failed::other(format!("no answer within {} s", LIMIT.as_secs()))),
    }
}
