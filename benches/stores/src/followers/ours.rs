//! This library: a subscriber as it is by default.

use std::sync::Arc;

use es_core::prelude::*;
use es_core::subscription::{HandlerError, Subscriptions, SubscriptionsError};
use es_sqlx::SqlxEventStore;
use uuid::Uuid;

use crate::contender::{Failed, Run};
use crate::contenders::ours::{Deposited, connect};
use crate::follower::{Follower, Seen};
use crate::place::Place;
use crate::running::Running;

struct Reader(Arc<Seen>);

#[event_subscriber(id = "reader")]
impl Reader {
    #[event_handler]
    async fn deposited(&self, cx: EventHandlerContext<'_, Deposited>) -> Result<(), HandlerError> {
        let account: Uuid = cx.entity_id().parse().map_err(HandlerError::permanent)?;
        self.0.see(account, cx.event().number);
        Ok(())
    }
}

pub(super) fn open(place: Place) -> Run<'static, Box<dyn Follower>> {
    Box::pin(async move {
        let store = connect(SqlxEventStore::builder(), &place).await?;
        // Where there are other readers, events have their positions by the time that a new one comes. What it takes
        // to give them is measured by itself.
        store.feed_end().await.map_err(Failed::other)?;
        Ok(Box::new(Ours { store, running: None }) as Box<dyn Follower>)
    })
}

struct Ours {
    store: SqlxEventStore,
    running: Option<Running<SubscriptionsError>>,
}

impl Follower for Ours {
    fn start(&mut self, seen: Arc<Seen>) -> Run<'_> {
        Box::pin(async move {
            let subscriptions = Subscriptions::new(self.store.clone()).subscribe(Reader(seen));
            self.running = Some(Running::start(|stopped| subscriptions.run(stopped)));
            Ok(())
        })
    }

    fn stop(self: Box<Self>) -> Run<'static> {
        Box::pin(async move {
            match self.running {
                Some(running) => running.stop().await,
                None => Ok(()),
            }
        })
    }
}
