//! Reads the feed of a store without end, and so gives events their positions, until it is killed. Each event that it
//! sees is written to the standard output.
//!
//! Argument: the address of the store.

use std::error::Error;
use std::io::Write;

use es_core::EventStore;
use es_sqlx::SqlxEventStore;
use store_tests::feed::Reader;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let url = std::env::args().nth(1).ok_or("the address of a store is missing")?;
    let store = SqlxEventStore::connect(&url).await?;
    let mut signal = store.feed_signal();
    let mut reader = Reader::default();
    loop {
        let at_end = reader.page(&store, 200).await?;
        let mut out = std::io::stdout().lock();
        for (position, seen) in reader.seen.drain(..) {
            let mut line = serde_json::to_vec(&(position, seen))?;
            line.push(b'\n');
            out.write_all(&line)?;
        }
        out.flush()?;
        drop(out);
        if at_end {
            signal.changed().await;
        }
    }
}
