//! A command handler outside of an aggregate block.

use es_core::prelude::*;

include!("../messages.rs");

pub struct Account;

impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }
}

pub fn usage() -> AccountOpened {
    Account::open(OpenAccount { owner: "Ada".to_owned() })
}

fn main() {}
