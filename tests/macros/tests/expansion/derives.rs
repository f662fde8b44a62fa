//! Commands, events and ids without an aggregate.

use es_core::prelude::*;

#[derive(Command)]
pub struct Rename {
    pub name: String,
}

#[derive(Command)]
#[command(type = "user.lock")]
pub enum Lock {
    Now,
    Later,
}

#[derive(Serialize, Deserialize, Event)]
pub struct Renamed {
    pub name: String,
}

#[derive(Serialize, Deserialize, Event)]
#[event(type = "user.locked", alias = "UserLocked")]
#[event(alias = "Locked", version = 3)]
pub enum UserWasLocked {
    Now,
    Later,
}

/// Named as the parameter of the generated impls would be.
#[derive(Serialize, Deserialize, Event)]
pub struct A;

#[derive(Debug, Clone, AggregateId)]
pub struct UserId(es_core::Uuid);

#[derive(Debug, Clone, AggregateId)]
pub struct Email {
    text: String,
}
