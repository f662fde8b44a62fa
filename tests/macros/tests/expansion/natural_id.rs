//! A key of the domain as the id, and an enum of the commands.

use es_core::prelude::*;

#[derive(Debug, Clone, PartialEq, AggregateId)]
pub struct Iban(String);

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct OpenLedger {
    pub currency: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Book {
    pub amount: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct LedgerOpened {
    pub currency: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Booked {
    pub amount: i64,
}

#[derive(Debug, PartialEq)]
pub struct UnknownCurrency;

pub struct Ledger {
    pub currency: String,
    pub balance: i64,
}

#[aggregate(id = Iban, commands = LedgerCommand)]
impl Ledger {
    #[command_handler]
    fn open(command: OpenLedger) -> Result<LedgerOpened, UnknownCurrency> {
        match &*command.currency {
            "EUR" | "CHF" => Ok(LedgerOpened { currency: command.currency }),
            _ => Err(UnknownCurrency),
        }
    }

    #[command_handler]
    fn book(&self, command: &Book) -> LedgerEvent {
        Booked { amount: command.amount }.into()
    }

    #[event_handler]
    fn opened(event: LedgerOpened) -> Self {
        Ledger { currency: event.currency, balance: 0 }
    }

    #[event_handler]
    fn booked(&mut self, event: &Booked) {
        self.balance += event.amount;
    }
}
