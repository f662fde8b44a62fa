//! How often PostgreSQL is asked for something.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "postgres/proxy.rs"]
mod proxy;
#[path = "postgres/schema.rs"]
mod schema;

use common::{append, load, stream};
use es_core::MessageKey;
use es_core::store::{EventStore, StreamQuery};
use es_sqlx::SqlxEventStore;
use proxy::Proxy;
use schema::Schema;

/// How many requests this takes, once its statements are prepared.
macro_rules! requests {
    ($proxy:expr, $use:expr) => {{
        let before = $proxy.requests();
        $use;
        $proxy.requests() - before
    }};
}

#[tokio::test]
async fn an_append_and_a_load_take_one_round_trip_each() {
    let schema = Schema::new().await;
    let proxy = Proxy::new().await;
    let store = SqlxEventStore::connect(&schema.url_at(&proxy.url())).await.unwrap();
    let message = MessageKey::new("m");
    for (id, counted) in [("first", false), ("second", true)] {
        let mut by_message = append(id, 310, 1);
        by_message.message = Some(message.clone());
        let query = StreamQuery::new(common::TYPE, id).processed(Some(&message));

        let counts = [
            requests!(proxy, store.append(append(id, 0, 10)).await.unwrap()),
            requests!(proxy, store.append(append(id, 10, 300)).await.unwrap()),
            requests!(proxy, store.append(by_message).await.unwrap()),
            requests!(proxy, assert_eq!(stream(&store, id).await.1.len(), 311)),
            requests!(proxy, assert!(load(&store, query).await.unwrap().0.processed)),
            requests!(
                proxy,
                assert!(store.entities(common::TYPE, None, 5).await.unwrap().len() < 3)
            ),
        ];

        if counted {
            assert_eq!(counts, [1; 6]);
        }
    }
}

#[tokio::test]
async fn appends_that_come_together_share_a_round_trip() {
    let schema = Schema::new().await;
    let proxy = Proxy::new().await;
    let store = SqlxEventStore::connect(&schema.url_at(&proxy.url())).await.unwrap();
    for round in 0..3 {
        let appends = (0..100).map(|n| store.append(append(&format!("{round} {n}"), 0, 1)));
        let before = proxy.requests();
        for appended in futures_util::future::join_all(appends).await {
            appended.unwrap();
        }
        let requests = proxy.requests() - before;
        if round > 0 {
            assert!(requests <= 6, "{requests} for 100 appends");
        }
    }
}
