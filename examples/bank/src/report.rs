//! Accounts and their histories as text.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use es_core::{AggregateRepository, Failure};

use bank::domain::Account;
use bank::number::AccountNumber;

type Accounts = AggregateRepository<Account>;

/// How many ids are read at a time.
const PAGE: u32 = 500;

/// All accounts, by number.
pub(crate) async fn accounts(accounts: &Accounts) -> Result<Table, Failure> {
    let mut table = table(["account", "owner", "balance", "state", "version"]);
    let mut last = None;
    loop {
        let numbers = accounts.ids(last.as_ref(), PAGE).await?;
        for number in &numbers {
            let account = accounts.find(number).await?;
            table.add_row([
                number.to_string(),
                account.owner.clone(),
                money(account.balance),
                state(&account).to_owned(),
                account.version().to_string(),
            ]);
        }
        match numbers.into_iter().next_back() {
            Some(number) => last = Some(number),
            None => break,
        }
    }
    align_right(&mut table, &[2, 4]);
    Ok(table)
}

/// What happened to an account, oldest first: when, by whom and why.
pub(crate) async fn history(accounts: &Accounts, number: &AccountNumber) -> Result<Table, Failure> {
    let mut table = table(["version", "time", "user", "reason", "event", "data", "message"]);
    let mut history = accounts.history(number).await?;
    while let Some(event) = history.next().await {
        let event = event?;
        table.add_row([
            event.version().to_string(),
            event.recorded_at().to_string(),
            event.metadata().user().unwrap_or_default().to_owned(),
            event.metadata().reason().unwrap_or_default().to_owned(),
            event.event_type().to_owned(),
            event.json().to_owned(),
            event.triggering_event().unwrap_or_default().to_owned(),
        ]);
    }
    align_right(&mut table, &[0]);
    Ok(table)
}

/// One account, as it is or as it was.
pub(crate) async fn account(
    accounts: &Accounts,
    number: &AccountNumber,
    version: Option<u64>,
) -> Result<String, Failure> {
    let find = accounts.find(number);
    let account = match version {
        Some(version) => find.at_version(version).await?,
        None => find.await?,
    };
    Ok(format!(
        "{number} of {}, at version {}: {}, {}",
        account.owner,
        account.version(),
        money(account.balance),
        state(&account)
    ))
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn align_right(table: &mut Table, columns: &[usize]) {
    for &column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn state(account: &Account) -> &'static str {
    if account.closed { "closed" } else { "open" }
}

/// Cents as an amount.
fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
