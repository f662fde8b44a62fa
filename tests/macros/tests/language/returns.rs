//! Everything that a command handler may return.

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Ticked(pub u8);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Tocked;

#[derive(Debug, PartialEq)]
pub struct Stopped;

type Outcome<T = Ticked> = Result<T, Stopped>;
type Both = (Ticked, Tocked);

#[derive(Debug, Default)]
pub struct Clock {
    ticks: u8,
}

macro_rules! commands {
    ($($command:ident)*) => { $(
        #[derive(Clone, Command)]
        pub struct $command;
    )* };
}
commands!(
    One Tuple Many Perhaps Array Enum Nothing Never Nested Long
    OneOrError TupleOrError ManyOrError PerhapsOrError ArrayOrError EnumOrError NothingOrError
    Alias AliasOfMany Qualified InMacro OfSelf
);

macro_rules! list {
    ($event:ty) => { Vec<$event> };
}

#[aggregate]
impl Clock {
    #[command_handler]
    fn one(&self, _: One) -> Ticked {
        Ticked(1)
    }

    #[command_handler]
    fn tuple(&self, _: Tuple) -> Both {
        (Ticked(1), Tocked)
    }

    #[command_handler]
    fn many(&self, _: Many) -> Vec<Ticked> {
        vec![Ticked(1), Ticked(2)]
    }

    #[command_handler]
    fn perhaps(&self, _: Perhaps) -> Option<Ticked> {
        (self.ticks > 1).then_some(Ticked(1))
    }

    #[command_handler]
    fn array(&self, _: Array) -> [Tocked; 2] {
        [Tocked, Tocked]
    }

    #[command_handler]
    fn enumeration(&self, _: Enum) -> ClockEvent {
        Tocked.into()
    }

    #[command_handler]
    fn nothing(&self, _: Nothing) {}

    #[allow(clippy::unused_unit, reason = "it is what is tested")]
    #[command_handler]
    fn never(&self, _: Never) -> () {}

    #[allow(clippy::type_complexity, reason = "it is what is tested")]
    #[command_handler]
    fn nested(&self, _: Nested) -> (Vec<ClockEvent>, Option<[Ticked; 1]>, (), ((Tocked,),)) {
        (vec![Ticked(1).into(), Tocked.into()], Some([Ticked(2)]), (), ((Tocked,),))
    }

    #[command_handler]
    fn long(
        &self,
        _: Long,
    ) -> (Ticked, Tocked, Ticked, Tocked, Ticked, Tocked, Ticked, Option<Tocked>) {
        (Ticked(1), Tocked, Ticked(2), Tocked, Ticked(3), Tocked, Ticked(4), None)
    }

    #[command_handler]
    fn one_or_error(&self, _: OneOrError) -> Result<Ticked, Stopped> {
        if self.ticks == 0 { Err(Stopped) } else { Ok(Ticked(1)) }
    }

    #[command_handler]
    fn tuple_or_error(&self, _: TupleOrError) -> Result<(Ticked, Tocked), Stopped> {
        Ok((Ticked(1), Tocked))
    }

    #[command_handler]
    fn many_or_error(&self, _: ManyOrError) -> Result<Vec<ClockEvent>, Stopped> {
        Ok(vec![Ticked(1).into()])
    }

    #[command_handler]
    fn perhaps_or_error(&self, _: PerhapsOrError) -> Result<Option<Ticked>, Stopped> {
        Ok(None)
    }

    #[command_handler]
    fn array_or_error(&self, _: ArrayOrError) -> Result<[Ticked; 1], Stopped> {
        Ok([Ticked(1)])
    }

    #[command_handler]
    fn enumeration_or_error(&self, _: EnumOrError) -> Result<ClockEvent, Stopped> {
        Ok(Tocked.into())
    }

    #[command_handler]
    fn nothing_or_error(&self, _: NothingOrError) -> Result<(), Stopped> {
        if self.ticks == 0 { Err(Stopped) } else { Ok(()) }
    }

    #[command_handler]
    async fn alias(&self, _: Alias) -> Outcome {
        Ok(Ticked(1))
    }

    #[command_handler]
    async fn alias_of_many(&self, _: AliasOfMany) -> Outcome<Vec<Ticked>> {
        Err(Stopped)
    }

    #[command_handler]
    fn qualified(
        &self,
        _: Qualified,
    ) -> ::std::result::Result<self::Ticked, <u8 as std::str::FromStr>::Err> {
        "7".parse().map(Ticked)
    }

    #[command_handler]
    fn in_macro(&self, _: InMacro) -> list!(Ticked) {
        vec![Ticked(9)]
    }

    #[command_handler]
    fn of_self(&self, _: OfSelf) -> Result<Vec<<Self as Aggregate>::Event>, Option<Self>> {
        if self.ticks == 0 { Err(Some(Self { ticks: 1 })) } else { Ok(vec![Tocked.into()]) }
    }

    #[event_handler]
    fn ticked(&mut self, event: &Ticked) {
        self.ticks += event.0;
    }

    #[event_handler]
    fn tocked(&mut self, _: &Tocked) {}
}

fn running() -> es_core::testing::Given<Clock> {
    given(Ticked(1))
}

fn standing() -> es_core::testing::Given<Clock> {
    given(Tocked)
}

#[test]
fn handlers_return_events() {
    running().when(One).then(Ticked(1));
    running().when(Tuple).then((Ticked(1), Tocked));
    running().when(Many).then([Ticked(1), Ticked(2)]);
    running().when(Array).then([Tocked, Tocked]);
    running().when(Enum).then(Tocked);
    running().when(InMacro).then(Ticked(9));
    running().when(Nested).then((Ticked(1), Tocked, Ticked(2), Tocked));
    running()
        .when(Long)
        .then(((Ticked(1), Tocked, Ticked(2), Tocked), (Ticked(3), Tocked, Ticked(4))));
}

#[test]
fn handlers_return_no_events() {
    running().when(Perhaps).then_nothing();
    running().when(Nothing).then_nothing();
    running().when(Never).then_nothing();
}

#[test]
fn handlers_return_events_or_errors() {
    running().when(OneOrError).then(Ticked(1));
    standing().when(OneOrError).then_error(Stopped);
    running().when(TupleOrError).then((Ticked(1), Tocked));
    running().when(ManyOrError).then(Ticked(1));
    running().when(PerhapsOrError).then_nothing();
    running().when(ArrayOrError).then([Ticked(1)]);
    running().when(EnumOrError).then(Tocked);
    running().when(NothingOrError).then_nothing();
    standing().when(NothingOrError).then_error(Stopped);
    running().when(Qualified).then(Ticked(7));
}

#[test]
fn self_in_a_return_type_is_the_aggregate() {
    running().when(OfSelf).then(Tocked);
    standing().when(OfSelf).then_rejected(|state| assert!(state.is_some()));
}

#[test]
fn aliases_of_return_types_keep_the_error() {
    running().when(Alias).then(Ticked(1));
    running().when(AliasOfMany).then_error(Stopped);
}

#[tokio::test]
async fn a_repository_gives_each_handlers_own_error() {
    let clocks = AggregateRepository::<Clock>::new(MemoryEventStore::new());
    let missing = Id::new();
    let failure: Failure = clocks.update(&missing, Many).await.err().unwrap();
    assert!(matches!(failure, Failure::NotFound { .. }));
    let error: RepositoryError<Stopped> = clocks.update(&missing, Alias).await.err().unwrap();
    assert!(matches!(error, RepositoryError::Failed(Failure::NotFound { .. })));
}
