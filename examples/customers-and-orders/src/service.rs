use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use es_core::subscription::{SubscriberOptions, Subscriptions, SubscriptionsError};
use es_core::{AggregateRepository, EventSubscriber};
use es_sqlx::SqlxEventStore;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::history::{Database, OrderHistory, Reader};
use crate::saga::{CreditReservation, OrderApproval};
use crate::web::{self, App};

/// For how long requests and handlers may still work when the service stops.
const GRACE: Duration = Duration::from_secs(10);

/// What a service runs on.
#[derive(Clone)]
pub struct Options {
    /// The address of the database: `sqlite://FILE`, `postgres://…`, `mysql://…`.
    pub database: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// After how long without a sign of life others take over what a process had in hand.
    pub lease: Duration,
}

/// Without the database's address, which may hold a password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

/// The subscribers of the saga and of the view, and an HTTP API. Any number of processes may run one on a database.
pub struct Service {
    listener: TcpListener,
    router: Router,
    subscriptions: Subscriptions,
    stop: watch::Sender<bool>,
}

impl Service {
    /// Opens the database, makes its tables, and takes the address. Nothing is answered until [`run`](Self::run).
    ///
    /// # Errors
    /// The database can't be opened, or the address is taken.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let store = SqlxEventStore::connect(&options.database).await.context("the event store")?;
        let database = Database::open(&options.database).await.context("the order history")?;
        let customers = AggregateRepository::new(store.clone());
        let orders = AggregateRepository::new(store.clone());

        let with_lease = |subscriber: SubscriberOptions| subscriber.lease(options.lease);
        let reservation =
            CreditReservation { customers: customers.clone(), orders: orders.clone() };
        let approval = OrderApproval { orders: orders.clone() };
        let history = OrderHistory { database: database.clone() };
        let subscriptions = Subscriptions::new(store.clone())
            .subscribe_with(reservation, with_lease(CreditReservation::OPTIONS))
            .subscribe_with(approval, with_lease(OrderApproval::OPTIONS))
            .subscribe_with(history, with_lease(OrderHistory::OPTIONS))
            .grace(GRACE);

        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("listening on {}", options.listen))?;
        let (stop, stopping) = watch::channel(false);
        let app = App {
            store,
            customers,
            orders,
            history: Reader::new(database),
            control: subscriptions.control(),
            stopping,
        };
        Ok(Service { listener, router: web::router(app), subscriptions, stop })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The operating system doesn't say.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Works until `shutdown` ends; then finishes what is in hand.
    ///
    /// # Errors
    /// A subscriber couldn't be started, or the server failed.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let Service { listener, router, subscriptions, stop } = self;
        let mut subscribers: JoinHandle<Result<(), SubscriptionsError>> =
            tokio::spawn(subscriptions.run(stopped(stop.subscribe())));
        let server =
            axum::serve(listener, router).with_graceful_shutdown(stopped(stop.subscribe()));
        let mut server = tokio::spawn(server.into_future());
        let ended = tokio::select! {
            () = shutdown => None,
            ended = &mut subscribers => Some(ended?.context("the subscribers")),
            ended = &mut server => Some(ended?.context("the server")),
        };
        stop.send_replace(true);
        if let Some(ended) = ended {
            return ended;
        }
        // Clients that don't let go of their connections aren't waited for.
        match timeout(GRACE, server).await {
            Ok(served) => served?.context("the server")?,
            Err(_) => tracing::warn!("requests are still under way after {GRACE:?}"),
        }
        subscribers.await?.context("the subscribers")
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("listener", &self.listener)
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the service is gone.
    _ = stopping.wait_for(|stopping| *stopping).await;
}
