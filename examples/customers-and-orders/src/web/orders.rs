use axum::Json;
use axum::extract::State;
use axum::response::Response;
use es_core::{EventId, Id, Metadata, Persisted};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use super::consistency::Seen;
use super::extract::{Body, InPath, InQuery};
use super::idempotency::{IdempotencyKey, key_of_another_request};
use super::paging::Paging;
use super::problem::{BodyRefused, Failed, FieldError, ListRefused, Problem, ProblemSchema};
use super::written::{changed, created};
use crate::domain::order::{CancelOrder, CreateOrder};
use crate::domain::{Customer, Money, Order};
use crate::history::{OrderRow, Page};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show))
        .routes(routes!(cancel))
        .routes(routes!(events))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrder {
    #[schema(value_type = String, format = Uuid)]
    customer_id: Id<Customer>,
    /// In cents.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    total: u64,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderBody {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    customer_id: String,
    /// In cents.
    total: i64,
    #[schema(value_type = StateName)]
    state: String,
    /// Why it was rejected.
    #[schema(required, value_type = Option<ReasonName>)]
    reason: Option<String>,
    /// How many events led to this state.
    version: i64,
}

/// The names of states.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderState)]
#[allow(dead_code, reason = "describes the state in the OpenAPI document")]
enum StateName {
    Pending,
    Approved,
    Rejected,
    Cancelled,
}

/// The names of reasons.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RejectionReason)]
#[allow(dead_code, reason = "describes the reason in the OpenAPI document")]
enum ReasonName {
    InsufficientCredit,
    UnknownCustomer,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Orders {
    orders: Vec<OrderBody>,
    /// The `before` of the next page, if there is one.
    #[schema(required)]
    next: Option<i64>,
}

/// An event of an order's history.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordedEvent {
    version: u64,
    event_type: &'static str,
    #[schema(value_type = Object)]
    data: Box<RawValue>,
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Who, why, and what it follows from.
    #[schema(value_type = Object)]
    metadata: Metadata,
    #[schema(value_type = String, format = Uuid)]
    event_id: EventId,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RecordedEvents {
    events: Vec<RecordedEvent>,
}

/// Places an order. It is pending until the customer's credit is reserved, which takes milliseconds.
#[utoipa::path(
    post, path = "/orders", tag = "orders", operation_id = "createOrder",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeated, it finds what the first request of this path created; with other fields it is an error.")),
    request_body = NewOrder,
    responses(
        (status = CREATED, body = OrderBody,
            headers(("Location" = String), ("Consistency-Token" = String), ("Idempotency-Replayed" = Option<bool>))),
        BodyRefused, Failed,
    ),
)]
async fn create(
    State(app): State<App>,
    key: IdempotencyKey,
    Body(new): Body<NewOrder>,
) -> Result<Response, Problem> {
    let command = new.command()?;
    let order = key.on_save(app.orders.save(command.clone())).await?;
    if (order.customer_id, order.total) != (command.customer_id, command.total) {
        return Err(key_of_another_request());
    }
    created(&order, "/orders", OrderBody::from(&order))
}

/// Shows an order, as it is now.
#[utoipa::path(
    get, path = "/orders/{id}", tag = "orders", operation_id = "showOrder", params(("id" = String, Path, format = Uuid)),
    responses(
        (status = OK, body = OrderBody),
        (status = NOT_FOUND, body = ProblemSchema, content_type = "application/problem+json"),
        Failed,
    ),
)]
async fn show(
    State(app): State<App>,
    InPath(id): InPath<Id<Order>>,
) -> Result<Json<OrderBody>, Problem> {
    Ok(Json(OrderBody::from(&app.orders.find(&id).await?)))
}

/// Lists orders, the newest first, from the view, which follows within milliseconds.
#[utoipa::path(
    get, path = "/orders", tag = "orders", operation_id = "listOrders",
    params(Paging, ("Consistency-Token" = Option<String>, Header, description = "Waits until the list shows that change.")),
    responses((status = OK, body = Orders), ListRefused, Failed),
)]
async fn list(
    State(app): State<App>,
    seen: Seen,
    InQuery(paging): InQuery<Paging>,
) -> Result<Json<Orders>, Problem> {
    seen.in_view(&app).await?;
    Ok(Json(app.history.orders(paging.before, paging.limit()?).await?.into()))
}

/// Cancels an order. The credit that was reserved for it is released.
#[utoipa::path(
    post, path = "/orders/{id}/cancellation", tag = "orders", operation_id = "cancelOrder",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated for this order, it finds what the first request did."),
    ),
    responses(
        (status = OK, body = OrderBody, headers(("Consistency-Token" = String), ("Idempotency-Replayed" = Option<bool>))),
        (status = NOT_FOUND, body = ProblemSchema, content_type = "application/problem+json"),
        (status = CONFLICT, body = ProblemSchema, content_type = "application/problem+json",
            description = "It is rejected or cancelled."),
        Failed,
    ),
)]
async fn cancel(
    State(app): State<App>,
    key: IdempotencyKey,
    InPath(id): InPath<Id<Order>>,
) -> Result<Response, Problem> {
    let order = key.on_update(app.orders.update(&id, CancelOrder)).await?;
    changed(&order, OrderBody::from(&order))
}

/// Shows what happened to an order, who did it, and what it follows from.
#[utoipa::path(
    get, path = "/orders/{id}/events", tag = "orders", operation_id = "showHistoryOfOrder", params(("id" = String, Path, format = Uuid)),
    responses(
        (status = OK, body = RecordedEvents),
        (status = NOT_FOUND, body = ProblemSchema, content_type = "application/problem+json"),
        Failed,
    ),
)]
async fn events(
    State(app): State<App>,
    InPath(id): InPath<Id<Order>>,
) -> Result<Json<RecordedEvents>, Problem> {
    let history = app.orders.history(&id).await?;
    let events = history
        .map_err(Problem::from)
        .and_then(async |event| {
            Ok(RecordedEvent {
                version: event.version().get(),
                event_type: event.event_type(),
                data: RawValue::from_string(event.json().to_owned()).map_err(Problem::internal)?,
                recorded_at: event.recorded_at().to_string(),
                metadata: event.metadata().clone(),
                event_id: event.id(),
            })
        })
        .try_collect()
        .await?;
    Ok(Json(RecordedEvents { events }))
}

impl NewOrder {
    fn command(self) -> Result<CreateOrder, Problem> {
        let NewOrder { customer_id, total } = self;
        let wrong = |message: String| Problem::of_fields(vec![FieldError::new("total", message)]);
        match Money::try_from(total) {
            Ok(Money::ZERO) => Err(wrong("more than 0".into())),
            Ok(total) => Ok(CreateOrder { customer_id, total }),
            Err(error) => Err(wrong(error.to_string())),
        }
    }
}

impl From<&Persisted<Order>> for OrderBody {
    fn from(order: &Persisted<Order>) -> Self {
        OrderBody {
            id: order.id().to_string(),
            customer_id: order.customer_id.to_string(),
            total: order.total.as_i64(),
            state: order.state.name().to_owned(),
            reason: order.state.reason().map(|reason| reason.name().to_owned()),
            version: order.version().get().try_into().unwrap_or(i64::MAX),
        }
    }
}

impl From<OrderRow> for OrderBody {
    fn from(row: OrderRow) -> Self {
        let OrderRow { id, customer_id, total, state, reason, changes, .. } = row;
        OrderBody { id, customer_id, total, state, reason, version: changes }
    }
}

impl From<Page<OrderRow>> for Orders {
    fn from(page: Page<OrderRow>) -> Self {
        Orders { orders: page.rows.into_iter().map(OrderBody::from).collect(), next: page.next }
    }
}
