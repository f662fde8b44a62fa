//! Shows what version 3 reads of the database that version 1 wrote: `cargo run -p evolution`, or with a file's path.

use es_core::{AggregateRepository, registry};
use evolution::database::{WRITTEN_BY_VERSION_1, WorkingCopy};
use evolution::domain::Parcel;
use evolution::feed;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    registry::check()?;
    let file = std::env::args().nth(1).unwrap_or_else(|| WRITTEN_BY_VERSION_1.to_owned());
    let database = WorkingCopy::of(file)?;
    let store = database.open().await?;
    let parcels = AggregateRepository::<Parcel>::new(store.clone());

    for id in parcels.ids(None, 100).await? {
        println!("{id}, as stored:");
        for event in parcels.history(&id).as_stored().await?.collect().await? {
            println!("  {} v{} {}", event.event_type(), event.schema_version(), event.json());
        }
        println!("{id}, as it is read:");
        for event in parcels.history(&id).await?.collect().await? {
            println!("  {} v{} {}", event.event_type(), event.schema_version(), event.json());
        }
        println!("{:#?}\n", parcels.find(&id).await?.state());
    }

    println!("The feed:");
    for event in feed::read(&store).await? {
        let (position, name, version) = (event.position, event.event_type, event.schema_version);
        println!("  {position} {name} v{version} {}", event.json);
    }
    Ok(())
}
