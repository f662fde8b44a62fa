//! What can be asked of the program.

use clap::{Parser, Subcommand};
use es_core::AggregateRepository;
use es_sqlx::SqlxEventStore;

use crate::{report, run};
use bank::number::AccountNumber;

/// A bank on an embedded database.
#[derive(Parser)]
#[command(name = "bank")]
pub(crate) struct Arguments {
    /// The database, made where there is none.
    #[arg(long, global = true, default_value = "sqlite://bank.db")]
    database: String,

    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Runs commands, one JSON object a line. A file goes on where its last run stopped.
    Run {
        /// The file, or - for standard input.
        file: String,
    },
    /// Shows all accounts.
    Accounts,
    /// Shows what happened to an account.
    History {
        /// The account's number.
        account: AccountNumber,
    },
    /// Shows an account as it is, or as it was.
    Show {
        /// The account's number.
        account: AccountNumber,
        /// As it was after so many events.
        #[arg(long, value_name = "N")]
        at_version: Option<u64>,
    },
}

impl Arguments {
    pub(crate) async fn execute(self) -> anyhow::Result<()> {
        let store = SqlxEventStore::connect(&self.database).await?;
        let accounts = AggregateRepository::new(store.clone());
        match self.action {
            Action::Run { file } => run::run(&store, &accounts, &file).await?,
            Action::Accounts => println!("{}", report::accounts(&accounts).await?),
            Action::History { account } => {
                println!("{}", report::history(&accounts, &account).await?)
            }
            Action::Show { account, at_version } => {
                println!("{}", report::account(&accounts, &account, at_version).await?);
            }
        }
        Ok(())
    }
}
