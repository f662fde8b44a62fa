// What the macros write for the types in state_machine.rs.

// `Order`

/// The events of `Order`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum OrderEvent {
    /// Folded into the state by `placed`.
    OrderPlaced(OrderPlaced),
    /// Folded into the state by `shipped`.
    OrderShipped(OrderShipped),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Order {
        const TYPE: &'static str = "Order";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = ::es_core::Id<Self>;
        type Event = OrderEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: OrderEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                OrderEvent::OrderPlaced(event) => {
                    <OrderPlaced as ::es_core::__private::HandledBy<
                        Order,
                    >>::fold(event, state, cx)
                }
                OrderEvent::OrderShipped(event) => {
                    <OrderShipped as ::es_core::__private::HandledBy<
                        Order,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <OrderPlaced as ::es_core::__private::HandledBy<Order>>::NAME => {
                    <OrderPlaced as ::es_core::__private::HandledBy<
                        Order,
                    >>::replay(state, raw)
                }
                <OrderShipped as ::es_core::__private::HandledBy<Order>>::NAME => {
                    <OrderShipped as ::es_core::__private::HandledBy<
                        Order,
                    >>::replay(state, raw)
                }
                name if <OrderPlaced as ::es_core::__private::HandledBy<
                    Order,
                >>::is_alias(name) => {
                    <OrderPlaced as ::es_core::__private::HandledBy<
                        Order,
                    >>::replay(state, raw)
                }
                name if <OrderShipped as ::es_core::__private::HandledBy<
                    Order,
                >>::is_alias(name) => {
                    <OrderShipped as ::es_core::__private::HandledBy<
                        Order,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Order> for <Order as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Create<PlaceOrder> for Order {
        type Output = OrderPlaced;
        async fn create(
            command: PlaceOrder,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::place(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<ShipOrder> for Order {
        type Output = Result<Option<OrderShipped>, AlreadyShipped>;
        async fn handle(
            &self,
            command: &ShipOrder,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.ship(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<OrderPlaced> for Order {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: OrderPlaced,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            *state = ::core::option::Option::Some(Self::placed(event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<OrderShipped> for Order {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: OrderShipped,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            let before = <OrderShipped as ::es_core::__private::HandledBy<
                Order,
            >>::taken(state)?;
            *state = ::core::option::Option::Some(before.shipped(event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for OrderEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <OrderPlaced as ::es_core::__private::HandledBy<Order>>::NAME => {
                    <OrderPlaced as ::es_core::__private::HandledBy<Order>>::decode(raw)
                        .map(Self::OrderPlaced)
                }
                <OrderShipped as ::es_core::__private::HandledBy<Order>>::NAME => {
                    <OrderShipped as ::es_core::__private::HandledBy<Order>>::decode(raw)
                        .map(Self::OrderShipped)
                }
                name if <OrderPlaced as ::es_core::__private::HandledBy<
                    Order,
                >>::is_alias(name) => {
                    <OrderPlaced as ::es_core::__private::HandledBy<Order>>::decode(raw)
                        .map(Self::OrderPlaced)
                }
                name if <OrderShipped as ::es_core::__private::HandledBy<
                    Order,
                >>::is_alias(name) => {
                    <OrderShipped as ::es_core::__private::HandledBy<Order>>::decode(raw)
                        .map(Self::OrderShipped)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::OrderPlaced(event) => {
                    <OrderPlaced as ::es_core::__private::HandledBy<
                        Order,
                    >>::stored(event)
                }
                Self::OrderShipped(event) => {
                    <OrderShipped as ::es_core::__private::HandledBy<
                        Order,
                    >>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<OrderPlaced> for OrderEvent {
        fn from(event: OrderPlaced) -> Self {
            Self::OrderPlaced(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<OrderShipped> for OrderEvent {
        fn from(event: OrderShipped) -> Self {
            Self::OrderShipped(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Order> for OrderEvent {
        fn into_events(self, events: &mut ::es_core::Events<Order>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Order> for OrderEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Order>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for OrderEvent
    where
        for<'a> OrderPlaced: ::core::clone::Clone,
        for<'a> OrderShipped: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::OrderPlaced(event) => {
                    Self::OrderPlaced(::core::clone::Clone::clone(event))
                }
                Self::OrderShipped(event) => {
                    Self::OrderShipped(::core::clone::Clone::clone(event))
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for OrderEvent
    where
        for<'a> OrderPlaced: ::core::fmt::Debug,
        for<'a> OrderShipped: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OrderPlaced(event) => ::core::fmt::Debug::fmt(event, f),
                Self::OrderShipped(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for OrderEvent
    where
        for<'a> OrderPlaced: ::core::cmp::PartialEq,
        for<'a> OrderShipped: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::OrderPlaced(left), Self::OrderPlaced(right)) => left == right,
                (Self::OrderShipped(left), Self::OrderShipped(right)) => left == right,
                _ => false,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <OrderPlaced as ::es_core::__private::HandledBy<Order>>::INFO
            .handled_by("placed"),
        <OrderShipped as ::es_core::__private::HandledBy<Order>>::INFO
            .handled_by("shipped"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Order as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Order"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "place",
                ..<PlaceOrder as ::es_core::__private::HandledCommand>::CREATES
            },
            ::es_core::registry::CommandInfo {
                handler: "ship",
                ..<ShipOrder as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
