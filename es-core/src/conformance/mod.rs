//! The behaviours that every event store has, to be run in the tests of a store. Feature `conformance`.
//!
//! Each behaviour is a function that takes an empty store and panics where the store behaves otherwise.
//! [`conformance_tests!`](crate::conformance_tests) makes a test of each of them, named as it is:
//!
//! ```
//! use es_core::MemoryEventStore;
//!
//! es_core::conformance_tests!(async { MemoryEventStore::new() });
//! ```
//!
//! The expression is evaluated for each test, and its future gives an empty store that no other test uses; or a pair of
//! such a store and what has to outlive it, such as a temporary folder. What needs a
//! [capability](crate::store::Capabilities) that the store lacks passes without being tried.
#![allow(clippy::panic, reason = "a behaviour that isn't met is told by a panic, as tests do")]

mod fixture;
mod run;

pub mod appending;
pub mod listing;
pub mod messages;
pub mod races;
pub mod reading;
pub mod transactions;
pub mod values;

use std::sync::Arc;

pub use self::run::{Behaviour, Subject, run};
use crate::EventStore;

/// The store under test.
pub type Store = Arc<dyn EventStore>;

/// Lists all behaviours once, for [`BEHAVIOURS`] and for `conformance_tests!`. `$dollar` is a `$` for the macro in it.
macro_rules! behaviours {
    ($dollar:tt $( $group:ident { $($name:ident)* } )*) => {
        /// All behaviours, for tests that choose among them.
        pub const BEHAVIOURS: &[Behaviour] = &[ $($(
            Behaviour::new(stringify!($group), stringify!($name), |store| Box::pin($group::$name(store))),
        )*)* ];

        /// Makes a test of each behaviour in [`conformance`](crate::conformance) for the stores that a future gives.
        /// See there.
        #[macro_export]
        macro_rules! conformance_tests {
            ($dollar subject:expr) => { $(
                mod $group {
                    use super::*;

                    $(
                        #[test]
                        fn $name() {
                            $dollar crate::conformance::run(
                                $dollar crate::conformance::$group::$name,
                                async { $dollar subject.await },
                            );
                        }
                    )*
                }
            )* };
        }
    };
}

behaviours! { $
    appending {
        the_first_append_creates_the_stream
        a_later_append_goes_on_at_the_next_version
        everything_of_an_event_comes_back
        times_come_back_to_the_microsecond
        the_order_of_a_stream_is_not_that_of_clocks
        a_stale_version_is_a_conflict
        a_version_to_come_is_a_conflict
        a_version_of_a_missing_stream_is_a_conflict
        a_stream_is_created_once
        a_refused_append_leaves_nothing
        streams_are_apart_by_type
        ten_thousand_events_go_in_one_append
        positions_rise
    }
    reading {
        a_missing_stream_shows_nothing
        every_part_of_a_long_stream_can_be_read
        a_limit_of_nothing_tells_the_head_alone
        a_stream_can_be_read_in_pages
        a_visitor_that_breaks_is_shown_no_more
        a_reader_sees_one_consistent_state
        a_writer_reads_its_own_append
    }
    messages {
        a_message_is_remembered_with_its_events
        a_head_tells_only_of_the_message_that_was_asked_about
        the_same_message_again_is_a_duplicate
        a_duplicate_at_a_stale_version_is_a_duplicate
        a_creation_delivered_twice_is_a_duplicate
        a_message_is_remembered_for_each_entity
        a_message_is_remembered_for_each_consumer
        a_message_is_not_confused_with_its_consumer
        message_ids_are_compared_to_the_byte
        an_append_without_events_remembers_its_message
        an_append_without_events_needs_the_version_too
        a_duplicate_for_a_deleted_entity_is_a_duplicate
        a_deleted_entity_keeps_its_events
    }
    listing {
        a_type_without_entities_lists_none
        entities_are_listed_in_the_order_of_their_bytes
        entities_can_be_listed_in_pages
        a_listing_starts_after_any_text
        only_entities_that_exist_are_listed
    }
    values {
        events_of_a_mebibyte_are_stored
        metadata_of_a_mebibyte_is_stored
        any_json_is_an_event
        json_may_be_written_in_any_way
        metadata_takes_any_text
        ids_take_any_text
        messages_take_any_text
        stored_names_take_any_text
        ids_that_look_alike_are_different
        ids_of_the_greatest_length_are_stored_whole
    }
    races {
        one_of_many_appends_at_one_version_wins
        one_of_many_creations_wins
        one_of_many_deliveries_of_a_message_wins
        many_writers_do_not_hinder_each_other
        a_refusal_does_not_touch_the_others
        a_dropped_append_is_whole_or_absent
        a_dropped_append_does_not_touch_the_others
        a_dropped_read_does_no_harm
    }
    transactions {
        a_store_without_transactions_says_so
        a_commit_stores_all_of_it
        a_rollback_leaves_nothing
        a_dropped_transaction_leaves_nothing
        an_empty_transaction_commits
        a_transaction_reads_its_own_appends
        a_transaction_appends_to_a_stream_again
        nothing_is_visible_before_the_commit
        a_commit_is_seen_at_once
        a_refusal_leaves_the_transaction_as_it_was
        a_message_of_a_transaction_is_processed_once
        a_transaction_and_an_append_do_not_both_win
        a_transaction_that_comes_late_to_a_stream_is_later_in_it
        transactions_of_many_tasks_lose_nothing
        positions_rise_through_transactions
        a_dropped_wait_for_a_transaction_does_no_harm
    }
}
