//! What is the same for all: the facts of a bank account, and what is made of them.

use serde::{Deserialize, Serialize};

/// Whose account it is. The JSON of the event is 75 bytes long.
pub(crate) const OWNER: &str = "Augusta Ada King, Countess of Lovelace, of Ockham Park, Surrey.";

/// Why money is put in. The JSON of a deposit is about 76 bytes long.
pub(crate) const NOTE: &str = "salary for the month, with our thanks";

/// Cents of a deposit.
pub(crate) const AMOUNT: u64 = 12_345;

/// A deposit as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deposit {
    pub(crate) amount: u64,
    /// How many deposits the account had, and this one.
    pub(crate) number: u64,
    pub(crate) note: String,
}

impl Deposit {
    /// The deposit that follows so many others.
    pub(crate) fn after(deposits: u64) -> Self {
        Deposit { amount: AMOUNT, number: deposits + 1, note: NOTE.to_owned() }
    }
}

/// The state of an account, and whether its deposits came in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) balance: u64,
    pub(crate) deposits: u64,
    pub(crate) disorder: bool,
}

impl Tally {
    pub(crate) fn add(&mut self, amount: u64, number: u64) {
        self.balance += amount;
        self.deposits += 1;
        self.disorder |= number != self.deposits;
    }

    /// The account that has seen so many deposits, in order.
    pub(crate) fn of(deposits: u64) -> Self {
        Tally { balance: deposits * AMOUNT, deposits, disorder: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_have_the_size_that_is_told() {
        assert_eq!(format!(r#"{{"owner":"{OWNER}"}}"#).len(), 75);
        assert_eq!(serde_json::to_string(&Deposit::after(99)).expect("JSON").len(), 76);
    }

    #[test]
    fn deposits_out_of_order_show() {
        let mut tally = Tally::default();
        tally.add(AMOUNT, 1);
        tally.add(AMOUNT, 2);
        assert_eq!(tally, Tally::of(2));
        tally.add(AMOUNT, 2);
        assert!(tally.disorder);
    }
}
