//! No event starts the state: it starts from its default.

use es_core::prelude::*;

#[derive(Command)]
pub struct Click;

#[derive(Serialize, Deserialize, Event)]
pub struct Clicked;

#[derive(Serialize, Deserialize, Event)]
pub struct Doubled;

#[derive(Default)]
pub struct Clicks {
    pub count: u64,
}

#[aggregate]
impl Clicks {
    #[command_handler]
    fn begin(_: Click) -> Vec<Clicked> {
        vec![Clicked]
    }

    #[event_handler]
    fn clicked(&mut self, _: Clicked) {
        self.count += 1;
    }

    #[event_handler]
    fn doubled(self, _: &Doubled) -> Self {
        Clicks { count: self.count * 2 }
    }
}
