//! Every name that generated code could lean on means something else here.

#[derive(Clone, Copy)]
pub struct Nothing;

macro_rules! other_types {
    ($($name:ident)*) => { $(pub struct $name;)* };
}
other_types! {
    Result Ok Err Option Some None String Vec Box Arc From Into Send Sync Sized Future IntoFuture Iterator
    Infallible Self_ Formatter Debug Default Clone PartialEq FromStr Display Error ToString
    Aggregate Command Event EventSet CommandSet Create Handle Evolve Events IntoEvents Decision
    EventContext CommandContext NotStarted ReplayFailure DecodeError RawEvent StoredEvent Failure
    EVENTS COMMANDS INFO HandlerParameter AggregateId GeneratedId AggregateInfo CommandInfo EventInfo Router Dispatch Id
    EventSubscriber HandlerInfo SubscriberInfo SubscriberOptions Start OnFailure Delivery HandlerError HandlerOutput
    EventHandlerContext Transaction Delivered HandlersTransaction
}

macro_rules! other_functions {
    ($($name:ident)*) => { $(pub fn $name() {})* };
}
other_functions! {
    state event command cx services raw name events error router left right f text
    drop decode replay handler delivery context transaction outcome deliver transactional no_handler started taken again is_alias submit pick apply evolve create handle
}

macro_rules! other_modules {
    ($($name:ident)*) => { $(pub mod $name { pub struct Nothing; })* };
}
other_modules!(core std alloc es_core es_macros serde inventory option result convert __private registry store subscription);

macro_rules! other_macros {
    ($($name:ident)*) => { $(macro_rules! $name { ($d($d t:tt)*) => { compile_error!("another macro") }; })* };
    ($d:tt: $($name:ident)*) => { $(#[allow(unused_macros)] macro_rules! $name { ($d($d t:tt)*) => { ::core::compile_error!("another macro") }; })* };
}
other_macros!($: panic unreachable concat module_path option_env vec matches assert submit stringify);

#[derive(::core::clone::Clone, ::serde::Deserialize, ::es_core::Command)]
pub struct Open {
    pub owner: ::std::string::String,
}

#[derive(::core::clone::Clone, ::serde::Deserialize, ::es_core::Command)]
pub struct Close;

#[derive(
    ::core::fmt::Debug,
    ::core::clone::Clone,
    ::core::cmp::PartialEq,
    ::serde::Serialize,
    ::serde::Deserialize,
    ::es_core::Event,
)]
#[event(alias = "Began", version = 2)]
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

#[::es_core::aggregate(id = Key, services = Clerk, events = DeskEvents, commands = DeskCommands)]
impl Desk {
    #[::es_core::command_handler]
    async fn open(command: Open, _: &Clerk) -> Opened {
        Opened { owner: command.owner }
    }

    #[::es_core::command_handler]
    fn close(
        &self,
        _: Close,
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

#[::es_core::event_subscriber(id = "shadowed-listener", batch = 2, start = end, on_failure = park)]
impl Listener {
    #[::es_core::event_handler]
    async fn opened(
        &self,
        _: ::es_core::EventHandlerContext<'_, Opened>,
        _: &mut ::es_core::Transaction,
    ) -> ::core::result::Result<(), ::es_core::Failure> {
        ::core::result::Result::Ok(())
    }

    #[::es_core::event_handler]
    async fn closed(&self, _: ::es_core::EventHandlerContext<'_, Closed>) {}
}

#[test]
fn other_meanings_of_names_stay_out_of_what_is_generated() {
    let clerk = || ::es_core::testing::Scenario::<Desk>::with_services(Clerk);
    let opened = || Opened { owner: ::std::string::String::new() };
    clerk().given(opened()).when(Close).then(Closed);
    clerk().given((opened(), Closed)).when(Close).then_error(IsClosed);
    ::es_core::testing::given_nothing::<Bell>()
        .when(Open { owner: ::std::string::String::new() })
        .then([Closed, Closed])
        .then_state(|bell| ::core::assert_eq!(bell.rings, 2));
}
