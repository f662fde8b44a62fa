mod bench;
mod outcome;
mod recorder;
mod scenario;
mod then;

use self::bench::Bench;
pub use self::scenario::{SubscriberScenario, SubscriberWhen};
pub use self::then::SubscriberThen;
use crate::{EventStore, EventSubscriber, MemoryEventStore};

/// A subscriber on an empty [`MemoryEventStore`], which `make` is given for its repositories.
///
/// [`Subscriptions`](crate::subscription::Subscriptions) delivers the events, as in a program: in lanes, in batches, with
/// retries. A scenario that is awaited goes on until each event is handled or has failed for good, events that follow
/// from the subscriber's own commands with them; then the subscriber is stopped. So nothing changes while a test looks,
/// and a test waits for nothing.
///
/// Under a paused clock (tokio's feature `test-util`) retries take no time, and the waits between them are exact: each
/// is as long as the policy allows, not of random length.
///
/// ```standalone_crate
/// use std::time::Duration;
///
/// use es_core::prelude::*;
/// use es_core::testing::subscriber;
/// # #[derive(Clone, Command)]
/// # pub struct Reserve { pub order: Id<Order>, pub total: u32 }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct CustomerCreated { pub limit: u32 }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct CreditReserved { pub order: Id<Order>, pub total: u32 }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct OrderCreated { pub customer: Id<Customer>, pub total: u32 }
/// # #[derive(Debug, PartialEq, thiserror::Error)]
/// # #[error("the credit of {0} isn't enough")]
/// # pub struct CreditExceeded(pub u32);
/// # pub struct Customer { credit: u32 }
/// # #[aggregate]
/// # impl Customer {
/// #     #[command_handler]
/// #     fn reserve(&self, command: Reserve) -> Result<CreditReserved, CreditExceeded> {
/// #         let Reserve { order, total } = command;
/// #         self.credit.checked_sub(total).ok_or(CreditExceeded(self.credit))?;
/// #         Ok(CreditReserved { order, total })
/// #     }
/// #     #[event_handler]
/// #     fn created(event: CustomerCreated) -> Self { Customer { credit: event.limit } }
/// #     #[event_handler]
/// #     fn reserved(&mut self, event: CreditReserved) { self.credit -= event.total; }
/// # }
/// # pub struct Order;
/// # #[aggregate]
/// # impl Order {
/// #     #[event_handler]
/// #     fn created(_: OrderCreated) -> Self { Order }
/// # }
///
/// struct CreditSubscriber { customers: AggregateRepository<Customer> }
///
/// #[event_subscriber(id = "credit", on_failure = park)]
/// impl CreditSubscriber {
///     #[event_handler]
///     async fn reserve(
///         &self,
///         cx: EventHandlerContext<'_, OrderCreated>,
///     ) -> Result<(), RepositoryError<CreditExceeded>> {
///         let OrderCreated { customer, total } = *cx.event();
///         let order = cx.id::<Order>()?;
///         cx.update(&self.customers, &customer, Reserve { order, total }).await?;
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// // In a test: #[tokio::test(start_paused = true)]
/// let (customer, order) = (Id::<Customer>::new(), Id::<Order>::new());
/// let credit = || subscriber(|store| CreditSubscriber { customers: AggregateRepository::new(store) })
///     .given(&customer, [CustomerCreated { limit: 100 }]);
///
/// credit()
///     .when(&order, [OrderCreated { customer, total: 30 }])
///     .redelivered() // changes nothing
///     .await
///     .then(&customer, [CreditReserved { order, total: 30 }])
///     .then_nothing_else();
///
/// credit()
///     .when(&order, [OrderCreated { customer, total: 130 }])
///     .await
///     .then_attempts(3)
///     .then_waits([Duration::from_millis(100), Duration::from_millis(200)])
///     .then_error(CreditExceeded(100))
///     .then_parked(&order, [OrderCreated { customer, total: 130 }]);
/// # }
/// ```
pub fn subscriber<S: EventSubscriber>(
    make: impl FnOnce(MemoryEventStore) -> S,
) -> SubscriberScenario<S> {
    subscriber_on(MemoryEventStore::new(), make)
}

/// The same on a store of the test's own, such as SQLite in memory for handlers that take its transaction. What they
/// wrote there the test reads by its own queries, when the scenario has been awaited. The subscriber begins anew: what the
/// store had of it before is forgotten, and none of the events that are there is delivered.
///
/// A database works by the real clock: `#[tokio::test]` without `start_paused`. Options with short waits keep tests of
/// failing handlers fast, see [`SubscriberScenario::options`].
pub fn subscriber_on<E, S>(store: E, make: impl FnOnce(E) -> S) -> SubscriberScenario<S>
where
    E: EventStore + Clone,
    S: EventSubscriber,
{
    let subscriber = make(store.clone());
    SubscriberScenario::new(Bench::new(store, subscriber))
}
