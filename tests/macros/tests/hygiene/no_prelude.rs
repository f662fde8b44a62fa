//! A module without the prelude of the standard library, and without that of es_core.
#![no_implicit_prelude]

#[derive(::core::clone::Clone, ::serde::Deserialize, ::es_core::Command)]
pub struct Open {
    pub owner: ::std::string::String,
}

#[derive(::serde::Deserialize, ::es_core::Command)]
pub struct Close;

#[derive(
    ::core::fmt::Debug,
    ::core::clone::Clone,
    ::core::cmp::PartialEq,
    ::serde::Serialize,
    ::serde::Deserialize,
    ::es_core::Event,
)]
#[event(alias = "Began", version = 1)]
pub struct Opened {
    pub owner: ::std::string::String,
}

#[derive(
    ::core::fmt::Debug,
    ::core::clone::Clone,
    ::core::cmp::PartialEq,
    ::serde::Serialize,
    ::serde::Deserialize,
    ::es_core::Event,
)]
pub struct Closed;

#[derive(::core::fmt::Debug, ::core::clone::Clone, ::es_core::AggregateId)]
pub struct Key(::std::string::String);

#[derive(::core::fmt::Debug, ::core::clone::Clone, ::es_core::AggregateId)]
pub struct Number {
    pub value: ::es_core::Uuid,
}

#[derive(::core::fmt::Debug, ::core::cmp::PartialEq)]
pub struct IsClosed;

pub struct Clerk;

pub enum Desk {
    Open,
    Closed,
}

#[::es_core::aggregate(
    type = "desk",
    id = Key,
    services = Clerk,
    events = DeskEvent,
    commands = DeskCommand,
    vis = pub,
)]
impl Desk {
    #[::es_core::command_handler]
    async fn open(command: Open, _: &Clerk) -> Opened {
        Opened { owner: command.owner }
    }

    #[::es_core::command_handler]
    fn close(
        &self,
        _: &Close,
        _: &::es_core::CommandContext<Self>,
    ) -> ::core::result::Result<::core::option::Option<Closed>, IsClosed> {
        match self {
            Desk::Open => ::core::result::Result::Ok(::core::option::Option::Some(Closed)),
            Desk::Closed => ::core::result::Result::Err(IsClosed),
        }
    }

    #[::es_core::event_handler]
    fn opened(_: Opened, _: &::es_core::EventContext<'_>) -> Self {
        Desk::Open
    }

    #[::es_core::event_handler]
    fn closed(self, _: &Closed) -> Self {
        Desk::Closed
    }
}

#[derive(::core::default::Default)]
pub struct Bell {
    pub rings: u8,
}

#[::es_core::aggregate]
impl Bell {
    #[::es_core::command_handler]
    fn open(_: &Open) -> [Closed; 2] {
        [Closed, Closed]
    }

    #[::es_core::event_handler]
    fn rung(&mut self, _: Closed) {
        self.rings += 1;
    }
}

pub struct Listener;

#[::es_core::event_subscriber(id = "listener", lanes = 2, start = 3, on_failure = skip)]
impl Listener {
    #[::es_core::event_handler]
    async fn opened(
        &self,
        cx: ::es_core::EventHandlerContext<'_, Opened>,
        _: &mut ::es_core::Transaction,
    ) -> ::core::result::Result<(), ::es_core::Failure> {
        cx.id::<Desk>()?;
        ::core::result::Result::Ok(())
    }

    #[::es_core::event_handler]
    async fn closed(&self, _: ::es_core::EventHandlerContext<'_, Closed>) {}
}

#[::core::prelude::rust_2024::test]
fn an_aggregate_needs_no_prelude() {
    let clerk = ::es_core::testing::Scenario::<Desk>::with_services(Clerk);
    let opened = Opened { owner: ::std::string::String::new() };
    clerk.given(opened).when(Close).then(Closed);
    ::es_core::testing::given_nothing::<Bell>()
        .when(Open { owner: ::std::string::String::new() })
        .then([Closed, Closed])
        .then_state(|bell| ::core::assert_eq!(bell.rings, 2));
}
