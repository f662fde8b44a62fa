//! Services of all kinds.

use std::sync::Arc;

use es_core::prelude::*;
use es_core::testing::Scenario;

pub trait Rates: Send + Sync {
    fn rate(&self) -> u64;
}

struct Fixed(u64);

impl Rates for Fixed {
    fn rate(&self) -> u64 {
        self.0
    }
}

#[derive(Clone, Command)]
pub struct Quote;

#[derive(Clone, Command)]
pub struct Wait;

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct Quoted(pub u64);

type Wanted = dyn Rates;

#[derive(Default)]
pub struct Offer(u64);

#[aggregate(services = dyn Rates)]
impl Offer {
    #[command_handler]
    fn quote(_: Quote, services: &dyn Rates) -> Quoted {
        Quoted(services.rate())
    }

    #[command_handler]
    async fn wait(&self, _: &Wait, _: &CommandContext<Self>, rates: &Wanted) -> Quoted {
        tokio::task::yield_now().await;
        Quoted(rates.rate() + self.0)
    }

    #[event_handler]
    fn quoted(&mut self, event: &Quoted) {
        self.0 += event.0;
    }
}

/// By an alias, with a type parameter, in another order.
pub struct Table<T> {
    rows: Vec<T>,
}

type Rows = Table<u64>;

#[derive(Default)]
pub struct Bid(u64);

#[aggregate(services = Rows)]
impl Bid {
    #[command_handler]
    fn quote(_: Quote, table: &Table<u64>, _: &CommandContext<Bid>) -> Quoted {
        Quoted(table.rows.iter().sum())
    }

    #[command_handler]
    fn wait(&self, _: Wait, first: &Rows, again: &Rows) -> Quoted {
        Quoted(self.0 + first.rows[0] + again.rows[0])
    }

    #[event_handler]
    fn quoted(&mut self, event: &Quoted) {
        self.0 += event.0;
    }
}

fn offer() -> Scenario<Offer> {
    Scenario::with_services(Arc::new(Fixed(7)) as Arc<dyn Rates>)
}

#[tokio::test]
async fn services_behind_a_trait_are_taken() {
    offer().given_nothing().when(Quote).then(Quoted(7));
    offer().given(Quoted(1)).when(Wait).await.then(Quoted(8));
}

#[test]
fn services_by_an_alias_are_taken_in_any_order() {
    let bid = || Scenario::<Bid>::with_services(Table { rows: vec![1, 2] });
    bid().given_nothing().when(Quote).then(Quoted(3));
    bid().given(Quoted(1)).when(Wait).then(Quoted(3));
}

#[tokio::test]
async fn a_repository_hands_its_services_to_the_handlers() {
    let rates: Arc<dyn Rates> = Arc::new(Fixed(5));
    let offers = AggregateRepository::<Offer>::with_services(MemoryEventStore::new(), rates);
    let offer = offers.save(Quote).await.unwrap();
    assert_eq!(offers.update(offer.id(), Wait).await.unwrap().0, 15);
}
