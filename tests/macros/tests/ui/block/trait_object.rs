//! A block for a trait object.

use es_core::prelude::*;

include!("../messages.rs");

pub trait Account {}

#[aggregate]
impl dyn Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }
}

pub fn usage() -> AccountOpened {
    <dyn Account>::open(OpenAccount { owner: "Ada".to_owned() })
}

fn main() {}
