use axum::Json;
use axum::extract::State;
use axum::response::Response;
use es_core::{Id, Persisted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use super::consistency::Seen;
use super::extract::{Body, InPath, InQuery};
use super::idempotency::{IdempotencyKey, key_of_another_request};
use super::orders::Orders;
use super::paging::Paging;
use super::problem::{BodyRefused, Failed, FieldError, ListRefused, Problem, ProblemSchema};
use super::written::created;
use crate::domain::customer::CreateCustomer;
use crate::domain::{Customer, Money};
use crate::history::CustomerRow;

const LONGEST_NAME: usize = 200;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show))
        .routes(routes!(list_orders))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCustomer {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// In cents.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    credit_limit: u64,
}

/// A customer. Amounts are in cents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(super) struct CustomerBody {
    #[schema(format = Uuid)]
    id: String,
    name: String,
    credit_limit: i64,
    /// What is set aside for orders.
    reserved: i64,
    /// How many events led to this state.
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Customers {
    customers: Vec<CustomerBody>,
    /// The `before` of the next page, if there is one.
    #[schema(required)]
    next: Option<i64>,
}

/// Creates a customer.
#[utoipa::path(
    post, path = "/customers", tag = "customers", operation_id = "createCustomer",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeated, it finds what the first request of this path created; with other fields it is an error.")),
    request_body = NewCustomer,
    responses(
        (status = CREATED, body = CustomerBody,
            headers(("Location" = String), ("Consistency-Token" = String), ("Idempotency-Replayed" = Option<bool>))),
        BodyRefused, Failed,
    ),
)]
async fn create(
    State(app): State<App>,
    key: IdempotencyKey,
    Body(new): Body<NewCustomer>,
) -> Result<Response, Problem> {
    let command = new.command()?;
    let customer = key.on_save(app.customers.save(command.clone())).await?;
    if (&customer.name, customer.credit_limit) != (&command.name, command.credit_limit) {
        return Err(key_of_another_request());
    }
    created(&customer, "/customers", CustomerBody::from(&customer))
}

/// Shows a customer, as it is now.
#[utoipa::path(
    get, path = "/customers/{id}", tag = "customers", operation_id = "showCustomer", params(("id" = String, Path, format = Uuid)),
    responses(
        (status = OK, body = CustomerBody),
        (status = NOT_FOUND, body = ProblemSchema, content_type = "application/problem+json"),
        Failed,
    ),
)]
async fn show(
    State(app): State<App>,
    InPath(id): InPath<Id<Customer>>,
) -> Result<Json<CustomerBody>, Problem> {
    Ok(Json(CustomerBody::from(&app.customers.find(&id).await?)))
}

/// Lists customers, the newest first, from the view, which follows within milliseconds.
#[utoipa::path(
    get, path = "/customers", tag = "customers", operation_id = "listCustomers",
    params(Paging, ("Consistency-Token" = Option<String>, Header, description = "Waits until the list shows that change.")),
    responses((status = OK, body = Customers), ListRefused, Failed),
)]
async fn list(
    State(app): State<App>,
    seen: Seen,
    InQuery(paging): InQuery<Paging>,
) -> Result<Json<Customers>, Problem> {
    seen.in_view(&app).await?;
    let page = app.history.customers(paging.before, paging.limit()?).await?;
    let customers = page.rows.into_iter().map(CustomerBody::from).collect();
    Ok(Json(Customers { customers, next: page.next }))
}

/// Lists the orders of a customer, the newest first, from the view.
#[utoipa::path(
    get, path = "/customers/{id}/orders", tag = "customers", operation_id = "listOrdersOfCustomer",
    params(
        ("id" = String, Path, format = Uuid), Paging,
        ("Consistency-Token" = Option<String>, Header, description = "Waits until the list shows that change."),
    ),
    responses((status = OK, body = Orders), ListRefused, Failed),
)]
async fn list_orders(
    State(app): State<App>,
    seen: Seen,
    InPath(id): InPath<Id<Customer>>,
    InQuery(paging): InQuery<Paging>,
) -> Result<Json<Orders>, Problem> {
    seen.in_view(&app).await?;
    Ok(Json(app.history.orders_of(&id, paging.before, paging.limit()?).await?.into()))
}

impl NewCustomer {
    fn command(self) -> Result<CreateCustomer, Problem> {
        let NewCustomer { name, credit_limit } = self;
        let mut errors = Vec::new();
        let name = name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
            errors.push(FieldError::new("name", format!("1 to {LONGEST_NAME} characters")));
        }
        // PostgreSQL has no text with a NUL, and a list shows none of the others.
        if name.chars().any(char::is_control) {
            errors.push(FieldError::new("name", "no control characters"));
        }
        let credit_limit = Money::try_from(credit_limit).unwrap_or_else(|error| {
            errors.push(FieldError::new("credit_limit", error.to_string()));
            Money::ZERO
        });
        match errors.is_empty() {
            true => Ok(CreateCustomer { name: name.to_owned(), credit_limit }),
            false => Err(Problem::of_fields(errors)),
        }
    }
}

impl From<&Persisted<Customer>> for CustomerBody {
    fn from(customer: &Persisted<Customer>) -> Self {
        CustomerBody {
            id: customer.id().to_string(),
            name: customer.name.clone(),
            credit_limit: customer.credit_limit.as_i64(),
            reserved: customer.reserved().as_i64(),
            version: customer.version().get().try_into().unwrap_or(i64::MAX),
        }
    }
}

impl From<CustomerRow> for CustomerBody {
    fn from(row: CustomerRow) -> Self {
        let CustomerRow { id, name, credit_limit, reserved, changes, .. } = row;
        CustomerBody { id, name, credit_limit, reserved, version: changes }
    }
}
