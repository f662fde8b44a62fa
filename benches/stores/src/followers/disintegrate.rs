//! disintegrate: a `PgEventListener` that looks each 50 ms, as in its example.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use disintegrate::serde::json::Json;
use disintegrate::{EventListener, PersistedEvent, StreamQuery, query};
use disintegrate_postgres::{PgEventId, PgEventListener, PgEventListenerConfig};

use crate::contender::Run;
use crate::contenders::disintegrate::{AccountEvent, Store};
use crate::contenders::pool;
use crate::follower::{Follower, Seen};
use crate::place::Place;
use crate::running::Running;

/// How often it looks.
const POLL: Duration = Duration::from_millis(50);

struct Reader {
    query: StreamQuery<PgEventId, AccountEvent>,
    seen: Arc<Seen>,
}

#[async_trait]
impl EventListener<PgEventId, AccountEvent> for Reader {
    type Error = Infallible;

    fn id(&self) -> &'static str {
        "reader"
    }

    fn query(&self) -> &StreamQuery<PgEventId, AccountEvent> {
        &self.query
    }

    async fn handle(
        &self,
        event: PersistedEvent<PgEventId, AccountEvent>,
    ) -> Result<(), Infallible> {
        if let AccountEvent::Deposited { account, number, .. } = &*event {
            self.seen.see(*account, *number);
        }
        Ok(())
    }
}

pub(super) fn open(place: Place) -> Run<'static, Box<dyn Follower>> {
    Box::pin(async move {
        let pool = pool::postgres(&place).await?;
        Ok(Box::new(Listener { pool, running: None }) as Box<dyn Follower>)
    })
}

struct Listener {
    pool: sqlx::PgPool,
    running: Option<Running<disintegrate_postgres::Error>>,
}

impl Follower for Listener {
    fn start(&mut self, seen: Arc<Seen>) -> Run<'_> {
        Box::pin(async move {
            let store = Store::new_uninitialized(self.pool.clone(), Json::default());
            let reader = Reader { query: query!(AccountEvent), seen };
            let listener = PgEventListener::builder(store)
                .register_listener(reader, PgEventListenerConfig::poller(POLL));
            self.running = Some(Running::start(|stopped| listener.start_with_shutdown(stopped)));
            Ok(())
        })
    }

    fn stop(self: Box<Self>) -> Run<'static> {
        Box::pin(async move {
            if let Some(running) = self.running {
                running.stop().await?;
            }
            self.pool.close().await;
            Ok(())
        })
    }
}
