use std::sync::Arc;

use tokio::sync::watch;

/// Tells readers of this process that the feed may have grown, by a number that rises.
#[derive(Clone, Default)]
pub(crate) struct Growth(Arc<watch::Sender<u64>>);

impl Growth {
    /// Tells it when the guard is dropped, also where a commit isn't waited for any more.
    pub(crate) fn told_at_the_end(&self) -> Told<'_> {
        Told(self)
    }

    pub(crate) fn tell(&self) {
        self.0.send_modify(|number| *number += 1);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

#[must_use]
pub(crate) struct Told<'a>(&'a Growth);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.tell();
    }
}
