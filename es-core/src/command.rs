use jiff::Timestamp;

use crate::{Aggregate, Decision, Metadata, Version};

/// A request to an aggregate, which may refuse it. Written by `#[derive(Command)]`.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Command)]
/// pub struct Withdraw { pub amount: u64 }
///
/// assert_eq!(Withdraw::TYPE, "Withdraw");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "not a command",
    note = "write `#[derive(Command)]` on it"
)]
pub trait Command: Send + Sync + 'static {
    /// The name under which the command is dispatched from messages and files.
    const TYPE: &'static str;
}

/// How a command creates an aggregate: a `#[command_handler]` method without a receiver.
///
/// `#[aggregate]` writes one impl for each such handler.
#[diagnostic::on_unimplemented(
    message = "`{C}` can't create `{Self}`",
    label = "not a command that creates `{Self}`",
    note = "`save` takes commands whose handler has no receiver: `#[command_handler] fn name(command: {C}) -> …`",
    note = "for a command whose handler takes `&self`, use `update` instead of `save`"
)]
pub trait Create<C>: Aggregate {
    /// What the handler returns, as it is written there.
    type Output: Decision<Self>;

    /// Decides which events the command leads to.
    fn create(
        command: C,
        cx: &CommandContext<Self>,
        services: &Self::Services,
    ) -> impl Future<Output = Self::Output> + Send;
}

/// How an existing aggregate takes a command: a `#[command_handler]` method with `&self`.
///
/// `#[aggregate]` writes one impl for each such handler. The command is borrowed, since it is decided again after a
/// lost race.
#[diagnostic::on_unimplemented(
    message = "`{C}` can't update `{Self}`",
    label = "not a command that updates `{Self}`",
    note = "`update` takes commands whose handler has `&self`: `#[command_handler] fn name(&self, command: {C}) -> …`",
    note = "for a command whose handler has no receiver, use `save` instead of `update`"
)]
pub trait Handle<C>: Aggregate {
    /// What the handler returns, as it is written there.
    type Output: Decision<Self>;

    /// Decides which events the command leads to.
    fn handle(
        &self,
        command: &C,
        cx: &CommandContext<Self>,
        services: &Self::Services,
    ) -> impl Future<Output = Self::Output> + Send;
}

/// A command that doesn't exist. That every aggregate could take it gives the traits a second impl, and so keeps the
/// compiler from guessing that any other command must be the aggregate's only one.
#[derive(Debug)]
pub enum Nothing {}

#[diagnostic::do_not_recommend]
impl<A: Aggregate> Create<Nothing> for A {
    type Output = ();

    async fn create(command: Nothing, _: &CommandContext<Self>, _: &Self::Services) {
        match command {}
    }
}

#[diagnostic::do_not_recommend]
impl<A: Aggregate> Handle<Nothing> for A {
    type Output = ();

    async fn handle(&self, command: &Nothing, _: &CommandContext<Self>, _: &Self::Services) {
        match *command {}
    }
}

/// What a command handler may ask beside its command: `fn open(command: OpenAccount, cx: &CommandContext<Self>)`.
#[derive(Debug)]
pub struct CommandContext<A: Aggregate> {
    id: Option<A::Id>,
    version: Version,
    now: Timestamp,
    metadata: Metadata,
}

impl<A: Aggregate> CommandContext<A> {
    pub(crate) fn new(
        id: Option<A::Id>,
        version: Version,
        now: Timestamp,
        metadata: Metadata,
    ) -> Self {
        CommandContext { id, version, now, metadata }
    }

    /// The entity's id.
    ///
    /// # Panics
    /// In a test with [`given`](crate::testing::given) that names no id.
    #[allow(
        clippy::panic,
        reason = "only a test fixture can leave the id out, and this is how a test fails"
    )]
    pub fn id(&self) -> &A::Id {
        match &self.id {
            Some(id) => id,
            None => panic!(
                "the command handler asks for the entity's id: name one in the test, by `.id(…)`"
            ),
        }
    }

    /// The entity's version before this command; [`Version::NONE`] where the command creates it.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The time of this decision, by the repository's clock, in whole microseconds: its events get it too.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The metadata that the caller gave.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// What `#[aggregate]` fills into a command handler's parameters after the command: the context, and the services.
#[diagnostic::on_unimplemented(
    message = "a command handler of `{A}` can't take `&{Self}`",
    label = "neither the context nor the services of `{A}`",
    note = "after the command, a handler may take `&CommandContext<Self>` and the aggregate's services, in any order",
    note = "services are named by `#[aggregate(services = {Self})]`"
)]
pub trait HandlerParameter<A: Aggregate> {
    /// Picks itself.
    fn pick<'a>(cx: &'a CommandContext<A>, services: &'a A::Services) -> &'a Self;
}

impl<A: Aggregate> HandlerParameter<A> for CommandContext<A> {
    fn pick<'a>(cx: &'a CommandContext<A>, _: &'a A::Services) -> &'a Self {
        cx
    }
}

/// An aggregate whose command handlers ask for no services.
#[diagnostic::on_unimplemented(
    message = "`{Self}` needs services",
    label = "its command handlers ask for services",
    note = "write `AggregateRepository::with_services(store, services)` instead of `AggregateRepository::new(store)`",
    note = "in a test, write `Scenario::<{Self}>::with_services(services)` before `.given(…)` or `.given_nothing()`"
)]
pub trait WithoutServices: Aggregate<Services = ()> {}

#[diagnostic::do_not_recommend]
impl<A: Aggregate<Services = ()>> WithoutServices for A {}

/// The commands of an aggregate as one enum, for dispatch by name: what `#[aggregate(commands = AccountCommand)]`
/// writes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the enum of the commands of `{A}`",
    label = "not the enum of the commands of `{A}`",
    note = "the enum is written by `#[aggregate(commands = …)]`, and holds any command of `{A}`: `AccountCommand::from(command)`",
    note = "for a command by itself, use `save` or `update` instead of `dispatch`"
)]
pub trait CommandSet<A: Aggregate>: Sized + Send + 'static {
    /// The handlers' own errors as one enum.
    type Rejection: Send + 'static;

    /// Reads a command by its name and JSON.
    ///
    /// # Errors
    /// See [`CommandDecodeError`].
    fn decode(command_type: &str, json: &[u8]) -> Result<Self, CommandDecodeError>;

    /// The name of the command in it.
    fn command_type(&self) -> &'static str;

    /// Hands the command in it to its handler.
    fn route<'r>(
        self,
        router: crate::repository::Router<'r, A, Self::Rejection>,
    ) -> crate::repository::Dispatch<'r, A, Self::Rejection>;
}

/// A command that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandDecodeError {
    /// The aggregate has no command of that name.
    #[error("unknown command `{command_type}`; known are {}", known.join(", "))]
    UnknownType {
        /// The name.
        command_type: String,
        /// The names that the aggregate knows.
        known: &'static [&'static str],
    },
    /// The JSON doesn't fit the command.
    #[error("malformed `{command_type}`: {source}")]
    Malformed {
        /// The name.
        command_type: &'static str,
        /// What serde said.
        source: serde_json::Error,
    },
}
