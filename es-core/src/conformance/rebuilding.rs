//! Views that are built anew beside the live one and take its place. Stores without transactions, a feed or what is kept of
//! subscribers pass without being tried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use super::Store;
use super::domain::*;
use super::fixture::assert_refused;
use super::watcher::*;
use crate::store::StoreError;
use crate::subscription::{HandlerError, OnFailure, Rebuild, RebuildError, StoredProgress};
use crate::{Failure, Id, RetryPolicy, Transaction};

/// The new view takes the place of the old one in one step, while that is live, and the subscriber goes on from there.
pub async fn a_rebuilt_view_takes_the_place_of_the_live_one(store: Store) {
    let Some(views) = Views::of(&store).await else { return };
    let live = Run::of(subscriptions(&store).subscribe_with(views.live(), quick()));
    live.control.caught_up(Sum::ID).await.expect("it is one of them");
    let wrong = total(&store, &views.old).await;
    assert_eq!(wrong, 45);
    views
        .rebuild(|_| Ok(()))
        .run(async |tx| views.show_new(tx).await)
        .await
        .expect("it is rebuilt");
    assert_eq!((views.shown().await, total(&store, &views.new).await), (views.new, 45));
    let subscriptions = store.subscriptions().expect("it runs subscribers");
    let left = subscriptions.progress(&Rebuild::name(Sum::ID)).await.expect("progress");
    assert_eq!(left, StoredProgress::default());

    let changed = tallies(&store).update(&views.tally, Add::new(100)).await.expect("it is updated");
    let handled = live.control.wait_for(Sum::ID, &changed.token(), LIMIT).await;
    handled.expect("the live one goes on");
    assert_eq!(total(&store, &views.old).await, 145);
    live.stop().await;
}

/// What was broken off goes on where it was, and does nothing twice.
pub async fn a_rebuild_that_was_broken_off_goes_on(store: Store) {
    let Some(views) = Views::of(&store).await else { return };
    for stuck in [4, 8] {
        let tries = Arc::new(AtomicU32::new(0));
        let rebuild = views.rebuild({
            let tries = Arc::clone(&tries);
            move |seen| match seen.amount == stuck {
                true => {
                    tries.fetch_add(1, Relaxed);
                    Err(HandlerError::new("it can't be handled yet"))
                }
                false => Ok(()),
            }
        });
        // The third time it is alone, so what came before it is stored.
        let ended = tokio::select! {
            ended = rebuild.run(async |tx| views.show_new(tx).await) => Some(ended),
            () = async { until!(tries.load(Relaxed) >= 3); } => None,
        };
        assert!(ended.is_none(), "it is broken off: {ended:?}");
    }
    let rebuild = views.rebuild(|_| Ok(()));
    rebuild.run(async |tx| views.show_new(tx).await).await.expect("it is rebuilt");
    assert_eq!((views.shown().await, total(&store, &views.new).await), (views.new, 45));
}

/// What waited since its handler failed is tried again by the next run, and then the view is whole.
pub async fn a_rebuild_tries_again_what_waited(store: Store) {
    let Some(views) = Views::of(&store).await else { return };
    for on_failure in [OnFailure::Park, OnFailure::Block] {
        let fails = views.beside(|seen| match seen.amount {
            7 => Err(HandlerError::permanent("it can't be handled")),
            _ => Ok(()),
        });
        let options = quick().on_failure(on_failure);
        let rebuild = Rebuild::with(Arc::clone(&store), fails, options).knowing::<Tally>();
        assert_refused!(
            rebuild.run(async |tx| views.show_new(tx).await).await,
            RebuildError::Waiting { events: 3 }
        );
    }
    let fixed = views.rebuild(|_| Ok(()));
    fixed.run(async |tx| views.show_new(tx).await).await.expect("it is rebuilt");
    assert_eq!((views.shown().await, total(&store, &views.new).await), (views.new, 45));
}

/// One that is to begin anew makes the whole view again, wherever the last run ended.
pub async fn a_rebuild_can_begin_anew(store: Store) {
    let Some(mut views) = Views::of(&store).await else { return };
    let swap = async |_: &mut Transaction| Err(StoreError::Unsupported("tables"));
    assert_refused!(views.rebuild(|_| Ok(())).run(swap).await, RebuildError::Swap(_));
    assert_eq!(total(&store, &views.new).await, 45);

    let half = views.new;
    views.new = *tallies(&store).save(start("empty", [])).await.expect("saved").id();
    let sum = views.beside(|_| Ok(())).but(half);
    let rebuild = Rebuild::with(Arc::clone(&store), sum, quick()).knowing::<Tally>();
    rebuild.anew().run(async |tx| views.show_new(tx).await).await.expect("it is rebuilt");
    assert_eq!((views.shown().await, total(&store, &views.new).await), (views.new, 45));
}

/// A live subscriber that is paused stays paused when its view is replaced, and others go on.
pub async fn a_paused_subscriber_stays_paused_with_its_new_view(store: Store) {
    let Some(views) = Views::of(&store).await else { return };
    let kept = store.subscriptions().expect("it runs subscribers");
    for paused in [true, false] {
        let live = Run::of(subscriptions(&store).subscribe_with(views.live(), quick()));
        live.control.caught_up(Sum::ID).await.expect("it is one of them");
        live.stop().await;
        kept.set_paused(Sum::ID, paused).await.expect("paused");
        views
            .rebuild(|_| Ok(()))
            .run(async |_: &mut Transaction| Ok::<_, StoreError>(()))
            .await
            .expect("it is rebuilt");
        assert_eq!(progress(&store).await.paused, paused);
        kept.set_paused(Sum::ID, false).await.expect("it goes on");
    }
}

/// Where the view can't be put in place, or isn't whole, or a handler may do more than write it, the old one stays.
pub async fn a_view_that_cannot_be_replaced_stays(store: Store) {
    let Some(views) = Views::of(&store).await else { return };
    let live = Run::of(subscriptions(&store).subscribe_with(views.live(), quick()));
    live.control.caught_up(Sum::ID).await.expect("it is one of them");
    live.stop().await;
    let before = progress(&store).await;

    let watcher = Rebuild::with(Arc::clone(&store), Watcher::new(), quick()).knowing::<Tally>();
    let refused = watcher.run(async |tx| views.show_new(tx).await).await;
    assert_refused!(refused, RebuildError::Outside { handler: "started" });

    let options = quick().on_failure(OnFailure::Park);
    let fails = views.beside(|seen| match seen.amount {
        7 => Err(HandlerError::permanent("it can't be handled")),
        _ => Ok(()),
    });
    let rebuild = Rebuild::with(Arc::clone(&store), fails, options).knowing::<Tally>();
    assert_refused!(
        rebuild.run(async |tx| views.show_new(tx).await).await,
        RebuildError::Waiting { events: 3 }
    );
    assert_eq!((views.shown().await, progress(&store).await), (views.old, before.clone()));
    let subscriptions = store.subscriptions().expect("it runs subscribers");
    subscriptions.remove(&Rebuild::name(Sum::ID)).await.expect("it is forgotten");

    let swap = async |_: &mut Transaction| Err(StoreError::Unsupported("tables"));
    assert_refused!(views.rebuild(|_| Ok(())).run(swap).await, RebuildError::Swap(_));
    assert_eq!((views.shown().await, progress(&store).await), (views.old, before));
}

/// A tally of 9 additions, and two views of it: tallies too, of which a label says which one is shown.
struct Views {
    store: Store,
    tally: Id<Tally>,
    old: Id<Tally>,
    new: Id<Tally>,
}

impl Views {
    async fn of(store: &Store) -> Option<Self> {
        if !runs(store) || !store.capabilities().transactions {
            return None;
        }
        let save =
            async |name: &str| *tallies(store).save(start(name, [])).await.expect("saved").id();
        let (tally, old, new) = (save("tally").await, save("old").await, save("new").await);
        for amount in 1..=9 {
            tallies(store).update(&tally, Add::new(amount)).await.expect("it is updated");
        }
        let shown = Stick(old.to_string());
        labels(store).save_as("shown".into(), shown).await.expect("it is saved");
        Some(Views { store: Arc::clone(store), tally, old, new })
    }

    fn live(&self) -> Sum {
        Sum::new(&self.store, self.old, |_| Ok(())).but(self.new)
    }

    fn beside(
        &self,
        behave: impl Fn(&Seen) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Sum {
        Sum::new(&self.store, self.new, behave).but(self.old)
    }

    fn rebuild(
        &self,
        behave: impl Fn(&Seen) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Rebuild {
        let short = Duration::from_millis(1);
        let patient = RetryPolicy::attempts(10_000).backoff(short, short);
        let options = quick().batch(3).lease(Duration::from_millis(100)).retry(patient);
        Rebuild::with(Arc::clone(&self.store), self.beside(behave), options).knowing::<Tally>()
    }

    /// Shows the new one.
    async fn show_new(&self, transaction: &mut Transaction) -> Result<(), Failure> {
        let (labels, id) = (labels(&self.store), "shown".to_owned());
        labels.within(transaction).update(&id, Rewrite(self.new.to_string())).await?;
        Ok(())
    }

    async fn shown(&self) -> Id<Tally> {
        let shown = labels(&self.store).find(&"shown".to_owned()).await.expect("it is found");
        shown.text.parse().expect("an id")
    }
}

async fn progress(store: &Store) -> StoredProgress {
    let subscriptions = store.subscriptions().expect("it runs subscribers");
    subscriptions.progress(Sum::ID).await.expect("progress")
}

async fn total(store: &Store, id: &Id<Tally>) -> u64 {
    tallies(store).find(id).await.expect("it is found").total
}
