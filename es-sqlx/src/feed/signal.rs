use std::sync::Arc;
use std::time::{Duration, Instant};

use es_core::store::FeedSignal;
use futures_core::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Feed, Source};

/// After so many times the shortest pause without an event, it gets longer.
const STEADY: u32 = 50;

/// Waits for the end of a feed to move: at once after a commit of this process, or what else the store hears of; by
/// looking again and again for others.
pub(super) struct Signal<S> {
    feed: Arc<Feed<S>>,
    grown: watch::Receiver<u64>,
    /// The number that was told last and looked into. It is only changed when that is over, so that nothing is missed
    /// where a wait is dropped.
    heard: u64,
    /// The end that was seen last.
    end: u64,
    moved: Instant,
}

impl<S: Source> Signal<S> {
    pub(super) fn new(feed: Arc<Feed<S>>) -> Self {
        let grown = feed.growth.watch();
        let heard = *grown.borrow();
        Signal { feed, grown, heard, end: 0, moved: Instant::now() }
    }

    async fn wait(&mut self) {
        loop {
            let heard = self.heard;
            let pause = self.pause();
            let _ = timeout(pause, self.grown.wait_for(|number| *number != heard)).await;
            let told = *self.grown.borrow();
            match self.feed.sequence().await {
                Ok(end) if end == self.end => self.heard = told,
                Ok(end) => {
                    (self.end, self.heard, self.moved) = (end, told, Instant::now());
                    return;
                }
                // The reader gets the error, when he reads.
                Err(_) => {
                    sleep(S::PAUSES.1).await;
                    self.heard = told;
                    return;
                }
            }
        }
    }

    fn pause(&self) -> Duration {
        let (shortest, longest) = S::PAUSES;
        (self.moved.elapsed() / STEADY).clamp(shortest, longest)
    }
}

impl<S: Source> FeedSignal for Signal<S> {
    fn changed(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(self.wait())
    }
}
