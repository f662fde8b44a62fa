//! Who has subscriptions: one file for each. Those that call handlers only where the event was appended have none.

mod disintegrate;
mod evento;
mod limit;
mod ours;

use crate::contender::Run;
use crate::contenders::LIMIT;
use crate::follower::Follower;
use crate::place::Place;

type Open = fn(Place) -> Run<'static, Box<dyn Follower>>;

/// Opens the follower of a contender. The contender has made its tables before.
pub(crate) fn of(contender: &str) -> Option<Open> {
    ALL.iter().find(|(name, _)| *name == contender).map(|(_, open)| *open)
}

const ALL: [(&str, Open); 4] = [
    (LIMIT, limit::open),
    ("es-sqlx", ours::open),
    ("evento", evento::open),
    ("disintegrate", disintegrate::open),
];
