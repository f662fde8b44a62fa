//! Every message of the macros: what is wrong, why, and what to write instead.

use std::fmt::Display;

use crate::arguments::{Known, nearest};
use crate::names::{MAX_ID_BYTES, MAX_NAME_BYTES};

// Arguments.

fn listed(known: &[Known]) -> String {
    known.iter().map(|known| format!("`{}`", known.name)).collect::<Vec<_>>().join(", ")
}

pub(crate) fn unknown_argument(name: &impl Display, on: &str, known: &[Known]) -> String {
    let name = name.to_string();
    let meant = match nearest(&name, known.iter().map(|known| known.name)) {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => String::new(),
    };
    format!("`{on}` has no argument `{name}`{meant}\nit has {}", listed(known))
}

pub(crate) fn not_an_argument(on: &str, known: &[Known]) -> String {
    format!("the arguments of `{on}` are written `name = value`\nit has {}", listed(known))
}

pub(crate) fn repeated_argument(name: &str) -> String {
    format!("`{name}` is given twice; leave one of the two out")
}

pub(crate) fn argument_form(known: &Known) -> String {
    format!("`{}` isn't given like this; write `{}`", known.name, known.form)
}

pub(crate) fn argument_in_quotes(known: &Known) -> String {
    format!("{}, without quotes", argument_form(known))
}

pub(crate) fn missing_comma(next: &impl Display) -> String {
    format!("a comma is missing before `{next}`")
}

pub(crate) fn attribute_form(on: &str) -> String {
    format!("the arguments of `#[{on}]` stand in parentheses: `#[{on}(name = value)]`")
}

// Stored names.

pub(crate) const EMPTY_NAME: &str =
    "a stored name can't be empty: what is stored is found again by it";

pub(crate) const CONTROL_CHARACTER_IN_NAME: &str = "a stored name can't have control characters (such as line breaks): \
     it is looked up, logged and compared as plain text";

pub(crate) fn long_name(bytes: usize) -> String {
    format!(
        "this stored name has {bytes} bytes, and stores take at most {MAX_NAME_BYTES}; choose a shorter one by `type = \"…\"`"
    )
}

pub(crate) fn long_id(bytes: usize) -> String {
    format!(
        "this id has {bytes} bytes, and that of a subscriber has at most {MAX_ID_BYTES}; choose a shorter one by `id = \"…\"`"
    )
}

pub(crate) const REBUILD_IN_ID: &str = "the id of a subscriber can't have a `~`: only the name of a rebuild has one, which is made of the id\n\
     choose another one by `id = \"…\"`";

pub(crate) const PSEUDO_NAME: &str = "a stored name can't begin with `$`: those of pseudo events do, which nobody folds and no subscriber sees\n\
     choose another name, or make it one of these by `#[event(pseudo)]`";

pub(crate) fn pseudo_name(name: &str) -> String {
    format!(
        "the stored name of a pseudo event begins with `$`, so that everybody knows to leave it alone\nwrite `type = \"${name}\"`"
    )
}

pub(crate) const PSEUDO_IS_NOT_READ: &str =
    "a pseudo event is never read back, so it has no `alias` and no `from`: leave them out";

pub(crate) fn from_itself(name: &str, stored_name: &str) -> String {
    format!(
        "`from` names the version before this one, which is a type of its own, and this is `{name}` itself\nkeep the older struct, as `#[event(type = \"{stored_name}\")] struct {name}V1`, and write `from = {name}V1`; or leave `from` out, and read older versions by an `#[upcaster]`"
    )
}

// The block.

pub(crate) fn not_an_impl(name: Option<impl Display>) -> String {
    let name = name.map_or_else(|| "Account".to_owned(), |name| name.to_string());
    format!(
        "`#[aggregate]` works on the `impl` block with the handlers\nwrite `#[aggregate] impl {name} {{ … }}`, and leave the type itself as it is"
    )
}

pub(crate) const TRAIT_IMPL: &str = "`#[aggregate]` works on the type's own `impl` block, not on the `impl` of a trait\n\
     write the handlers in `#[aggregate] impl Account { … }`";

pub(crate) const NOT_A_NAMED_TYPE: &str =
    "an aggregate is a struct or an enum: write `impl` and its name";

pub(crate) const GENERIC_IMPL: &str = "an aggregate can't be generic: events are stored under its one name and read back without its parameters\n\
     write the `impl` block for a type without parameters";

pub(crate) const BORROWING_TYPE: &str =
    "an aggregate can't borrow: it outlives the call that loads it\nlet it own its data";

pub(crate) const WHERE_ON_IMPL: &str = "an `#[aggregate]` block can't have a `where` clause: the code that is generated for it would need the clause too\n\
     leave it out, or write it on a second `impl` block without `#[aggregate]`";

pub(crate) fn no_stored_name(name: &impl Display) -> String {
    format!(
        "other `{name}<…>` could be aggregates too, so this one needs a stored name of its own\nwrite `#[aggregate(type = \"…\", events = …)]`"
    )
}

pub(crate) const REPEATED_AGGREGATE: &str =
    "`#[aggregate]` stands here twice; leave one of the two out";

pub(crate) fn enum_named_as_aggregate(argument: &str, name: &impl Display) -> String {
    let example = if argument == "events" { "Event" } else { "Command" };
    format!(
        "`{argument}` names an enum that `#[aggregate]` writes, and `{name}` is the aggregate itself\n\
         choose another name, such as `{argument} = {name}{example}`"
    )
}

pub(crate) fn enums_of_one_name(name: &impl Display) -> String {
    format!(
        "`events` and `commands` name two enums that `#[aggregate]` writes, so they can't both be `{name}`\n\
         choose another name for one of them"
    )
}

pub(crate) fn no_event_handler(name: &impl Display) -> String {
    format!(
        "`{name}` has no event handler: nothing could start or change its state\n\
         add one to the block: `#[event_handler] fn created(event: Created) -> Self {{ … }}`"
    )
}

pub(crate) const NO_COMMAND_HANDLER: &str = "there is no `#[command_handler]` in the block, so there is nothing for the enum of commands to hold\n\
     add a command handler, or leave `commands` out";

pub(crate) fn unknown_events(form: &str) -> String {
    format!(
        "stored events of unknown types are an `error`, which is the default, or skipped: write `{form}`"
    )
}

// Markers.

pub(crate) fn misplaced_marker(marker: &str) -> String {
    let blocks = if marker == Kind::Event.marker() {
        "an `#[aggregate]` or `#[event_subscriber]` block"
    } else {
        "an `#[aggregate]` block"
    };
    format!("`#[{marker}]` works only on a method inside {blocks}")
}

pub(crate) fn marker_on_no_method(marker: &str) -> String {
    format!("`#[{marker}]` works only on a method; this is another kind of item")
}

pub(crate) fn marker_with_arguments(marker: &str) -> String {
    format!("`#[{marker}]` takes no arguments: the method's signature says it all")
}

pub(crate) fn repeated_marker(marker: &str) -> String {
    format!("`#[{marker}]` stands here twice; leave one of the two out")
}

pub(crate) const UPCASTER_AND_HANDLER: &str = "an upcaster brings stored JSON to a newer version, and handles neither a command nor an event\n\
     keep one of the two markers, and write a second method for the other";

pub(crate) const BOTH_MARKERS: &str = "a method handles a command or an event, not both: a command is decided once, an event is folded at every load\n\
     keep one of the two markers, and write a second method for the other";

// Handlers of both kinds.

/// What kind of handler a message speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    Event,
    Upcaster,
}

impl Kind {
    pub(crate) const fn marker(self) -> &'static str {
        match self {
            Kind::Command => "command_handler",
            Kind::Event => "event_handler",
            Kind::Upcaster => "upcaster",
        }
    }

    /// What it handles.
    pub(crate) const fn handles(self) -> &'static str {
        match self {
            Kind::Command => "command",
            Kind::Event => "event",
            Kind::Upcaster => "version",
        }
    }

    /// The context that a handler may take after it.
    pub(crate) const fn context_name(self) -> &'static str {
        match self {
            Kind::Command => "CommandContext",
            Kind::Event | Kind::Upcaster => "EventContext",
        }
    }

    const fn a_handler(self) -> &'static str {
        match self {
            Kind::Command => "a command handler",
            Kind::Event => "an event handler",
            Kind::Upcaster => "an upcaster",
        }
    }

    const fn context(self) -> &'static str {
        match self {
            Kind::Command => "`&CommandContext<Self>`",
            Kind::Event | Kind::Upcaster => "`&EventContext<'_>`",
        }
    }

    const fn legal_forms(self) -> &'static str {
        match self {
            Kind::Command => {
                "write no receiver if the command creates the aggregate, `&self` if it needs one that exists"
            }
            Kind::Event => {
                "write no receiver and `-> Self` if the event starts the state, `&mut self` if it changes it, `self` and `-> Self` if it moves it on"
            }
            Kind::Upcaster => "write no receiver: `fn name(json: Value) -> Value`",
        }
    }
}

pub(crate) fn unreadable_signature(error: &impl Display) -> String {
    format!("this signature can't be read: {error}")
}

pub(crate) fn unsafe_handler(kind: Kind) -> String {
    format!(
        "{} can't be `unsafe`: it is called by generated code, which can't keep any promise for it\n\
         make it safe, or call the `unsafe` function from its body",
        kind.a_handler()
    )
}

pub(crate) fn extern_handler(kind: Kind) -> String {
    format!(
        "{} can't be `extern`: it is called from Rust only; leave `extern` out",
        kind.a_handler()
    )
}

pub(crate) fn variadic_handler(kind: Kind) -> String {
    format!("{} can't be variadic: its parameters are filled by their types", kind.a_handler())
}

pub(crate) fn generic_handler(kind: Kind) -> String {
    format!(
        "{} can't be generic: each {} is one type, stored or sent under one name\nname the type",
        kind.a_handler(),
        kind.handles()
    )
}

pub(crate) fn impl_trait_parameter(kind: Kind) -> String {
    format!(
        "{} can't take `impl Trait`: its parameters are found by their types\nname the type",
        kind.a_handler()
    )
}

pub(crate) fn conditional_parameter(kind: Kind) -> String {
    format!(
        "a parameter of {} can't have `#[cfg]`: the call is generated without it\n\
         write `#[cfg]` on two methods instead",
        kind.a_handler()
    )
}

pub(crate) fn borrowing_parameter(kind: Kind) -> String {
    let handles = kind.handles();
    format!(
        "{} {handles} can't borrow: it is read from text and handed on\nlet it own its data",
        article(handles)
    )
}

pub(crate) fn not_a_named_parameter(kind: Kind) -> String {
    let handles = kind.handles();
    format!("{} {handles} is a struct or an enum of yours: name it here", article(handles))
}

pub(crate) fn self_as_parameter(kind: Kind) -> String {
    let handles = kind.handles();
    format!("the aggregate itself can't be its own {handles}: name a type of its own here")
}

pub(crate) fn mutable_parameter(kind: Kind, ty: &str) -> String {
    format!("{} gets its {} by value or by `&`: write `&{ty}`", kind.a_handler(), kind.handles())
}

pub(crate) fn missing_parameter(kind: Kind, name: &impl Display, receiver: &str) -> String {
    let handles = kind.handles();
    let example = match kind {
        Kind::Command => "Deposit",
        Kind::Event | Kind::Upcaster => "Deposited",
    };
    let receiver = if receiver.is_empty() { String::new() } else { format!("{receiver}, ") };
    format!(
        "`{name}` takes no {handles}, so nothing says which {handles} it handles\n\
         write it as the first parameter: `fn {name}({receiver}{handles}: &{example}) …`"
    )
}

pub(crate) fn context_first(kind: Kind) -> String {
    let handles = kind.handles();
    format!(
        "the {handles} comes first, the context after it: `{handles}: &…, cx: {}`",
        kind.context().trim_matches('`')
    )
}

pub(crate) fn services_first(services: &str) -> String {
    format!("the command comes first, the services after it: `command: &…, services: &{services}`")
}

pub(crate) fn typed_receiver(kind: Kind) -> String {
    format!("{} can't have a receiver of this type\n{}", kind.a_handler(), kind.legal_forms())
}

pub(crate) fn second_handler(kind: Kind, ty: &str, other: &impl Display) -> String {
    let handles = kind.handles();
    format!(
        "`{ty}` has another {handles} handler, `{other}`: each {handles} has exactly one\n\
         join the two methods, or give one of them {} {handles} of its own",
        article(handles)
    )
}

pub(crate) fn same_variant(
    kind: Kind,
    variant: &impl Display,
    enumeration: &impl Display,
    other: &str,
) -> String {
    format!(
        "`{enumeration}` would have two variants `{variant}`: {}s are named by the last part of their path, and `{other}` is named so too\n\
         give one of them another name, `use … as …;` or `type … = …;`, and take it by that",
        kind.handles()
    )
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with('e') { "an" } else { "a" }
}

// Command handlers.

pub(crate) const COMMAND_MUT_SELF: &str = "a command handler can't take `&mut self`: it only decides, and the events that it returns change the state\n\
     write `&self`, and change the state in the `#[event_handler]` of the event";

pub(crate) const COMMAND_SELF: &str = "a command handler can't take `self`: it only decides, and the aggregate is still needed after it\n\
     write `&self`; for a command that creates the aggregate, write no receiver";

pub(crate) fn further_parameter(ty: &str) -> String {
    format!(
        "after the command, a command handler takes references: `&CommandContext<Self>` and the aggregate's services\nwrite `&{ty}`"
    )
}

pub(crate) const IMPL_TRAIT_OUTPUT: &str = "a command handler can't return `impl Trait`: generated code has to name what it returns\n\
     name the type; instead of `impl Future`, write `async fn`";

pub(crate) const BORROWING_OUTPUT: &str = "a command handler can't return a borrow: its events and errors are kept after it\nreturn owned data";

// Event handlers.

pub(crate) const EVENT_SHARED_SELF: &str = "an event handler can't take `&self`: an event is folded into the state, so the state has to change\n\
     write `&mut self`; what is only decided belongs into a `#[command_handler]`";

pub(crate) const ASYNC_EVENT_HANDLER: &str = "an event handler can't be `async`: events are folded again at every load, and nothing may wait in between\n\
     leave `async` out; what has to wait belongs into the command handler, and its result into the event";

pub(crate) const FALLIBLE_EVENT_HANDLER: &str = "an event handler can't fail: an event has happened, and is folded again at every load\n\
     refuse in the command handler, before there is an event";

pub(crate) fn start_returns(name: &impl Display) -> String {
    format!(
        "an event handler without a receiver starts the state, so it returns `Self`\n\
         write `fn {name}(…) -> Self`; if the event changes the state, write `fn {name}(&mut self, …)`"
    )
}

pub(crate) fn change_returns(name: &impl Display) -> String {
    format!(
        "an event handler with `&mut self` changes the state in place and returns nothing\n\
         leave the return type out; if the event moves the state on to a new one, write `fn {name}(self, …) -> Self`"
    )
}

pub(crate) fn move_returns(name: &impl Display) -> String {
    format!(
        "an event handler with `self` moves the state on, so it returns `Self`\n\
         write `fn {name}(self, …) -> Self`; if the event changes the state in place, write `fn {name}(&mut self, …)`"
    )
}

pub(crate) const EVENT_CONTEXT: &str =
    "after the event, an event handler takes the context by reference: write `&EventContext<'_>`";

pub(crate) const EXTRA_EVENT_PARAMETER: &str = "an event handler takes its event and at most the context, `&EventContext<'_>`\n\
     what else it needs belongs into the event: the same events have to give the same state at every load";

pub(crate) const DELETES_AT_THE_START: &str = "an event that starts the state can't delete the entity: there is nothing to delete yet\n\
     leave `deletes` out, or take the state: `fn name(&mut self, …)`";

// Upcasters.

pub(crate) const UPCASTER_ARGUMENTS: &str = "an upcaster says which version of which stored event it reads: `#[upcaster(event = \"MoneyWithdrawn\", from = 1)]`";

pub(crate) const UPCASTER_FROM: &str =
    "the version that an upcaster reads is a whole number from 1 on: `from = 1`";

pub(crate) const UPCASTER_TARGET: &str = "the version that an upcaster leads to is a whole number from 1 on: `into = (\"FeeCharged\", 1)`";

pub(crate) fn repeated_target(name: &str) -> String {
    format!(
        "`{name}` is given twice: what the upcaster returns is told apart by the name\nleave one of the two out; one name may be returned several times"
    )
}

pub(crate) const UPCASTER_RECEIVER: &str = "an upcaster has no receiver: it reads JSON, before there is a state\n\
     write `fn name(json: Value) -> Value`";

pub(crate) const ASYNC_UPCASTER: &str = "an upcaster can't be `async`: it runs at every load, and nothing may wait in between\n\
     leave `async` out; what it needs to know has to be in the event";

pub(crate) fn no_json(name: &impl Display) -> String {
    format!(
        "`{name}` takes no JSON\nwrite it as the first parameter: `fn {name}(json: serde_json::Value) -> …`"
    )
}

pub(crate) const JSON_BY_VALUE: &str =
    "an upcaster takes the JSON by value: write `json: serde_json::Value`";

pub(crate) const EXTRA_UPCASTER_PARAMETER: &str = "an upcaster takes the JSON and at most the context, `&EventContext<'_>`\n\
     what else it needs has to be in the event: the same event has to mean the same at every load";

pub(crate) fn upcaster_returns_nothing(name: &impl Display) -> String {
    format!(
        "`{name}` returns nothing\nreturn what the JSON means now: `Value` for the next version, `Option<Value>` where there may be none, `Upcast` for several events or another type"
    )
}

// Snapshots.

pub(crate) const SNAPSHOT_EMPTY: &str = "`snapshot()` says nothing\n\
     write `snapshot(every = 100)` for one after so many events, or `snapshot(strategy = path)` for a function of yours";

pub(crate) const SNAPSHOT_TWICE: &str = "`every` and `strategy` both say when a snapshot is taken; leave one of the two out\n\
     a strategy can count as well: `cx.events_since_last() >= 100`";

pub(crate) const SNAPSHOT_EVERY: &str = "`every` counts events: write a whole number from 1 on";

pub(crate) const SNAPSHOT_VERSION: &str =
    "the version of a snapshot is a whole number from 1 on: `version = 2`";

pub(crate) const SNAPSHOT_KEEP: &str =
    "`keep` counts the snapshots of an entity that stay: write a whole number from 1 on";

// Subscribers.

pub(crate) fn subscriber_not_an_impl(name: Option<impl Display>) -> String {
    let name = name.map_or_else(|| "OrderHistory".to_owned(), |name| name.to_string());
    format!(
        "`#[event_subscriber]` works on the `impl` block with the handlers\nwrite `#[event_subscriber(id = \"…\")] impl {name} {{ … }}`, and leave the type itself as it is"
    )
}

pub(crate) const SUBSCRIBER_TRAIT_IMPL: &str = "`#[event_subscriber]` works on the type's own `impl` block, not on the `impl` of a trait\n\
     write the handlers in `#[event_subscriber(id = \"…\")] impl OrderHistory { … }`";

pub(crate) const SUBSCRIBER_NOT_NAMED: &str =
    "a subscriber is a struct or an enum: write `impl` and its name";

pub(crate) const GENERIC_SUBSCRIBER: &str = "a subscriber can't be generic: its progress is kept under its one id\n\
     write the `impl` block for a type without parameters, or for one instance of it";

pub(crate) const BORROWING_SUBSCRIBER: &str =
    "a subscriber can't borrow: it runs as long as the program does\nlet it own its data";

pub(crate) const WHERE_ON_SUBSCRIBER: &str = "an `#[event_subscriber]` block can't have a `where` clause: the code that is generated for it would need the clause too\n\
     leave it out, or write it on a second `impl` block without `#[event_subscriber]`";

pub(crate) const REPEATED_SUBSCRIBER: &str =
    "`#[event_subscriber]` stands here twice; leave one of the two out";

pub(crate) fn no_subscriber_id(name: &impl Display) -> String {
    format!(
        "`{name}` has no id: its progress is kept under it, so it is written down and stays when the type is renamed\n\
         write `#[event_subscriber(id = \"…\")]`"
    )
}

pub(crate) fn no_subscribed_event(name: &impl Display) -> String {
    format!(
        "`{name}` has no event handler, so there is nothing that it could be told\n\
         add one to the block: `#[event_handler] async fn opened(&self, cx: EventHandlerContext<'_, AccountOpened>) {{ … }}`"
    )
}

pub(crate) fn inline_with(argument: &impl Display) -> String {
    format!(
        "`{argument}` isn't for an inline subscriber: it runs in the append's transaction, each time and at once\n\
         leave out `{argument}`, or `inline`"
    )
}

pub(crate) fn inline_without_transaction(name: &impl Display) -> String {
    format!(
        "`{name}` is a handler of an inline subscriber and doesn't take the append's transaction: what it does outside of it isn't undone with it\n\
         take it as the last parameter: `tx: &mut Transaction`"
    )
}

pub(crate) const TRANSIENT_WITH_TRANSACTION: &str = "a transient subscriber has no progress to store with this transaction, so the event could be handled twice\n\
     leave out the transaction, or `transient`";

pub(crate) const COMMAND_IN_SUBSCRIBER: &str = "a subscriber handles no commands\n\
     write the command handler in the `#[aggregate]` block, and call it by `cx.update(&repository, id, command).await?`";

pub(crate) const UPCASTER_IN_SUBSCRIBER: &str = "a subscriber has no upcasters: events come to it in the version that the program has now\n\
     write the upcaster in the `#[aggregate]` block of the aggregate that has the event";

pub(crate) const SUBSCRIBER_ASYNC: &str =
    "an event handler of a subscriber is `async`: write `async fn`";

pub(crate) fn subscriber_receiver(name: &impl Display) -> String {
    format!(
        "an event handler of a subscriber takes `&self`: events of several entities are handled at once\n\
         write `async fn {name}(&self, …)`; what it changes belongs into a store, or behind a lock"
    )
}

pub(crate) fn no_event_context(name: &impl Display) -> String {
    format!(
        "`{name}` takes no context, so nothing says which event it handles\n\
         write it as the first parameter: `async fn {name}(&self, cx: EventHandlerContext<'_, AccountOpened>) …`"
    )
}

pub(crate) fn not_an_event_context(event: Option<&str>) -> String {
    format!(
        "an event handler of a subscriber takes its event in a context: write `cx: EventHandlerContext<'_, {}>`",
        event.unwrap_or("AccountOpened")
    )
}

pub(crate) fn event_context_by_value(event: &str) -> String {
    format!("a handler gets its context by value: write `cx: EventHandlerContext<'_, {event}>`")
}

pub(crate) const EVENT_CONTEXT_FIRST: &str = "the context comes first, the transaction after it: `cx: EventHandlerContext<'_, …>, tx: &mut Transaction`";

pub(crate) const HANDLERS_TRANSACTION: &str = "after the context, an event handler of a subscriber takes at most the transaction: `tx: &mut Transaction`\n\
     what else it needs, such as repositories, are fields of the subscriber";

pub(crate) const SUBSCRIBER_OUTPUT: &str = "an event handler of a subscriber can't return `impl Trait`: generated code has to know what it returns\n\
     write `async fn` and nothing, or `-> Result<(), E>`";

pub(crate) fn second_subscription(ty: &str, other: &impl Display) -> String {
    format!(
        "`{ty}` has another event handler in this subscriber, `{other}`: each event has at most one\n\
         join the two methods, or give one of them a subscriber of its own"
    )
}

// Derives.

pub(crate) fn generic_type(derive: &str) -> String {
    format!(
        "`#[derive({derive})]` can't work on a generic type: each {} has one stored name, and one type that reads it back\n\
         write a type without parameters, or a newtype around one instance",
        derive.to_lowercase()
    )
}

pub(crate) fn borrowing_type(derive: &str) -> String {
    let what = derive.to_lowercase();
    format!(
        "{} {what} can't borrow: it is read from text and handed on\nlet it own its data",
        article(&what)
    )
}

pub(crate) fn union_type(derive: &str) -> String {
    format!("`#[derive({derive})]` works on a struct or an enum, not on a union")
}

pub(crate) const VERSION: &str =
    "the version of an event is a whole number from 1 on: `version = 2`";

pub(crate) const ALIAS_IS_NAME: &str =
    "this is the event's own stored name; an alias is an older one";

pub(crate) const REPEATED_ALIAS: &str = "this alias is given twice; leave one of the two out";

pub(crate) const NOT_A_NEWTYPE: &str = "`#[derive(AggregateId)]` works on a struct with one field, whose text is the id: `struct Iban(String);`\n\
     for any other type, write `Display` and `FromStr`, and `impl AggregateId`";

pub(crate) const GENERIC_ID: &str = "`#[derive(AggregateId)]` can't work on a generic type\n\
     write a newtype without parameters, or `Display`, `FromStr` and `impl AggregateId` by hand";
