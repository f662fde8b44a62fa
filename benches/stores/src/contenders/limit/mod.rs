//! The limit: SQL written by hand for this one task, over sqlx. One prepared statement appends, by itself a
//! transaction; a unique key is the optimistic lock; there is nothing but the table of events. It does less than an
//! event store has to: it knows no deleted entities, no processed messages, no metadata, and a conflict is an error.

mod mysql;
mod postgres;
mod sqlite;

use es_sqlx::sqlx;

pub(crate) use self::mysql::open as open_mysql;
pub(crate) use self::postgres::open as open_postgres;
pub(crate) use self::sqlite::open as open_sqlite;

use crate::contender::Failed;
use crate::domain::{Deposit, Tally};

const ENTITY_TYPE: &str = "Account";
const OPENED: &str = "AccountOpened";
pub(crate) const DEPOSITED: &str = "Deposited";

fn opened() -> String {
    format!(r#"{{"owner":"{}"}}"#, crate::domain::OWNER)
}

fn deposit(deposits: u64) -> Result<String, Failed> {
    serde_json::to_string(&Deposit::after(deposits)).map_err(Failed::other)
}

/// Folds an event; the first one opens the account.
fn fold(tally: &mut Option<Tally>, event_type: &str, data: &[u8]) -> Result<(), Failed> {
    match (event_type, tally) {
        (OPENED, tally) => {
            serde_json::from_slice::<Opened>(data).map_err(Failed::other)?;
            *tally = Some(Tally::default());
        }
        (DEPOSITED, Some(tally)) => {
            let event: Deposit = serde_json::from_slice(data).map_err(Failed::other)?;
            tally.add(event.amount, event.number);
        }
        (other, _) => return Err(Failed::other(format!("unexpected event {other}"))),
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct Opened {
    #[allow(dead_code, reason = "it is read to cost what reading costs")]
    owner: String,
}

/// The deposits that an account has which must exist.
fn deposits(tally: Option<Tally>) -> Result<u64, Failed> {
    tally.map(|tally| tally.deposits).ok_or_else(|| Failed::other("no such account"))
}

fn failed(error: sqlx::Error) -> Failed {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => Failed::Conflict,
        _ => Failed::other(error),
    }
}
