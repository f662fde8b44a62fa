//! Visibility, the names of both enums, and the path of es_core.

mod inner {
    pub(super) use es_core as event_sourcing;
}

use es_core::prelude::*;

#[derive(Clone, Deserialize, Command)]
#[command(crate = inner::event_sourcing)]
struct Plant;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(crate = inner::event_sourcing)]
struct Planted;

pub(super) struct Tree;

#[aggregate(
    vis = pub(super),
    events = Growth,
    commands = Gardening,
    crate = inner::event_sourcing,
)]
impl Tree {
    #[command_handler]
    fn plant(_: Plant) -> Planted {
        Planted
    }

    #[event_handler]
    fn planted(_: Planted) -> Self {
        Tree
    }
}
