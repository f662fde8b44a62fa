use std::collections::HashSet;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;

use super::deliver::Deliver;
use super::lane::{Lane, Stop, Told, asked};
use super::membership::Membership;
use super::observe;
use super::reader::{Feeding, Reader, lane_of};
use super::routes::Routes;
use super::shared::Shared;
use super::status;
use crate::store::{EventStore, Position, StoreError};
use crate::subscription::{Held, Lease, SubscriberOptions, SubscriptionStore};

/// Signs of life in the time of a lease.
const BEATS: u32 = 3;
/// How often it is told how far a subscriber is.
const TELL: Duration = Duration::from_secs(5);
/// So many pages wait for a lane.
const PAGES: usize = 2;
/// Pauses after the store failed.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A subscriber that this process runs.
pub(super) struct Running {
    /// The subscriber's id.
    pub(super) id: &'static str,
    /// The name under which its progress is stored.
    pub(super) name: String,
    pub(super) subscriber: Arc<dyn Deliver>,
    pub(super) routes: Routes,
    pub(super) partitions: u32,
    pub(super) options: SubscriberOptions,
    pub(super) store: Arc<dyn EventStore>,
    pub(super) subscriptions: Arc<dyn SubscriptionStore>,
    pub(super) shared: Arc<Shared>,
    /// How long handlers may still work when the process is to end.
    pub(super) grace: Duration,
}

/// Why a subscriber doesn't go on with the partitions that it has.
enum Turn {
    /// It was asked to stop.
    Asked,
    /// It has other partitions now, or was paused or goes on.
    Changed,
    /// A partition isn't held any more.
    Lost,
    /// The store failed.
    Failed(StoreError),
}

impl From<StoreError> for Turn {
    fn from(error: StoreError) -> Self {
        Turn::Failed(error)
    }
}

impl From<Stop> for Turn {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Asked => Turn::Changed,
            Stop::Lost => Turn::Lost,
            Stop::Failed(error) => Turn::Failed(error),
        }
    }
}

impl Running {
    /// Handles events until it is asked to stop.
    pub(super) async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let membership =
            Membership::new(Arc::clone(&self.subscriptions), &self.name, self.options.lease);
        let mut pause = SHORTEST_PAUSE;
        loop {
            let began = Instant::now();
            match self.turn(&membership, &mut stop).await {
                Turn::Asked => break,
                Turn::Changed => {}
                // Who has it now is busy with it.
                Turn::Lost if stopped_within(&mut stop, SHORTEST_PAUSE).await => break,
                Turn::Lost => {}
                Turn::Failed(error) => {
                    warn!(
                        target: "es_core::subscription",
                        subscriber = self.id, %error,
                        "the store failed; the subscriber goes on when it works again"
                    );
                    if began.elapsed() > LONGEST_PAUSE {
                        pause = SHORTEST_PAUSE;
                    }
                    if stopped_within(&mut stop, pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await {
                        break;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        if let Err(error) = membership.leave().await {
            warn!(
                target: "es_core::subscription",
                subscriber = self.id, %error,
                "the partitions couldn't be given back; others take them when their leases are over"
            );
        }
    }

    /// Handles events with the partitions that this process has now, until these change.
    async fn turn(
        self: &Arc<Self>,
        membership: &Membership,
        stop: &mut watch::Receiver<bool>,
    ) -> Turn {
        let mut nudged = self.shared.nudged();
        let renewed = Instant::now();
        let (leases, excess) = match membership.renew().await {
            Ok(renewed) => renewed,
            Err(error) => return error.into(),
        };
        let kept = leases.len() - excess;
        if let Err(error) = membership.release(&held(&leases[kept..])).await {
            return error.into();
        }
        let leases = &leases[..kept];
        if leases.is_empty() || leases.iter().any(|lease| lease.paused) {
            self.tell_progress().await;
            return tokio::select! {
                () = asked(stop) => Turn::Asked,
                () = sleep(self.beat()) => Turn::Changed,
                _ = nudged.changed() => Turn::Changed,
            };
        }
        let (stop_lanes, stop_of_lanes) = watch::channel(false);
        let mut lanes = JoinSet::new();
        let mut reader = self.start(membership, leases, &stop_of_lanes, &mut lanes);
        let turn = tokio::select! {
            () = asked(stop) => Turn::Asked,
            turn = self.keep(membership, leases, renewed, &mut nudged) => turn,
            read = reader.run() => match read {
                // A lane is gone, and tells why.
                Ok(()) => Turn::Changed,
                Err(error) => error.into(),
            },
            ended = lanes.join_next() => reason(ended),
        };
        drop(reader);
        stop_lanes.send_replace(true);
        let turn = self.end(membership, lanes, turn).await;
        if matches!(turn, Turn::Failed(_)) {
            // It may not be known what is stored. Who takes a partition under a new epoch sees it after all that was on its
            // way under the old one.
            if let Err(error) = membership.release(&held(leases)).await {
                return error.into();
            }
        }
        turn
    }

    /// Starts the lanes, and gives the reader that they are fed by.
    fn start(
        self: &Arc<Self>,
        membership: &Membership,
        leases: &[Lease],
        stop: &watch::Receiver<bool>,
        lanes: &mut JoinSet<Stop>,
    ) -> Reader {
        let count = (self.options.lanes as usize).clamp(1, leases.len());
        let after = leases.iter().map(|lease| lease.position).min().unwrap_or(Position::START);
        self.shared.lanes_begin(count, after);
        let fed = (0..count).map(|number| {
            let own =
                leases.iter().enumerate().filter(|(lease, _)| lane_of(*lease, count) == number);
            let (told, hears) = watch::channel(Told { given: 0, last: after });
            let lane = Lane {
                running: Arc::clone(self),
                owner: Arc::clone(membership.owner()),
                number,
                held: own.map(|(_, lease)| lease.held).collect(),
                waiting: HashSet::new(),
                done: 0,
                at: after,
                saved: after,
                told: hears,
                stop: stop.clone(),
            };
            let (sender, work) = mpsc::channel(PAGES);
            lanes.spawn(lane.run(work));
            Feeding { work: sender, given: 0, told }
        });
        let fed = fed.collect();
        Reader::new(self, leases, after, fed)
    }

    /// Gives signs of life, until the partitions change.
    async fn keep(
        &self,
        membership: &Membership,
        leases: &[Lease],
        mut renewed: Instant,
        nudged: &mut watch::Receiver<()>,
    ) -> Turn {
        let mut told = None;
        loop {
            if told.is_none_or(|told: Instant| told.elapsed() >= TELL) {
                told = Some(Instant::now());
                self.tell_progress().await;
            }
            tokio::select! {
                () = sleep(self.beat()) => {}
                _ = nudged.changed() => {}
            }
            let began = Instant::now();
            tokio::select! {
                result = membership.renew() => match result {
                    Ok((now, 0)) if alike(&now, leases) => renewed = began,
                    Ok(_) => return Turn::Changed,
                    Err(error) if renewed.elapsed() > self.options.lease => return error.into(),
                    Err(error) => warn!(
                        target: "es_core::subscription",
                        subscriber = self.id, %error, "the leases couldn't be renewed"
                    ),
                },
                // Others may have the partitions by now.
                () = sleep(self.options.lease.saturating_sub(renewed.elapsed())) => return Turn::Lost,
            }
        }
    }

    /// Lets the lanes finish what they have in hand.
    async fn end(&self, membership: &Membership, mut lanes: JoinSet<Stop>, mut turn: Turn) -> Turn {
        // Else others would take what handlers are still busy with.
        let alive = async {
            loop {
                let _ = membership.stay().await;
                sleep(self.beat()).await;
            }
        };
        let finish = async {
            while let Some(ended) = lanes.join_next().await {
                if let (Turn::Changed, ended) = (&turn, reason(Some(ended))) {
                    turn = ended;
                }
            }
        };
        let finish = async {
            tokio::select! {
                biased;
                () = finish => {}
                () = alive => {}
            }
        };
        if timeout(self.grace, finish).await.is_err() {
            warn!(
                target: "es_core::subscription",
                subscriber = self.id, limit = ?self.grace,
                "handlers took longer than the limit when they were to end, and were stopped"
            );
            lanes.shutdown().await;
        }
        turn
    }

    /// Where it can't be found out, that is told by what comes next.
    async fn tell_progress(&self) {
        let overcome = self.shared.overcome();
        let Ok(stored) = self.subscriptions.progress(&self.name).await else { return };
        if stored.waiting_events == 0 {
            self.shared.forget_error(overcome);
        }
        let filter = self.routes.filter();
        if let Ok(status) = status::of(&*self.store, self.id, &filter, stored, None).await {
            observe::progress(self.id, &status);
        }
    }

    fn beat(&self) -> Duration {
        self.options.lease / BEATS
    }
}

/// Why a lane ended.
fn reason(ended: Option<Result<Stop, tokio::task::JoinError>>) -> Turn {
    match ended {
        Some(Ok(stop)) => stop.into(),
        Some(Err(error)) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // Whoever ends the runtime ends them.
            Err(_) => Turn::Lost,
        },
        None => Turn::Lost,
    }
}

fn held(leases: &[Lease]) -> Vec<Held> {
    leases.iter().map(|lease| lease.held).collect()
}

/// Whether these are the same partitions, in the same state. Their positions go on meanwhile.
fn alike(left: &[Lease], right: &[Lease]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(a, b)| (a.held, a.paused) == (b.held, b.paused))
}

async fn stopped_within(stop: &mut watch::Receiver<bool>, time: Duration) -> bool {
    timeout(time, asked(stop)).await.is_ok()
}
