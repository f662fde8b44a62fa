//! A bank on an embedded database. See `bank --help`.

mod command_line;
mod domain;
mod line;
mod number;
mod progress;
mod report;
mod run;
#[cfg(test)]
mod scenarios;

use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    command_line::Arguments::parse().execute().await
}
