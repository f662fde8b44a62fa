use std::error::Error;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::contender::Failed;

/// A task that runs until it is told to stop.
pub(crate) struct Running<E> {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), E>>,
}

impl<E: Into<Box<dyn Error + Send + Sync>> + Send + 'static> Running<E> {
    /// Starts what ends after the future that it is given has ended.
    pub(crate) fn start<F>(run: impl FnOnce(BoxFuture<'static, ()>) -> F) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = Box::pin(async { stopped.await.unwrap_or_default() });
        Running { stop, task: tokio::spawn(run(stopped)) }
    }

    pub(crate) async fn stop(self) -> Result<(), Failed> {
        // It may have ended by itself.
        let _ = self.stop.send(());
        self.task.await.map_err(Failed::other)?.map_err(Failed::other)
    }
}
