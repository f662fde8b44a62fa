//! Attributes of others, on the block and on its methods.

use es_core::prelude::*;
use es_core::testing::{given, given_nothing};
use macro_tests_instrument::instrument;

#[derive(Clone, Command)]
pub struct Open;

#[derive(Clone, Command)]
pub struct Close;

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct Opened;

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct Closed;

#[derive(Default)]
pub struct Door {
    is_open: bool,
}

#[allow(clippy::unused_self, reason = "kept on the block")]
#[aggregate]
#[rustfmt::skip]
#[doc = "Kept on the block."]
impl Door {
    #[instrument(before)]
    #[command_handler]
    fn open(_: Open) -> Opened { Opened }

    #[command_handler]
    #[instrument(after)]
    async fn close(&self, _: Close) -> Closed {
        std::future::ready(()).await;
        Closed
    }

    #[inline]
    #[event_handler]
    #[instrument(event)]
    fn opened(&mut self, _: &Opened) { self.is_open = true; }

    #[event_handler]
    #[expect(unused_variables, reason = "kept on the method")]
    fn closed(&mut self, event: &Closed) { self.is_open = false; }

    #[must_use]
    #[deprecated = "kept on the method"]
    pub fn is_open(&self) -> bool { self.is_open }
}

#[test]
fn attribute_macros_on_handlers_do_their_work() {
    crate::SEEN.take();
    given_nothing::<Door>().when(Open).then(Opened).then_state(|door| assert!(door.is_open));
    given::<Door>(Opened).when(Close).then(Closed).then_state(|door| assert!(!door.is_open));
    assert_eq!(crate::SEEN.take(), ["before", "event", "event", "after"]);
}

#[test]
#[expect(deprecated, reason = "the attribute is kept")]
fn attributes_of_plain_methods_are_kept() {
    assert!(!Door::default().is_open());
}
