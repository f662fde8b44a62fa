//! Runs subscribers. An event's way: [`reader`] takes a page of the feed ([`page`]) and gives it to the lanes; a
//! [`lane`] handles its events in batches and stores its progress with them ([`batch`]); what fails for good waits
//! ([`waiting`]), unless that is no fault of the event ([`outage`]). [`running`] holds the partitions that this process has
//! ([`membership`]), and begins anew when these change.

mod batch;
mod control;
mod deliver;
mod findings;
mod inline;
mod lane;
mod membership;
mod observe;
mod outage;
mod page;
mod partition;
mod reader;
mod rebuild;
mod routes;
mod running;
mod shared;
mod status;
mod subscriptions;
mod waiting;

pub use self::control::{ControlError, SubscriptionControl, WaitError};
pub(crate) use self::deliver::Deliver;
pub use self::findings::{StartFinding, StartFindings};
pub use self::inline::InlineStore;
pub use self::rebuild::{Rebuild, RebuildError};
pub(crate) use self::routes::Routes;
pub use self::status::SubscriberStatus;
pub use self::subscriptions::{Subscriptions, SubscriptionsError};
