//! The event store beside SQL written by hand and beside published crates, on the same work: `cargo xtask bench`.

mod check;
mod compared;
mod contender;
mod contenders;
mod database;
mod delivery;
mod domain;
mod figures;
mod follower;
mod followers;
mod lanes;
mod lifecycle;
mod machine;
mod measure;
mod memory;
mod options;
mod peak;
mod place;
mod process;
mod publication;
mod race;
mod report;
mod running;
mod subscribers;
mod work;

use std::error::Error;
use std::fs;

use crate::options::Options;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().nth(1).as_deref() == Some(process::WORD) {
        return process::serve().await;
    }
    let options = Options::read(std::env::args().skip(1)).unwrap_or_else(|problem| {
        eprintln!("{problem}");
        std::process::exit(2)
    });
    fs::create_dir_all(&options.folder)?;
    let machine = machine::describe(&options.folder);
    eprintln!("{machine}");

    let mut tables = Vec::new();
    let mut figures = Vec::new();
    let mut compared = Vec::new();
    let mut delivered = Vec::new();
    if options.wants_memory() {
        let folded = memory::race(options.pace);
        tables.push(report::table_in_memory(&folded));
        figures.extend(figures::in_memory(&folded));
    }
    for database in options.databases() {
        let results = race::race(database, &options).await?;
        tables.push(report::tables(&results));
        figures.extend(figures::on(&results));
        let mut ours = Vec::new();
        if options.wants_lifecycle() {
            ours.extend(lifecycle::race(database, &options).await?);
        }
        if options.wants_subscribers() {
            ours.extend(subscribers::race(database, &options).await?);
        }
        ours.iter().for_each(|line| eprintln!("{line}"));
        compared.extend(ours);
        if options.wants_delivery() {
            delivered.extend(delivery::race(database, &options).await?);
        }
    }
    if !compared.is_empty() {
        tables.push(report::table_compared(&compared));
        figures.extend(figures::compared(&compared));
    }
    if !delivered.is_empty() {
        tables.push(report::table_delivered(&delivered));
        figures.extend(figures::delivered(&delivered));
    }
    let results = serde_json::to_string_pretty(&figures)? + "\n";
    fs::write(options.folder.join("results.json"), results)?;

    let versions = report::versions(&options.entries().collect::<Vec<_>>());
    let text = format!(
        "{machine} at the beginning and {} at the end. {versions}.\n\n{}",
        machine::load(),
        tables.join("\n")
    );
    fs::write(options.folder.join("tables.md"), &text)?;
    println!("{text}");
    if options.publish {
        publication::publish(&text)?;
    }
    Ok(())
}
