//! The event store beside SQL written by hand and beside published crates, on the same work: `cargo xtask bench`.

mod check;
mod contender;
mod contenders;
mod database;
mod domain;
mod figures;
mod lanes;
mod lifecycle;
mod machine;
mod measure;
mod memory;
mod options;
mod place;
mod publication;
mod race;
mod report;
mod subscribers;
mod work;

use std::error::Error;
use std::fs;

use crate::options::Options;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
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
    if options.wants_memory() {
        let folded = memory::race(options.pace);
        tables.push(report::table_in_memory(&folded));
        figures.extend(figures::in_memory(&folded));
    }
    for database in options.databases() {
        let results = race::race(database, &options).await?;
        tables.push(report::tables(&results));
        figures.extend(figures::on(&results));
        if options.wants_lifecycle() {
            compared.extend(lifecycle::race(database, &options).await?);
        }
        if options.wants_subscribers() {
            compared.extend(subscribers::race(database, &options).await?);
        }
    }
    if !compared.is_empty() {
        tables.push(report::table_of_lifecycle(&compared));
        figures.extend(figures::of_lifecycle(&compared));
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
