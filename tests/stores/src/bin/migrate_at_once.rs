//! Opens the store at an address as soon as a line comes in, and begins a journal there.
//!
//! Arguments: the address of the store, and the name of the journal.

use std::error::Error;
use std::io::Write;

use es_core::AggregateRepository;
use es_sqlx::SqlxEventStore;
use store_tests::{Begin, Journal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the address of a store is missing")?;
    let journal = arguments.next().ok_or("the name of the journal is missing")?;
    writeln!(std::io::stdout(), "ready")?;
    std::io::stdin().read_line(&mut String::new())?;
    let store = SqlxEventStore::connect(&url).await?;
    let journals = AggregateRepository::<Journal>::new(store);
    journals.save_as(journal.clone(), Begin { batch: journal, of: 2 }).await?;
    Ok(())
}
