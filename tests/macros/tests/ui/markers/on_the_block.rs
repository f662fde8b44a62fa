//! A marker on a whole block.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account;

#[command_handler]
impl Account {
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }
}

pub fn usage() -> AccountOpened {
    Account::open(OpenAccount { owner: "Ada".to_owned() })
}

fn main() {}
