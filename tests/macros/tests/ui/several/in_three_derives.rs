//! A mistake in each of three derives.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Debug, Clone, Deserialize, Command)]
#[command(typ = "Freeze")]
pub struct Freeze;

#[derive(Debug, Serialize, Deserialize, Event)]
#[event(version = 0, alias = "")]
pub struct AccountFrozen;

#[derive(Debug, Clone, AggregateId)]
#[aggregate_id(crate = "es_core")]
pub struct Iban(String);

#[derive(Default)]
pub struct Account;

#[aggregate(id = Iban)]
impl Account {
    #[command_handler]
    fn freeze(&self, _: Freeze) -> AccountFrozen {
        AccountFrozen
    }

    #[event_handler]
    fn frozen(&mut self, _: &AccountFrozen) {}
}

pub async fn usage(accounts: &AggregateRepository<Account>, iban: &Iban) -> Result<(), Failure> {
    accounts.update(iban, Freeze).await?;
    accounts.find(iban).await?;
    Ok(())
}

fn main() {}
