use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{PgPool, Postgres};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::feed::Growth;
use crate::postgres::Connections;

/// How long to wait for a server that isn't there. Readers look for themselves meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// A task that listens on a connection of its own, as long as the store is there.
pub(super) struct Listener(JoinHandle<()>);

impl Listener {
    pub(super) fn start(connections: &Connections, channel: &str, growth: &Growth) -> Self {
        let pool = connections.pool().clone();
        let (channel, growth) = (channel.to_owned(), growth.clone());
        let listening = async move {
            loop {
                // What goes wrong is tried again; nobody depends on it.
                let _ = listen(&pool, &channel, &growth).await;
                sleep(PAUSE).await;
            }
        };
        Listener(connections.runtime().spawn(listening))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn listen(pool: &PgPool, channel: &str, growth: &Growth) -> Result<(), sqlx::Error> {
    let options = (*pool.connect_options()).clone();
    let own: PgPool = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options);
    let schema: String =
        sqlx::query_scalar::<Postgres, _>("SELECT current_schema()::text").fetch_one(pool).await?;
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen(channel).await?;
    loop {
        match listener.try_recv().await? {
            Some(told) if told.payload() != schema => {}
            // Also after the connection was lost: something may have been told meanwhile.
            _ => growth.tell(),
        }
    }
}
