//! The event store beside SQL written by hand and beside published crates, on the same work: `cargo xtask bench`.

mod check;
mod contender;
mod contenders;
mod database;
mod domain;
mod lanes;
mod machine;
mod measure;
mod memory;
mod options;
mod place;
mod race;
mod report;
mod work;

use std::error::Error;
use std::fs;

use crate::options::Options;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    fs::create_dir_all(&options.folder)?;
    let machine = machine::describe(&options.folder);
    eprintln!("{machine}");

    let mut tables = Vec::new();
    let mut figures = Vec::new();
    if options.wants_memory() {
        let folded = memory::race(options.pace);
        tables.push(report::table_in_memory(&folded));
        figures.extend(report::figures_in_memory(&folded));
    }
    for database in options.databases() {
        let results = race::race(database, &options).await?;
        tables.push(report::table(&results));
        figures.extend(report::figures(&results));
    }

    let file = options.folder.join("results.json");
    fs::write(&file, serde_json::to_string_pretty(&figures)? + "\n")?;
    println!("{machine} at the beginning, {} at the end\n", machine::load());
    println!("{}\n", report::versions(&options.entries().collect::<Vec<_>>()));
    println!("Median time of an operation in µs (its ratio to the limit's).\n");
    println!("{}", tables.join("\n"));
    Ok(())
}
