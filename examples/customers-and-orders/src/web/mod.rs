//! The HTTP API, and a page on it.

mod consistency;
mod customers;
mod extract;
mod idempotency;
mod orders;
mod page;
mod paging;
mod problem;
mod stream;
mod subscribers;
mod written;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use es_core::AggregateRepository;
use es_core::subscription::SubscriptionControl;
use es_sqlx::SqlxEventStore;
use tokio::sync::watch;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use self::problem::Problem;
use crate::domain::{Customer, Order};
use crate::history::Reader;

/// What requests are answered with.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: SqlxEventStore,
    pub(crate) customers: AggregateRepository<Customer>,
    pub(crate) orders: AggregateRepository<Order>,
    pub(crate) history: Reader,
    pub(crate) control: SubscriptionControl,
    /// Becomes true when the service stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Customers and orders",
        description = "Customers with a credit limit, and their orders. Amounts are in cents.",
    ),
    tags((name = "customers"), (name = "orders"), (name = "operation")),
)]
struct Document;

pub(crate) fn router(app: App) -> Router {
    let (api, document) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(customers::router())
        .merge(orders::router())
        .merge(stream::router())
        .merge(subscribers::router())
        .split_for_parts();
    let document = Arc::new(document);
    api.route("/openapi.json", get(async move || Json(document)))
        .merge(page::router())
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "There is nothing at this path."))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This path takes another method.")
        })
        .with_state(app)
}
