//! Subscriptions at work beside a test, until it stops them.

use es_core::subscription::{SubscriptionControl, Subscriptions, SubscriptionsError};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Run {
    pub(crate) control: SubscriptionControl,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<Result<(), SubscriptionsError>>,
}

impl Run {
    pub(crate) fn of(subscriptions: Subscriptions) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let control = subscriptions.control();
        let run = subscriptions.run(async {
            let _ = stopped.await;
        });
        Run { control, stop, task: tokio::spawn(run) }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}
