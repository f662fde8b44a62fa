//! Version 1 of the program, which wrote `version_1.sqlite`: `cargo run -p evolution --bin version_1 -- FILE` writes such
//! a file.

#![allow(missing_docs, reason = "the names of the domain say what they are")]

use std::path::Path;

use anyhow::{Context, ensure};
use es_core::prelude::*;
use es_sqlx::SqlxEventStore;
use sqlx::{Connection, SqliteConnection};

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct ParcelPosted {
    from: String,
    to: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct ParcelWeighed {
    weight: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct ParcelMoved {
    place: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct ParcelScanned {
    device: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    grams: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct ParcelHandedOver {
    to: String,
    cash: u32,
}

#[derive(Debug, Clone, Command)]
struct Post(ParcelPosted);

/// What happens to a parcel in one go.
#[derive(Debug, Clone, Command)]
enum Report {
    Arrived { device: u32, place: &'static str },
    Weighed { device: u32, grams: u32 },
    Reweighed { grams: u32 },
    HandedOver(ParcelHandedOver),
}

#[derive(Debug)]
struct Parcel {
    is_delivered: bool,
}

#[aggregate(id = String, vis = pub(crate))]
impl Parcel {
    #[command_handler]
    fn post(command: Post) -> ParcelPosted {
        command.0
    }

    #[command_handler]
    fn report(&self, command: Report) -> Vec<ParcelEvent> {
        match command {
            _ if self.is_delivered => Vec::new(),
            Report::Arrived { device, place } => vec![
                ParcelScanned { device, grams: None }.into(),
                ParcelMoved { place: place.into() }.into(),
            ],
            Report::Weighed { device, grams } => {
                vec![ParcelScanned { device, grams: Some(grams) }.into()]
            }
            Report::Reweighed { grams } => {
                vec![ParcelWeighed { weight: format!("{grams} g") }.into()]
            }
            Report::HandedOver(event) => vec![event.into()],
        }
    }

    #[event_handler]
    fn posted(_: ParcelPosted) -> Self {
        Parcel { is_delivered: false }
    }

    #[event_handler]
    fn weighed(&mut self, _: &ParcelWeighed) {}

    #[event_handler]
    fn moved(&mut self, _: &ParcelMoved) {}

    #[event_handler]
    fn scanned(&mut self, _: &ParcelScanned) {}

    #[event_handler]
    fn handed_over(&mut self, _: &ParcelHandedOver) {
        self.is_delivered = true;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let file = std::env::args().nth(1).context("the path of a file that isn't there yet")?;
    ensure!(!Path::new(&file).exists(), "{file} is there already");
    let url = format!("sqlite://{file}");
    write(&SqlxEventStore::connect(&url).await?).await?;
    // All in the one file.
    let mut connection = SqliteConnection::connect(&url).await?;
    sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn write(store: &SqlxEventStore) -> anyhow::Result<()> {
    let parcels = AggregateRepository::<Parcel>::new(store.clone());
    let (first, second) = ("P-1".to_owned(), "P-2".to_owned());
    let post = |from: &str, to: &str| Post(ParcelPosted { from: from.into(), to: to.into() });
    parcels.save_as(first.clone(), post("Ada", "Bela")).user("ada").await?;
    parcels.save_as(second.clone(), post("Chiara", "Dora")).user("chiara").await?;
    for (id, report) in [
        (&first, Report::Reweighed { grams: 1200 }),
        (&second, Report::Weighed { device: 7, grams: 730 }),
        (&first, Report::Arrived { device: 7, place: "Berlin" }),
        (&first, Report::Arrived { device: 9, place: "Wien" }),
        (&second, Report::Arrived { device: 9, place: "Wien" }),
        (&first, Report::HandedOver(ParcelHandedOver { to: "Bela".into(), cash: 1995 })),
        (&second, Report::HandedOver(ParcelHandedOver { to: "a neighbour".into(), cash: 0 })),
    ] {
        parcels.update(id, report).user("depot").await?;
    }
    Ok(())
}
