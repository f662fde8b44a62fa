//! States of a program, each a module, in which the events of an account change.

use es_core::prelude::*;
use serde_json::{Value, json};

/// An account that is told nothing else.
macro_rules! account {
    ($opened:ty, $withdrawn:ty, $closed:ty; $($step:tt)*) => {
        pub(super) struct Account;

        #[aggregate(vis = pub(super))]
        impl Account {
            #[event_handler]
            fn opened(_: &$opened) -> Self {
                Account
            }

            #[event_handler]
            fn withdrawn(&mut self, _: &$withdrawn) {}

            #[event_handler]
            fn closed(&mut self, _: &$closed) {}

            $($step)*
        }
    };
}

/// Another aggregate beside it.
macro_rules! shop {
    () => {
        /// What it is doesn't tell.
        #[derive(Serialize, Deserialize, Event)]
        pub(super) struct Sold(serde_json::Value);

        #[derive(Default)]
        pub(super) struct Shop;

        #[aggregate(vis = pub(super))]
        impl Shop {
            #[event_handler]
            fn sold(&mut self, _: &Sold) {}
        }
    };
}

#[derive(Serialize, Deserialize)]
pub(super) enum Kind {
    Private,
    Shared,
}

mod first {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    pub(super) struct Opened {
        owner: String,
        kind: Kind,
    }

    #[derive(Serialize, Deserialize, Event)]
    pub(super) struct Withdrawn {
        note: Option<String>,
        amount: u32,
    }

    #[derive(Serialize, Deserialize, Event)]
    pub(super) struct Closed {}

    account! { Opened, Withdrawn, Closed; }
    shop!();
}

/// A field has another name and type, and the version is the same.
mod changed {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    pub(super) struct Withdrawn {
        note: Option<String>,
        cents: u64,
    }

    account! { first::Opened, Withdrawn, first::Closed; }
    shop!();
}

/// Everything changed as it should.
mod second {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 2, from = first::Opened)]
    pub(super) struct Opened {
        owner: String,
    }

    impl From<first::Opened> for Opened {
        fn from(_: first::Opened) -> Self {
            Opened { owner: String::new() }
        }
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 3)]
    pub(super) struct Withdrawn {
        cents: u64,
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(alias = "Closed")]
    pub(super) struct Finished {}

    account! {
        Opened, Withdrawn, Finished;

        #[upcaster(event = "Withdrawn", from = 1)]
        fn in_euros(json: Value) -> Value {
            json!({ "euros": json["amount"] })
        }
        #[upcaster(event = "Withdrawn", from = 2)]
        fn in_cents(json: Value) -> Value {
            json!({ "cents": json["euros"] })
        }
    }
    shop!();
}

/// The type of an older version is changed.
mod older_changed {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(type = "Opened")]
    pub(super) struct OpenedV1 {
        owner: String,
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 2, from = OpenedV1)]
    pub(super) struct Opened {
        owner: String,
    }

    impl From<OpenedV1> for Opened {
        fn from(event: OpenedV1) -> Self {
            Opened { owner: event.owner }
        }
    }

    account! { Opened, second::Withdrawn, second::Finished; }
    shop!();
}

/// Names, versions and an aggregate are no longer read.
mod forgetful {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 2)]
    pub(super) struct Opened {
        owner: String,
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 2)]
    pub(super) struct Withdrawn {
        cents: u64,
    }

    account! { Opened, Withdrawn, first::Closed; }
}

/// An event that has an older name is changed.
mod alias_changed {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(alias = "Closed")]
    pub(super) struct Finished {
        why: String,
    }

    account! { second::Opened, second::Withdrawn, Finished; }
    shop!();
}

/// A version that was read by a step on JSON is a type.
mod typed {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(type = "Withdrawn", version = 2)]
    pub(super) struct InEuros {
        euros: u32,
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 3, from = InEuros)]
    pub(super) struct Withdrawn {
        cents: u64,
    }

    impl From<InEuros> for Withdrawn {
        fn from(event: InEuros) -> Self {
            Withdrawn { cents: u64::from(event.euros) * 100 }
        }
    }

    account! {
        second::Opened, Withdrawn, second::Finished;

        #[upcaster(event = "Withdrawn", from = 1)]
        fn in_euros(json: Value) -> Value {
            json!({ "euros": json["amount"] })
        }
    }
    shop!();
}

mod two_readers {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    pub(super) struct Measured {
        value: u64,
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(type = "Measured")]
    pub(super) struct MeasuredAt {
        at: u64,
    }

    #[derive(Default)]
    pub(super) struct Values;

    #[aggregate(type = "Meter", vis = pub(super))]
    impl Values {
        #[event_handler]
        fn measured(&mut self, _: &Measured) {}
    }

    #[derive(Default)]
    pub(super) struct Times;

    #[aggregate(type = "Meter", vis = pub(super))]
    impl Times {
        #[event_handler]
        fn measured(&mut self, _: &MeasuredAt) {}
    }
}
