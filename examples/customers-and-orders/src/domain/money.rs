use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount in whole cents, at most [`Money::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Money(u64);

impl Money {
    pub const ZERO: Money = Money(0);

    /// The largest whole number that is exact in every JSON parser, 2^53 - 1 (RFC 8259, section 6).
    pub const MAX: Money = Money((1 << 53) - 1);

    pub const fn cents(self) -> u64 {
        self.0
    }

    /// As SQL has it. Nothing is lost: see [`Money::MAX`].
    pub const fn as_i64(self) -> i64 {
        self.0 as i64
    }

    /// The sum, or `None` where it is more than [`Money::MAX`].
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).and_then(|cents| Money::try_from(cents).ok())
    }

    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.0.checked_sub(other.0).map(Money)
    }
}

#[derive(Debug, PartialEq, Error)]
#[error("{0} cents are more than {max}, the most that is exact in JSON", max = Money::MAX.cents())]
pub struct TooMuch(u64);

impl TryFrom<u64> for Money {
    type Error = TooMuch;

    fn try_from(cents: u64) -> Result<Self, TooMuch> {
        if cents <= Money::MAX.0 { Ok(Money(cents)) } else { Err(TooMuch(cents)) }
    }
}

impl From<Money> for u64 {
    fn from(money: Money) -> Self {
        money.0
    }
}

/// For amounts that are written into the program.
impl From<u16> for Money {
    fn from(cents: u16) -> Self {
        Money(cents.into())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_json_cannot_hold_is_refused() {
        let largest = Money::MAX.cents();
        assert_eq!(serde_json::from_str::<Money>(&largest.to_string()).unwrap(), Money::MAX);
        assert!(serde_json::from_str::<Money>(&(largest + 1).to_string()).is_err());
        assert!(serde_json::from_str::<Money>("-1").is_err());
        assert!(serde_json::from_str::<Money>("0.5").is_err());
        assert_eq!(Money::MAX.checked_add(1.into()), None);
    }

    #[test]
    fn an_amount_is_shown_in_units() {
        assert_eq!(Money::from(12_305).to_string(), "123.05");
    }
}
