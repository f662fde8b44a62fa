//! Ids of all kinds.

use std::fmt;
use std::str::FromStr;

use es_core::prelude::*;
use es_core::{GeneratedId, Uuid};

#[derive(Debug, Clone, PartialEq, AggregateId)]
pub struct Iban(pub String);

#[derive(Debug, Clone, Copy, PartialEq, AggregateId)]
pub struct TicketId(Uuid);

#[derive(Debug, Clone, Copy, PartialEq, AggregateId)]
pub struct Number {
    value: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, AggregateId)]
pub struct OfAnother(Id<Thing<Number>>);

/// An id of two parts, by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Place(u8, u8);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

impl FromStr for Place {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (left, right) = text.split_once('-').unwrap_or((text, ""));
        Ok(Place(left.parse()?, right.parse()?))
    }
}

impl AggregateId for Place {}

#[derive(Clone, Command)]
pub struct Make;

#[derive(Debug, Serialize, Deserialize, Event)]
pub struct Made;

pub struct Thing<I>(std::marker::PhantomData<fn() -> I>);

/// One aggregate for each kind of id.
macro_rules! things {
    ($($id:ty: $name:literal, $events:ident;)*) => { $(
        #[aggregate(type = $name, id = $id, events = $events)]
        impl Thing<$id> {
            #[command_handler]
            fn make(_: &Make) -> Made {
                Made
            }

            #[event_handler]
            fn made(_: &Made) -> Self {
                Thing(std::marker::PhantomData)
            }
        }
    )* };
}
things! {
    String: "string", StringThings;
    Uuid: "uuid", UuidThings;
    u64: "u64", U64Things;
    i128: "i128", I128Things;
    Iban: "iban", IbanThings;
    TicketId: "ticket", TicketThings;
    Number: "number", NumberThings;
    Place: "place", PlaceThings;
    OfAnother: "another", AnotherThings;
}

async fn found_under<I>(id: I)
where
    I: AggregateId + PartialEq + fmt::Debug,
    Thing<I>: es_core::Create<Make, Output = Made>
        + Aggregate<Id = I, Services = ()>
        + es_core::Evolve<Made>,
{
    let things = AggregateRepository::<Thing<I>>::new(MemoryEventStore::new());
    let saved = things.save_as(id.clone(), Make).await.unwrap();
    assert_eq!(*saved.id(), id);
    assert_eq!(*things.find(&id).await.unwrap().id(), id);
    assert_eq!(things.ids(None, 10).await.unwrap(), [id]);
}

#[tokio::test]
async fn what_is_saved_under_an_id_is_found_under_it() {
    found_under("text".to_owned()).await;
    found_under(Uuid::now_v7()).await;
    found_under(4711_u64).await;
    found_under(-1_i128).await;
    found_under(Iban("DE02".to_owned())).await;
    found_under(TicketId::generate()).await;
    found_under(Number { value: 3 }).await;
    found_under(Place(1, 2)).await;
    found_under(OfAnother::generate()).await;
}

#[tokio::test]
async fn newtypes_around_generated_ids_are_generated() {
    let things = AggregateRepository::<Thing<TicketId>>::new(MemoryEventStore::new());
    let (one, other) = (things.save(Make).await.unwrap(), things.save(Make).await.unwrap());
    assert_ne!(one.id(), other.id());
}

#[test]
fn an_id_is_its_text() {
    assert_eq!("DE02".parse::<Iban>().unwrap().to_string(), "DE02");
    assert_eq!("17".parse::<Number>().unwrap(), Number { value: 17 });
    assert!("seventeen".parse::<Number>().is_err());
}
