//! What the bank calls an account.

use std::fmt;
use std::str::FromStr;

use es_core::AggregateId;

/// An account number: two capital letters for the country, a hyphen, and 4 to 12 digits, as in `DE-10042`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountNumber(String);

impl AggregateId for AccountNumber {}

/// A text that is no account number.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error(
    "`{0}` is no account number: write two capital letters, a hyphen and 4 to 12 digits, as in DE-10042"
)]
pub struct NoAccountNumber(String);

impl FromStr for AccountNumber {
    type Err = NoAccountNumber;

    fn from_str(text: &str) -> Result<Self, NoAccountNumber> {
        let is_number = text.split_once('-').is_some_and(|(country, digits)| {
            country.len() == 2
                && country.bytes().all(|letter| letter.is_ascii_uppercase())
                && (4..=12).contains(&digits.len())
                && digits.bytes().all(|digit| digit.is_ascii_digit())
        });
        if is_number {
            Ok(AccountNumber(text.to_owned()))
        } else {
            Err(NoAccountNumber(text.to_owned()))
        }
    }
}

impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_number_reads_back_as_it_was_written() {
        let number: AccountNumber = "DE-10042".parse().unwrap();
        assert_eq!(number.to_string(), "DE-10042");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "DE",
            "DE-",
            "DE-123",
            "DE-1234567890123",
            "de-10042",
            "D-10042",
            "DE-1004x",
            "DE–10042",
        ] {
            assert_eq!(text.parse::<AccountNumber>(), Err(NoAccountNumber(text.to_owned())));
        }
    }
}
