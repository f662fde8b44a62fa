//! The procedural macros of es-core. Use them through es-core, which exports them: the code that they write names
//! `::es_core`.
//!
//! | macro | on | writes |
//! | --- | --- | --- |
//! | [`#[aggregate]`](macro@aggregate) | the `impl` block of a struct or enum | `Aggregate`, the enum of its events, and a trait `impl` for each handler |
//! | [`#[command_handler]`](macro@command_handler) | a method in it | |
//! | [`#[event_handler]`](macro@event_handler) | a method in it | |
//! | [`#[event_subscriber]`](macro@event_subscriber) | the `impl` block of a struct or enum | `EventSubscriber` |
//! | [`#[upcaster]`](macro@upcaster) | a function in it | |
//! | [`#[derive(Command)]`](derive@Command) | a struct or enum | `Command` |
//! | [`#[derive(Event)]`](derive@Event) | a struct or enum | `Event`, and that a command handler can return it |
//! | [`#[derive(AggregateId)]`](derive@AggregateId) | a struct with one field | `AggregateId`, `Display`, `FromStr`, `GeneratedId` |
//!
//! # To see what is written
//!
//! `ES_EXPAND=Account cargo check` prints what is written for the type `Account`, formatted; `ES_EXPAND=Account,Order`
//! for both. Cargo compiles the crate again only when the variable changes, so that to see it once more, change it:
//! `ES_EXPAND=Account,again`.
//!
//! # How it works
//!
//! Each macro has a folder, and goes the same way: parse, model, validate, expand. The bodies of methods are never
//! parsed, so that rustc itself reports a half-typed one. All errors of a block are reported at once. With an error,
//! the user's item still comes back, and the traits are still there as far as the item was understood, so that no other
//! error follows from the first.

use proc_macro::TokenStream;

mod aggregate;
mod aggregate_id;
mod arguments;
mod block;
mod cfg;
mod command;
mod derive;
mod errors;
mod event;
mod event_subscriber;
#[cfg(test)]
mod fuzz;
mod marker;
mod messages;
mod names;
mod output;
mod rebuild;
mod signature;
mod spans;
mod types;

/// Makes a struct or enum an event-sourced aggregate. It stands on the type's own `impl` block, with the handlers.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Clone, Command)]
/// pub struct OpenAccount { pub owner: String }
///
/// #[derive(Command)]
/// pub struct Withdraw { pub amount: u64 }
///
/// #[derive(Serialize, Deserialize, Event)]
/// pub struct AccountOpened { pub owner: String }
///
/// #[derive(Serialize, Deserialize, Event)]
/// pub struct Withdrawn { pub amount: u64 }
///
/// #[derive(Debug)]
/// pub struct InsufficientFunds;
///
/// pub struct Account { owner: String, balance: u64 }
///
/// #[aggregate]
/// impl Account {
///     /// No receiver: the command creates an account.
///     #[command_handler]
///     fn open(command: OpenAccount) -> AccountOpened {
///         AccountOpened { owner: command.owner }
///     }
///
///     /// `&self`: the command needs an account that exists.
///     #[command_handler]
///     fn withdraw(&self, command: &Withdraw) -> Result<Withdrawn, InsufficientFunds> {
///         if command.amount > self.balance {
///             return Err(InsufficientFunds);
///         }
///         Ok(Withdrawn { amount: command.amount })
///     }
///
///     /// No receiver: the event starts the state.
///     #[event_handler]
///     fn opened(event: AccountOpened) -> Self {
///         Account { owner: event.owner, balance: 100 }
///     }
///
///     /// `&mut self`: the event changes the state.
///     #[event_handler]
///     fn withdrawn(&mut self, event: &Withdrawn) {
///         self.balance -= event.amount;
///     }
///
///     /// Anything else stays as it is.
///     pub fn owner(&self) -> &str {
///         &self.owner
///     }
/// }
///
/// // The enum of the events is written too.
/// let event = AccountEvent::from(Withdrawn { amount: 3 });
/// assert!(matches!(event, AccountEvent::Withdrawn(Withdrawn { amount: 3 })));
/// ```
///
/// # Arguments
///
/// | argument | says | without it |
/// | --- | --- | --- |
/// | `type = "…"` | the stored name, 1 to 100 bytes; it outlives the code | the type's name |
/// | `id = Type` | what names an entity: any `AggregateId` | `Id<Self>` |
/// | `services = Type` | what command handlers may take beside the command; `dyn Trait` too | `()` |
/// | `events = Name` | the name of the enum of the events | `AccountEvent` for `Account` |
/// | `commands = Name` | writes an enum of the commands for dispatch by name, and `NameError` for what their handlers refuse with | no such enum |
/// | `snapshot(every = 100)` | keeps the state each so many events, 100 unless another number is said; `strategy = path` decides in place of `every`, and there are `memento = Type`, `version = 2`, `keep = 3` and `with_append`: see `Snapshots` | no snapshots |
/// | `unknown_events = skip` | a stored event of a type that no event handler knows is skipped at every load | it is an error |
/// | `vis = pub(crate)` | how visible the enums are; at least as the type itself, or rustc says that it leaks | `pub` |
/// | `crate = path` | where es-core is | `::es_core` |
///
/// # What is written
///
/// * The enum of the events, a variant for each, named by the last part of the event's path. It is `From` each event,
///   and `Clone`, `Debug` and `PartialEq` exactly when all its events are.
/// * `impl Aggregate`; `impl Create<C>` or `impl Handle<C>` for each command handler; `impl Evolve<E>` for each event
///   handler. They call the methods, which stay as they are.
/// * `impl IdOf<Self>` for the id's type, so that an id tells whose it is.
/// * `impl HandlerParameter<Self>` for the services, so that command handlers can take them.
/// * With `commands`, the enum of the commands with `CommandSet` and `From` each command, and the enum of the errors.
///   They have `Debug`, and the errors `Display` and `Error`, exactly when all that they hold has them.
/// * An entry in the registry of the program's aggregates.
/// * A check at compile time that no two of the events have a stored name in common; with `commands`, no two of the
///   commands either.
///
/// `#[cfg(…)]` on the block or on a handler goes to all that is written for it.
///
/// The type can't be generic. An `impl` block for one instance of a generic type, such as `impl Account<Euro>`, works
/// with `type` and `events` given.
#[proc_macro_attribute]
pub fn aggregate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(arguments.into(), item.into()).finish()
}

/// Marks a method in an [`#[aggregate]`](macro@aggregate) block that decides what a command leads to.
///
/// | signature | the command |
/// | --- | --- |
/// | `fn open(command: OpenAccount) -> …` | creates an entity |
/// | `fn withdraw(&self, command: &Withdraw) -> …` | needs an entity that exists |
///
/// * The command is the first parameter, by value or by `&`. With `&self` and by value it has to be `Clone`, since it
///   is decided again after a conflict.
/// * After it, in any order, may come `&CommandContext<Self>` and a reference to the aggregate's services.
/// * The method may be `async`. Its future has to be `Send`.
/// * It returns an event, a tuple, `Vec`, `Option` or array of events, the enum of the events, nothing, or a `Result`
///   of any of these and an error of its own.
///
/// ```
/// # use es_core::prelude::*;
/// # #[derive(Command)]
/// # pub struct Convert { pub to: String }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct Converted { pub rate: u64, pub at_version: u64 }
/// # #[derive(Default)]
/// # pub struct Account;
/// # pub struct UnknownCurrency;
/// pub trait Rates: Send + Sync {
///     fn rate(&self, currency: &str) -> Option<u64>;
/// }
///
/// #[aggregate(services = dyn Rates)]
/// impl Account {
///     #[command_handler]
///     async fn convert(
///         &self,
///         command: &Convert,
///         rates: &dyn Rates,
///         cx: &CommandContext<Self>,
///     ) -> Result<Converted, UnknownCurrency> {
///         let rate = rates.rate(&command.to).ok_or(UnknownCurrency)?;
///         Ok(Converted { rate, at_version: cx.version().get() })
///     }
///     # #[event_handler]
///     # fn converted(&mut self, _: &Converted) {}
/// }
/// ```
#[proc_macro_attribute]
pub fn command_handler(arguments: TokenStream, item: TokenStream) -> TokenStream {
    marker::expand("command_handler", arguments.into(), item.into()).finish()
}

/// Marks a method in an [`#[aggregate]`](macro@aggregate) block that folds an event into the state, or one in an
/// [`#[event_subscriber]`](macro@event_subscriber) block that is told an event; see there for the latter. In an aggregate:
///
/// | signature | the event |
/// | --- | --- |
/// | `fn opened(event: AccountOpened) -> Self` | starts the state; later in a stream, replaces it |
/// | `fn withdrawn(&mut self, event: &Withdrawn)` | changes the state |
/// | `fn closed(self, event: Closed) -> Self` | moves the state on, as with an enum of states |
///
/// * The event is the first parameter, by value or by `&`. After it may come `&EventContext<'_>`.
/// * `#[event_handler(deletes)]` says that the event deletes the entity: it is the last event of its change, the state
///   after it is found only by `find(..).including_deleted()`, and the history stays. That is stored with the event when
///   it is appended: entities whose event was stored before its handler said so, or whose event became this one by an
///   upcaster, aren't deleted by that. A command that appends it now deletes them.
/// * If no handler starts the state, it starts from its `Default`.
/// * The method can't be `async` and can't fail: an event has happened, and is folded again at every load.
///
/// ```
/// # use es_core::prelude::*;
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct Drafted;
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct Published;
/// pub enum Article {
///     Draft,
///     Published { at_version: u64 },
/// }
///
/// #[aggregate]
/// impl Article {
///     #[event_handler]
///     fn drafted(_: Drafted) -> Self {
///         Article::Draft
///     }
///
///     #[event_handler]
///     fn published(self, _: Published, cx: &EventContext<'_>) -> Self {
///         Article::Published { at_version: cx.version().get() }
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn event_handler(arguments: TokenStream, item: TokenStream) -> TokenStream {
    marker::expand("event_handler", arguments.into(), item.into()).finish()
}

/// Makes a struct or enum a subscriber, which takes the events of the store, each in one of its handlers. It stands on the
/// type's own `impl` block, with the handlers. `Subscriptions` runs it; an `InlineStore` those that are `inline`.
///
/// ```
/// use es_core::prelude::*;
/// # #[derive(Clone, Command)]
/// # pub struct Reserve { pub cents: u64 }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct Reserved { pub cents: u64 }
/// # #[derive(Default)]
/// # pub struct Customer { reserved: u64 }
/// # #[aggregate]
/// # impl Customer {
/// #     #[command_handler]
/// #     fn reserve(&self, command: Reserve) -> Reserved { Reserved { cents: command.cents } }
/// #     #[event_handler]
/// #     fn reserved(&mut self, event: Reserved) { self.reserved += event.cents; }
/// # }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct OrderCreated { pub customer: Id<Customer>, pub cents: u64 }
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct OrderApproved;
/// use es_core::subscription::HandlerError;
///
/// pub struct CustomerCredit {
///     pub customers: AggregateRepository<Customer>,
/// }
///
/// #[event_subscriber(id = "customer-credit")]
/// impl CustomerCredit {
///     /// It may fail with any error; what becomes of the event then is up to the subscriber's options.
///     #[event_handler]
///     async fn reserve(&self, cx: EventHandlerContext<'_, OrderCreated>) -> Result<(), Failure> {
///         let order = cx.event();
///         // The event is named as what triggers the update: delivered twice, it reserves once.
///         cx.update(&self.customers, &order.customer, Reserve { cents: order.cents }).await?;
///         Ok(())
///     }
///
///     /// A handler that takes the transaction makes the subscriber transactional: what it does in it is stored together
///     /// with how far the subscriber is, exactly once.
///     #[event_handler]
///     async fn approve(
///         &self,
///         cx: EventHandlerContext<'_, OrderApproved>,
///         tx: &mut Transaction,
///     ) -> Result<(), HandlerError> {
///         // Such as `sqlx::query("UPDATE …").execute(tx.postgres()?).await?`.
///         # let _ = (cx, tx);
///         Ok(())
///     }
/// }
/// ```
///
/// # Arguments
///
/// | argument | says | without it |
/// | --- | --- | --- |
/// | `id = "…"` | the stored name under which its progress is kept, 1 to 80 bytes without `~`; it outlives the code | it has to be given |
/// | `start = beginning`, `end` or a position | where it begins if it has never run | `beginning` |
/// | `on_failure = block`, `skip` or `park` | what becomes of an event whose handler fails for good | `block` |
/// | `lanes = 4` | how many events are handled at once, each of another entity | 4 |
/// | `partitions = 16` | into how many parts its entities are divided; fixed by its first start | 16 |
/// | `batch = 256` | how many events are handled at most before its progress is stored | 256 |
/// | `transient` | keeps no progress: it begins anew with each process | its progress is kept |
/// | `inline` | runs in the transaction of the append; no other argument goes with it | it runs after the append |
/// | `crate = path` | where es-core is | `::es_core` |
///
/// # Handlers
///
/// `async fn name(&self, cx: EventHandlerContext<'_, E>)`, then, if wanted, `tx: &mut Transaction`; marked
/// `#[event_handler]`, and returning nothing or `Result<(), _>` with any error. There is at most one for each event `E`,
/// and it is told every `E` of any aggregate. Its future has to be `Send`.
///
/// Where no aggregate has the event `E`, but one whose `alias` is the stored name of `E`, the handler is told that one: as
/// it is now, in its current version, read as `E`. So a subscriber with types of its own may keep the older name. `E` has
/// to have the version of that event too. No subscriber sees pseudo events.
///
/// # What is written
///
/// `impl EventSubscriber`, whose `deliver` calls the methods by one `match`; with `inline` also `InlineSubscriber`; an
/// entry in the registry of the program's subscribers. `#[cfg(…)]` on the block or on a handler goes to all that is written
/// for it. The type can't be generic; a block for one instance, such as `impl View<Euro>`, works.
#[proc_macro_attribute]
pub fn event_subscriber(arguments: TokenStream, item: TokenStream) -> TokenStream {
    event_subscriber::expand(arguments.into(), item.into()).finish()
}

/// Marks a function in an [`#[aggregate]`](macro@aggregate) block that says what the JSON of an older version of a stored
/// event means now.
///
/// ```
/// # use es_core::prelude::*;
/// use serde_json::{Value, json};
///
/// #[derive(Serialize, Deserialize, Event)]
/// #[event(version = 2)]
/// pub struct MoneyWithdrawn { pub cents: u64 }
/// # #[derive(Default)]
/// # pub struct Account;
///
/// #[aggregate]
/// impl Account {
///     #[event_handler]
///     fn withdrawn(&mut self, _: &MoneyWithdrawn) {}
///
///     /// Version 1 was in whole euros.
///     #[upcaster(event = "MoneyWithdrawn", from = 1)]
///     fn euros_to_cents(json: Value) -> Value {
///         json!({ "cents": json["euros"].as_u64().unwrap_or(0) * 100 })
///     }
/// }
/// ```
///
/// | argument | says | without it |
/// | --- | --- | --- |
/// | `event = "…"` | the stored name of the event that it reads | |
/// | `from = 1` | the version that it reads | |
/// | `into = ("…", 1)` | a stored name and a version that it leads to; once for each | the next version of the same event |
///
/// | it returns | the stored event is |
/// | --- | --- |
/// | `serde_json::Value` | the one that `into` says, with this JSON |
/// | `Option<Value>` | that one, or none |
/// | `es_core::evolution::Upcast` | several, of the types that `into` says, or none |
/// | a `Result` of any of these | any of these, or an error that names event, version and entity |
///
/// * The JSON is the first parameter, by value. After it may come `&EventContext<'_>`.
/// * It can't be `async`, and has to answer the same each time: it runs at every load.
/// * A `Value` holds integers from `i64::MIN` to `u64::MAX`. Larger ones become floats and lose digits on the way, also in
///   fields that the step leaves alone. Read an event with such integers by a typed step, `#[event(from = …)]`.
/// * An event that means none now keeps its version in the stream. An entity that has only such events can't be found, but
///   its id stays taken: see `Upcast::nothing`.
/// * A version that has a step, and every version between it and the current one, leads to the current one. That is
///   checked at compile time, as is that no step leads nowhere, back to itself, or from a version that another one reads.
#[proc_macro_attribute]
pub fn upcaster(arguments: TokenStream, item: TokenStream) -> TokenStream {
    marker::expand("upcaster", arguments.into(), item.into()).finish()
}

/// Makes a struct or enum a command.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Command)]
/// #[command(type = "withdraw")]
/// pub struct Withdraw { pub amount: u64 }
///
/// assert_eq!(Withdraw::TYPE, "withdraw");
/// ```
///
/// | argument | says | without it |
/// | --- | --- | --- |
/// | `type = "…"` | the name by which it is dispatched, 1 to 100 bytes | the type's name |
/// | `crate = path` | where es-core is | `::es_core` |
///
/// The type can't be generic.
#[proc_macro_derive(Command, attributes(command))]
pub fn derive_command(input: TokenStream) -> TokenStream {
    command::derive(input.into()).finish()
}

/// Makes a struct or enum an event. It has to be `Serialize` and `Deserialize` too.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Serialize, Deserialize, Event)]
/// #[event(type = "MoneyWithdrawn", alias = "Withdrawal", alias = "Debit", version = 2)]
/// pub struct Withdrawn { pub amount: u64 }
///
/// assert_eq!(Withdrawn::TYPE, "MoneyWithdrawn");
/// assert_eq!(Withdrawn::ALIASES, ["Withdrawal", "Debit"]);
/// assert_eq!(Withdrawn::VERSION, 2);
/// ```
///
/// | argument | says | without it |
/// | --- | --- | --- |
/// | `type = "…"` | the stored name, 1 to 100 bytes; it outlives the code | the type's name |
/// | `alias = "…"` | an older stored name that is read as this event too; once for each | none |
/// | `version = 2` | the version of the shape of the JSON, from 1 on | 1 |
/// | `from = OpenedV1` | the version before, which is an event of the same stored name, and from which this one is `From` | none |
/// | `pseudo` | nobody folds it, and no subscriber sees it: it is stored for idempotence or a saga, under a name that begins with `$` | |
/// | `crate = path` | where es-core is | `::es_core` |
///
/// The type can't be generic. Beside `Event`, the derive writes `IntoEvents` and `Decision`, so that a command handler of
/// any aggregate with a handler for the event can return it.
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).finish()
}

/// Makes a struct with one field an id of aggregates. The field's text is the id's text.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Debug, Clone, PartialEq, AggregateId)]
/// pub struct Iban(String);
///
/// let iban: Iban = "DE02120300000000202051".parse()?;
/// assert_eq!(iban.to_string(), "DE02120300000000202051");
/// # Ok::<(), std::convert::Infallible>(())
/// ```
///
/// It writes `Display`, `FromStr`, `AggregateId`, and `GeneratedId` where the field's type has it, such as a `Uuid`. The
/// type has to be `Clone`.
///
/// A type that checks its text writes `Display` and `FromStr` by hand, and `impl AggregateId for Iban {}`, instead of the
/// derive. The derive writes no `From`, so that it is up to the type whether any value of the field is an id.
///
/// `#[aggregate_id(crate = path)]` says where es-core is, if not at `::es_core`.
#[proc_macro_derive(AggregateId, attributes(aggregate_id))]
pub fn derive_aggregate_id(input: TokenStream) -> TokenStream {
    aggregate_id::derive(input.into()).finish()
}
