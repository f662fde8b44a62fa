//! What is kept of subscribers, on any of the databases: what is said in which order. How it is said is a database's own.

mod arguments;
mod rows;
mod store;
mod texts;

use es_core::store::{Position, StoreError};
use es_core::subscription::{Advance, AdvanceError};

use self::arguments::Arguments;
use self::rows::Rows;
pub(crate) use self::store::Subscriptions;
pub(crate) use self::texts::Texts;
use crate::statement::Statement;

/// A database that keeps subscribers.
pub(crate) trait SubscriptionDatabase: Clone + Send + Sync + 'static {
    type Session: SubscriptionSession;

    fn begin(&self) -> impl Future<Output = Result<Self::Session, StoreError>> + Send;

    /// The rows of a statement that changes nothing.
    fn read(
        &self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    fn texts(&self) -> &Texts<Statement>;
}

/// A transaction of such a database.
pub(crate) trait SubscriptionSession: Send {
    /// Whether the database gets texts as the digits of their bytes, and gives them so.
    const HEX: bool;

    fn rows(
        &mut self,
        statement: &Statement,
        arguments: String,
        limit: Option<u32>,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Tells how many rows were changed.
    fn change(
        &mut self,
        statement: &Statement,
        arguments: String,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    fn end(self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets all of it, and has nothing locked any more.
    fn back(self) -> impl Future<Output = ()> + Send;
}

/// How texts are written for a kind of session.
fn about<S: SubscriptionSession>(subscriber: &str) -> Arguments {
    let text: fn(&str) -> String = match S::HEX {
        true => hex,
        false => str::to_owned,
    };
    Arguments::of(subscriber, text)
}

fn rows<S: SubscriptionSession>() -> Rows {
    let text: fn(&str) -> Option<String> = match S::HEX {
        true => text_of_hex,
        false => |text| Some(text.to_owned()),
    };
    Rows { text }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn text_of_hex(digits: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

/// Stores progress in a transaction, which isn't good for anything but a rollback after an error.
pub(crate) async fn advance<S: SubscriptionSession>(
    session: &mut S,
    texts: &Texts<Statement>,
    advance: &Advance<'_>,
) -> Result<(), AdvanceError> {
    let about = about::<S>(advance.subscriber).owner(advance.owner);
    let leases = about.clone().leases(advance.leases);
    let held = session.rows(&texts.lock_held, leases.json(), None).await?;
    if held.len() != advance.leases.len() {
        return Err(AdvanceError::Lost);
    }
    if let (Some(position), false) = (advance.position, advance.leases.is_empty()) {
        let parts = advance.leases.iter().map(|held| held.partition);
        let raised = about.clone().parts(parts).position(position);
        session.change(&texts.raise, raised.json()).await?;
    }
    if !advance.add.is_empty() {
        let added = about.clone().letters(advance.add);
        session.change(&texts.add_letters, added.json()).await?;
    }
    if let Some(failed) = advance.failed {
        let changed = about.clone().letters([failed]);
        session.change(&texts.change_letters, changed.json()).await?;
    }
    if let Some(position) = advance.remove {
        session.change(&texts.remove_letter, about.position(position).json()).await?;
    }
    Ok(())
}

/// Locks `live` and `rebuilt` in a transaction, and tells how many partitions `live` has.
pub(crate) async fn fence<S: SubscriptionSession>(
    session: &mut S,
    texts: &Texts<Statement>,
    live: &str,
    rebuilt: &str,
) -> Result<u32, AdvanceError> {
    let both = about::<S>(live).other(rebuilt);
    let locked = session.rows(&texts.lock_both, both.json(), None).await?;
    let count = session.rows(&texts.count, about::<S>(rebuilt).json(), None).await?;
    // What is locked stays as it is, so the others are those of `live`.
    match (locked.len() as u64, rows::<S>().number(count)?) {
        (locked, count) if count == 0 || locked < count => Err(AdvanceError::Lost),
        (locked, count) => Ok((locked - count) as u32),
    }
}

/// Gives all that is kept of `rebuilt` to `live`, in a transaction, and tells how many partitions `live` had.
pub(crate) async fn take_over<S: SubscriptionSession>(
    session: &mut S,
    texts: &Texts<Statement>,
    live: &str,
    rebuilt: &str,
) -> Result<u32, AdvanceError> {
    let about = about::<S>(live).other(rebuilt).position(Position::START);
    session.rows(&texts.lock_both, about.json(), None).await?;
    let highest = session.rows(&texts.highest, about.json(), None).await?;
    let is_paused = session.rows(&texts.is_paused, about.json(), None).await?;
    let taken = about.clone().epoch(rows::<S>().number(highest)? + 1);
    let taken = taken.paused(rows::<S>().is_true(is_paused)?);
    let had = session.change(&texts.remove_partitions, about.json()).await?;
    if session.change(&texts.take_partitions, taken.json()).await? == 0 {
        return Err(AdvanceError::Lost);
    }
    session.change(&texts.forget_letters, about.json()).await?;
    session.change(&texts.take_letters, about.json()).await?;
    let of_rebuilt = self::about::<S>(rebuilt);
    session.change(&texts.remove_members, of_rebuilt.json()).await?;
    Ok(had as u32)
}
