//! The bank's program. See `bank --help`.

mod command_line;
mod line;
mod progress;
mod report;
mod run;

use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    es_core::registry::check()?;
    command_line::Arguments::parse().execute().await
}
