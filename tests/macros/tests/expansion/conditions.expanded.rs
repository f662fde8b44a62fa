// What the macros write for the types in conditions.rs.

// `Job`

/// The events of `Job`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum JobEvent {
    #[cfg(not(target_os = "wasi"))]
    /// Folded into the state by `started`.
    Started(Started),
    #[cfg(not(target_os = "emscripten"))]
    /// Folded into the state by `paused`.
    Paused(Paused),
    #[cfg(target_os = "emscripten")]
    /// Folded into the state by `paused_for_ever`.
    Paused(Paused),
}
/// The commands of `Job`.
#[allow(private_interfaces)]
pub enum JobCommand {
    /// Handled by `start`.
    Start(Start),
    #[cfg(not(target_os = "emscripten"))]
    /// Handled by `pause`.
    Pause(Pause),
}
/// Why a command handler of `Job` refused.
#[allow(private_interfaces)]
pub enum JobCommandError {
    /// Refused by `start`.
    Start(
        <<Job as ::es_core::Create<Start>>::Output as ::es_core::Decision<Job>>::Error,
    ),
    #[cfg(not(target_os = "emscripten"))]
    /// Refused by `pause`.
    Pause(
        <<Job as ::es_core::Handle<Pause>>::Output as ::es_core::Decision<Job>>::Error,
    ),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Job {
        const TYPE: &'static str = "Job";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = ::es_core::Id<Self>;
        type Event = JobEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: JobEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                #[cfg(not(target_os = "wasi"))]
                JobEvent::Started(event) => {
                    <Started as ::es_core::__private::HandledBy<
                        Job,
                    >>::fold(event, state, cx)
                }
                #[cfg(not(target_os = "emscripten"))]
                JobEvent::Paused(event) => {
                    <Paused as ::es_core::__private::HandledBy<
                        Job,
                    >>::fold(event, state, cx)
                }
                #[cfg(target_os = "emscripten")]
                JobEvent::Paused(event) => {
                    <Paused as ::es_core::__private::HandledBy<
                        Job,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                #[cfg(not(target_os = "wasi"))]
                <Started as ::es_core::__private::HandledBy<Job>>::NAME => {
                    <Started as ::es_core::__private::HandledBy<Job>>::replay(state, raw)
                }
                #[cfg(not(target_os = "emscripten"))]
                <Paused as ::es_core::__private::HandledBy<Job>>::NAME => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::replay(state, raw)
                }
                #[cfg(target_os = "emscripten")]
                <Paused as ::es_core::__private::HandledBy<Job>>::NAME => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::replay(state, raw)
                }
                #[cfg(not(target_os = "wasi"))]
                name if <Started as ::es_core::__private::HandledBy<
                    Job,
                >>::is_alias(name) => {
                    <Started as ::es_core::__private::HandledBy<Job>>::replay(state, raw)
                }
                #[cfg(not(target_os = "emscripten"))]
                name if <Paused as ::es_core::__private::HandledBy<
                    Job,
                >>::is_alias(name) => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::replay(state, raw)
                }
                #[cfg(target_os = "emscripten")]
                name if <Paused as ::es_core::__private::HandledBy<
                    Job,
                >>::is_alias(name) => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Job> for <Job as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Create<Start> for Job {
        type Output = Started;
        async fn create(
            command: Start,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::start(&command)
        }
    }
    #[cfg(not(target_os = "emscripten"))]
    #[automatically_derived]
    impl ::es_core::Handle<Pause> for Job {
        type Output = Paused;
        async fn handle(
            &self,
            command: &Pause,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.pause(command)
        }
    }
    #[cfg(not(target_os = "wasi"))]
    #[automatically_derived]
    impl ::es_core::Evolve<Started> for Job {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Started,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Job>(state).started(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[cfg(not(target_os = "emscripten"))]
    #[automatically_derived]
    impl ::es_core::Evolve<Paused> for Job {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Paused,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Job>(state).paused(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[cfg(target_os = "emscripten")]
    #[automatically_derived]
    impl ::es_core::Evolve<Paused> for Job {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Paused,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Job>(state)
                .paused_for_ever(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for JobEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                #[cfg(not(target_os = "wasi"))]
                <Started as ::es_core::__private::HandledBy<Job>>::NAME => {
                    <Started as ::es_core::__private::HandledBy<Job>>::decode(raw)
                        .map(Self::Started)
                }
                #[cfg(not(target_os = "emscripten"))]
                <Paused as ::es_core::__private::HandledBy<Job>>::NAME => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::decode(raw)
                        .map(Self::Paused)
                }
                #[cfg(target_os = "emscripten")]
                <Paused as ::es_core::__private::HandledBy<Job>>::NAME => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::decode(raw)
                        .map(Self::Paused)
                }
                #[cfg(not(target_os = "wasi"))]
                name if <Started as ::es_core::__private::HandledBy<
                    Job,
                >>::is_alias(name) => {
                    <Started as ::es_core::__private::HandledBy<Job>>::decode(raw)
                        .map(Self::Started)
                }
                #[cfg(not(target_os = "emscripten"))]
                name if <Paused as ::es_core::__private::HandledBy<
                    Job,
                >>::is_alias(name) => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::decode(raw)
                        .map(Self::Paused)
                }
                #[cfg(target_os = "emscripten")]
                name if <Paused as ::es_core::__private::HandledBy<
                    Job,
                >>::is_alias(name) => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::decode(raw)
                        .map(Self::Paused)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                #[cfg(not(target_os = "wasi"))]
                Self::Started(event) => {
                    <Started as ::es_core::__private::HandledBy<Job>>::stored(event)
                }
                #[cfg(not(target_os = "emscripten"))]
                Self::Paused(event) => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::stored(event)
                }
                #[cfg(target_os = "emscripten")]
                Self::Paused(event) => {
                    <Paused as ::es_core::__private::HandledBy<Job>>::stored(event)
                }
            }
        }
    }
    #[cfg(not(target_os = "wasi"))]
    #[automatically_derived]
    impl ::core::convert::From<Started> for JobEvent {
        fn from(event: Started) -> Self {
            Self::Started(event)
        }
    }
    #[cfg(not(target_os = "emscripten"))]
    #[automatically_derived]
    impl ::core::convert::From<Paused> for JobEvent {
        fn from(event: Paused) -> Self {
            Self::Paused(event)
        }
    }
    #[cfg(target_os = "emscripten")]
    #[automatically_derived]
    impl ::core::convert::From<Paused> for JobEvent {
        fn from(event: Paused) -> Self {
            Self::Paused(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Job> for JobEvent {
        fn into_events(self, events: &mut ::es_core::Events<Job>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Job> for JobEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Job>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[cfg(not(target_os = "wasi"))]
    type StartedIfPresent = Started;
    #[cfg(not(target_os = "emscripten"))]
    type PausedIfPresent = Paused;
    #[cfg(target_os = "emscripten")]
    type PausedIfPresent = Paused;
    #[cfg(not(any(not(target_os = "wasi"))))]
    type StartedIfPresent = ();
    #[cfg(not(any(not(target_os = "emscripten"), target_os = "emscripten")))]
    type PausedIfPresent = ();
    #[automatically_derived]
    impl ::core::clone::Clone for JobEvent
    where
        for<'a> StartedIfPresent: ::core::clone::Clone,
        for<'a> PausedIfPresent: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                #[cfg(not(target_os = "wasi"))]
                Self::Started(event) => Self::Started(::core::clone::Clone::clone(event)),
                #[cfg(not(target_os = "emscripten"))]
                Self::Paused(event) => Self::Paused(::core::clone::Clone::clone(event)),
                #[cfg(target_os = "emscripten")]
                Self::Paused(event) => Self::Paused(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for JobEvent
    where
        for<'a> StartedIfPresent: ::core::fmt::Debug,
        for<'a> PausedIfPresent: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                #[cfg(not(target_os = "wasi"))]
                Self::Started(event) => ::core::fmt::Debug::fmt(event, f),
                #[cfg(not(target_os = "emscripten"))]
                Self::Paused(event) => ::core::fmt::Debug::fmt(event, f),
                #[cfg(target_os = "emscripten")]
                Self::Paused(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for JobEvent
    where
        for<'a> StartedIfPresent: ::core::cmp::PartialEq,
        for<'a> PausedIfPresent: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                #[cfg(not(target_os = "wasi"))]
                (Self::Started(left), Self::Started(right)) => left == right,
                #[cfg(not(target_os = "emscripten"))]
                (Self::Paused(left), Self::Paused(right)) => left == right,
                #[cfg(target_os = "emscripten")]
                (Self::Paused(left), Self::Paused(right)) => left == right,
                _ => false,
            }
        }
    }
    const COMMANDS: &[&str] = &[
        <Start as ::es_core::__private::HandledCommand>::NAME,
        #[cfg(not(target_os = "emscripten"))]
        <Pause as ::es_core::__private::HandledCommand>::NAME,
    ];
    #[automatically_derived]
    impl ::es_core::CommandSet<Job> for JobCommand {
        type Rejection = JobCommandError;
        fn decode(
            command_type: &str,
            json: &[u8],
        ) -> ::core::result::Result<Self, ::es_core::CommandDecodeError> {
            match command_type {
                <Start as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<
                        Start,
                    >(<Start as ::es_core::__private::HandledCommand>::NAME, json)
                        .map(Self::Start)
                }
                #[cfg(not(target_os = "emscripten"))]
                <Pause as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<
                        Pause,
                    >(<Pause as ::es_core::__private::HandledCommand>::NAME, json)
                        .map(Self::Pause)
                }
                _ => {
                    ::core::result::Result::Err(::es_core::CommandDecodeError::UnknownType {
                        command_type: ::core::convert::From::from(command_type),
                        known: COMMANDS,
                    })
                }
            }
        }
        fn command_type(&self) -> &'static str {
            match self {
                Self::Start(_) => <Start as ::es_core::__private::HandledCommand>::NAME,
                #[cfg(not(target_os = "emscripten"))]
                Self::Pause(_) => <Pause as ::es_core::__private::HandledCommand>::NAME,
            }
        }
        fn route<'r>(
            self,
            router: ::es_core::repository::Router<'r, Job, Self::Rejection>,
        ) -> ::es_core::repository::Dispatch<'r, Job, Self::Rejection> {
            match self {
                Self::Start(command) => router.create(command, JobCommandError::Start),
                #[cfg(not(target_os = "emscripten"))]
                Self::Pause(command) => router.update(command, JobCommandError::Pause),
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Start> for JobCommand {
        fn from(command: Start) -> Self {
            Self::Start(command)
        }
    }
    #[cfg(not(target_os = "emscripten"))]
    #[automatically_derived]
    impl ::core::convert::From<Pause> for JobCommand {
        fn from(command: Pause) -> Self {
            Self::Pause(command)
        }
    }
    #[cfg(not(target_os = "emscripten"))]
    type PauseCommandIfPresent = Pause;
    #[cfg(not(any(not(target_os = "emscripten"))))]
    type PauseCommandIfPresent = ();
    #[automatically_derived]
    impl ::core::fmt::Debug for JobCommand
    where
        for<'a> Start: ::core::fmt::Debug,
        for<'a> PauseCommandIfPresent: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Start(inner) => ::core::fmt::Debug::fmt(inner, f),
                #[cfg(not(target_os = "emscripten"))]
                Self::Pause(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[cfg(not(target_os = "emscripten"))]
    type PauseErrorIfPresent = <<Job as ::es_core::Handle<
        Pause,
    >>::Output as ::es_core::Decision<Job>>::Error;
    #[cfg(not(any(not(target_os = "emscripten"))))]
    type PauseErrorIfPresent = ();
    #[automatically_derived]
    impl ::core::fmt::Debug for JobCommandError
    where
        for<'a> <<Job as ::es_core::Create<
            Start,
        >>::Output as ::es_core::Decision<Job>>::Error: ::core::fmt::Debug,
        for<'a> PauseErrorIfPresent: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Start(inner) => ::core::fmt::Debug::fmt(inner, f),
                #[cfg(not(target_os = "emscripten"))]
                Self::Pause(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for JobCommandError
    where
        for<'a> <<Job as ::es_core::Create<
            Start,
        >>::Output as ::es_core::Decision<Job>>::Error: ::core::fmt::Display,
        for<'a> PauseErrorIfPresent: ::core::fmt::Display,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Start(inner) => ::core::fmt::Display::fmt(inner, f),
                #[cfg(not(target_os = "emscripten"))]
                Self::Pause(inner) => ::core::fmt::Display::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::error::Error for JobCommandError
    where
        for<'a> <<Job as ::es_core::Create<
            Start,
        >>::Output as ::es_core::Decision<Job>>::Error: ::core::error::Error,
        for<'a> PauseErrorIfPresent: ::core::error::Error,
    {}
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        #[cfg(not(target_os = "wasi"))]
        <Started as ::es_core::__private::HandledBy<Job>>::INFO.handled_by("started"),
        #[cfg(not(target_os = "emscripten"))]
        <Paused as ::es_core::__private::HandledBy<Job>>::INFO.handled_by("paused"),
        #[cfg(target_os = "emscripten")]
        <Paused as ::es_core::__private::HandledBy<Job>>::INFO
            .handled_by("paused_for_ever"),
    ];
    #[cfg(not(target_os = "wasi"))]
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    #[cfg(not(target_os = "emscripten"))]
    const _: () = ::es_core::__private::assert_event(
        EVENTS,
        &[],
        0 + ::core::cfg!(not(target_os = "wasi")) as ::core::primitive::usize,
    );
    #[cfg(target_os = "emscripten")]
    const _: () = ::es_core::__private::assert_event(
        EVENTS,
        &[],
        0 + ::core::cfg!(not(target_os = "wasi")) as ::core::primitive::usize
            + ::core::cfg!(not(target_os = "emscripten")) as ::core::primitive::usize,
    );
    #[cfg(not(target_os = "emscripten"))]
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 1);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Job as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Job"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "start",
                ..<Start as ::es_core::__private::HandledCommand>::CREATES
            },
            #[cfg(not(target_os = "emscripten"))]
            ::es_core::registry::CommandInfo {
                handler: "pause",
                ..<Pause as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
