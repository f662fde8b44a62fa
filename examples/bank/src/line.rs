//! A line of input: one command, for one account.

use std::error::Error;

use bank::domain::AccountCommand;
use bank::number::AccountNumber;
use es_core::CommandSet;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A command on its way to an account.
pub(crate) struct Line {
    /// The id of the message, so that a message that comes twice counts once.
    pub(crate) message: String,
    /// When, by whom and why it was sent.
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) why: Option<String>,
    pub(crate) account: AccountNumber,
    pub(crate) command: AccountCommand,
}

/// The line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    message: String,
    at: String,
    by: String,
    why: Option<String>,
    account: String,
    command: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Line {
    /// Reads a line.
    pub(crate) fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let written: Written<'_> = serde_json::from_str(text)?;
        Ok(Line {
            message: written.message,
            at: written.at,
            by: written.by,
            why: written.why,
            account: written.account.parse()?,
            command: AccountCommand::decode(&written.command, written.data.get().as_bytes())?,
        })
    }
}
