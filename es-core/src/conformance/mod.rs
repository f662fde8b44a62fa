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

mod domain;
mod evolved;
mod fixture;
mod rivals;
mod run;
mod unregistered;
mod watcher;

pub mod appending;
pub mod caching;
pub mod damage;
pub mod deleting;
pub mod delivering;
pub mod evolving;
pub mod feeding;
pub mod inlining;
pub mod intercepting;
pub mod isolation;
pub mod listing;
pub mod messages;
pub mod past;
pub mod races;
pub mod reading;
pub mod rebuilding;
pub mod repeating;
pub mod saving;
pub mod snapshots;
pub mod subscribing;
pub mod together;
pub mod transactions;
pub mod updating;
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

        #[cfg(test)]
        const SOURCES: &[(&str, &str)] = &[ $(
            (stringify!($group), include_str!(concat!(stringify!($group), ".rs"))),
        )* ];

        /// Makes a test of each behaviour in [`conformance`](crate::conformance) for the stores that a future gives.
        /// See there.
        #[macro_export]
        macro_rules! conformance_tests {
            ($dollar subject:expr) => { $(
                #[cfg(test)]
                mod $group {
                    #[allow(unused_imports, reason = "the expression may name everything by its path")]
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
        bare_events_have_what_a_fold_reads
        a_limit_of_nothing_tells_the_head_alone
        a_stream_can_be_read_in_pages
        a_visitor_that_breaks_is_shown_no_more
        a_reader_sees_one_consistent_state
        a_writer_reads_its_own_append
        loads_that_meet_show_each_its_own_stream
        loads_that_meet_show_what_was_stored_before_them
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
    isolation {
        nothing_is_visible_before_the_commit
        a_commit_is_seen_at_once
        a_transaction_and_an_append_do_not_both_win
        a_transaction_that_comes_late_to_a_stream_is_later_in_it
        transactions_of_many_tasks_lose_nothing
        a_dropped_commit_is_whole_or_absent
        a_dropped_wait_for_a_transaction_does_no_harm
    }
    transactions {
        a_store_without_transactions_says_so
        a_commit_stores_all_of_it
        a_rollback_leaves_nothing
        a_dropped_transaction_leaves_nothing
        an_empty_transaction_commits
        a_transaction_reads_its_own_appends
        a_transaction_appends_to_a_stream_again
        a_refusal_leaves_the_transaction_as_it_was
        a_message_of_a_transaction_is_processed_once
        positions_rise_through_transactions
    }
    feeding {
        a_store_without_a_feed_says_so
        an_empty_feed_is_at_its_end
        the_feed_shows_every_event_in_order
        the_feed_can_be_read_in_pages
        a_page_of_nothing_stays_where_it_is
        a_page_after_the_end_is_empty
        a_visitor_of_the_feed_that_breaks_is_shown_no_more
        a_filter_shows_what_it_names
        a_filtered_feed_comes_to_its_end
        pseudo_events_are_not_in_the_feed
        the_feed_shows_events_of_any_size
        nothing_is_fed_before_the_commit
        nothing_is_fed_after_a_rollback
        an_open_transaction_delays_no_others
        a_late_commit_is_not_skipped
        a_late_turn_in_a_stream_is_late_in_the_feed
        events_of_one_commit_stay_together
        polling_readers_miss_nothing_of_many_writers
        the_end_is_at_the_newest_event
        the_position_of_an_event_can_be_asked
        a_token_names_the_newest_event_of_a_state
        an_append_tells_the_position_of_the_feed
        an_append_wakes_a_reader
        a_commit_wakes_every_reader
        a_dropped_read_of_the_feed_does_no_harm
    }
    snapshots {
        a_store_without_snapshots_says_so
        a_snapshot_comes_before_the_events_after_it
        a_long_stream_goes_on_after_a_snapshot
        a_snapshot_is_shown_to_who_asks
        a_snapshot_is_shown_by_its_shape
        a_snapshot_of_another_shape_is_told
        the_newest_snapshot_of_the_range_is_shown
        a_snapshot_of_another_stream_is_not_shown
        snapshots_are_apart_by_entity
        the_same_snapshot_again_replaces_it
        old_snapshots_are_forgotten
        any_state_is_kept
        a_snapshot_is_kept_later
        a_snapshot_and_its_events_are_one_state
        a_transaction_keeps_its_snapshots
    }
    damage {
        an_unknown_type_is_told
        an_unknown_version_of_a_type_is_told
        json_that_does_not_fit_is_told
        a_stream_that_does_not_start_is_told
        a_bare_event_is_told_with_its_id
    }
    deleting {
        an_event_deletes_its_entity
        a_deleted_entity_is_found_when_it_is_asked_for
        the_id_of_a_deleted_entity_is_not_used_again
        an_event_after_the_last_is_refused
        an_entity_may_be_deleted_as_it_is_created
        a_message_that_deleted_an_entity_is_a_duplicate
        an_entity_is_deleted_in_a_transaction
    }
    evolving {
        an_older_version_means_what_its_steps_say
        typed_steps_follow_one_another
        an_event_may_become_several
        an_event_may_become_none
        an_event_may_become_another
        an_alias_is_an_older_name
        what_is_stored_stays_as_it_was
        an_update_goes_on_from_older_versions
        new_events_have_the_current_version
        a_version_to_come_is_told
        a_version_without_a_step_is_told
        an_upcaster_that_refuses_is_told
        unknown_events_are_skipped_where_that_is_said
        pseudo_events_are_stored_and_change_nothing
        a_history_as_stored_tells_every_row
    }
    inlining {
        an_inline_subscriber_writes_with_the_append
        an_inline_subscriber_that_fails_undoes_the_append
        an_inline_subscriber_goes_with_the_transaction
        a_refused_append_calls_no_inline_subscriber
        inline_subscribers_of_many_writers_lose_nothing
    }
    intercepting {
        an_interceptor_adds_events_and_metadata
        interceptors_run_in_their_order
        an_interceptor_turns_a_refusal_into_events
        a_refusal_that_nobody_accepts_writes_nothing
        an_interceptor_decides_where_a_handler_did_not
    }
    past {
        each_version_is_the_fold_of_its_events
        a_version_that_never_was_is_refused
        a_time_shows_what_was_decided_until_then
        a_history_tells_every_event
        a_history_can_be_read_in_part
        a_history_can_begin_at_its_end
        metadata_reaches_every_event_of_its_call
        a_conversation_is_kept_through_a_chain
        a_deleted_entity_is_history
    }
    rebuilding {
        a_rebuilt_view_takes_the_place_of_the_live_one
        a_rebuild_that_was_broken_off_goes_on
        a_rebuild_tries_again_what_waited
        a_rebuild_can_begin_anew
        a_paused_subscriber_stays_paused_with_its_new_view
        a_view_that_cannot_be_replaced_stays
    }
    repeating {
        a_message_changes_an_entity_once
        two_deliveries_at_once_change_an_entity_once
        many_deliveries_at_once_change_an_entity_once
        a_creation_delivered_twice_creates_one_entity
        two_creations_at_once_create_one_entity
        a_chosen_id_is_created_once_by_a_message
        a_message_without_events_is_processed
        an_idempotency_key_is_used_once
        consumers_have_messages_for_themselves
        a_duplicate_that_expects_a_version_is_a_duplicate
        messages_that_cannot_be_stored_are_refused
    }
    saving {
        a_save_creates_an_entity
        each_save_creates_another_entity
        a_taken_id_is_refused
        a_refused_save_writes_nothing
        a_save_without_events_is_refused
        ids_that_cannot_be_stored_are_refused
    }
    subscribing {
        a_subscriber_is_registered_once
        a_subscriber_is_registered_once_by_many
        names_that_look_alike_are_different_subscribers
        an_unknown_subscriber_has_nothing
        members_are_counted_while_they_are_there
        a_partition_has_one_owner
        many_takers_get_each_partition_once
        a_lease_that_is_over_is_taken
        a_lease_that_is_over_can_be_renewed
        a_partition_is_given_back_by_its_owner
        who_leaves_has_nothing_any_more
        progress_raises_positions
        progress_without_the_lease_is_refused
        progress_after_the_lease_is_stored_while_nobody_took_it
        progress_commits_with_its_transaction
        progress_in_a_transaction_needs_the_lease
        a_partition_is_not_taken_under_a_transaction
        waiting_events_are_listed
        the_waiting_events_of_an_entity_are_a_queue
        an_entity_is_due_with_its_first_waiting_event
        what_is_due_for_longest_comes_first
        an_event_waits_once
        a_waiting_event_can_fail_again
        parked_events_are_due_when_somebody_says_so
        an_event_that_is_done_waits_no_more
        waiting_events_change_with_their_transaction
        a_pause_is_seen_in_the_leases
        a_reset_takes_all_back_to_a_position
        a_removed_subscriber_is_forgotten
        a_rebuilt_subscriber_takes_over
        a_fenced_subscriber_waits
        a_transaction_without_subscribers_says_so
    }
    delivering {
        each_event_is_handled_in_the_order_of_its_entity
        a_run_goes_on_where_the_last_one_stopped
        a_subscriber_begins_where_its_options_say
        a_transient_subscriber_keeps_nothing
        a_handler_that_fails_is_called_again
        an_event_that_fails_for_good_holds_up_its_entity_alone
        a_waiting_event_can_be_skipped
        a_blocked_entity_goes_on_when_its_event_works
        a_subscriber_that_skips_goes_on
        a_transactional_handler_is_done_once
        runs_share_the_entities_and_take_over
        a_paused_subscriber_waits
        a_reset_subscriber_handles_all_again
        a_change_can_be_waited_for
        progress_is_shown
        a_run_that_ends_keeps_what_is_handled
        subscribers_see_what_old_events_mean_now
    }
    together {
        several_aggregates_commit_together
        several_aggregates_roll_back_together
        a_repository_finds_its_own_in_a_transaction
        a_failed_call_leaves_the_transaction
        a_message_in_a_transaction_is_processed_once
    }
    updating {
        a_missing_entity_is_not_found
        an_update_goes_on_from_what_is_stored
        a_closure_updates_too
        a_lost_race_is_decided_again
        fifty_updates_at_once_all_succeed
        an_update_that_loses_every_race_is_a_conflict
        other_errors_are_not_tried_again
        a_refused_update_writes_nothing
        an_update_without_events_writes_nothing
        an_unexpected_version_is_a_conflict
        an_expected_version_is_not_tried_again
        a_slow_clock_changes_no_order
    }
    caching {
        what_was_changed_last_is_not_read
        what_was_read_for_an_update_is_kept
        what_others_changed_is_decided_again
        a_refusal_is_decided_on_what_is_stored
        a_refusal_that_stands_is_decided_once
        a_message_that_others_processed_is_found
        an_expected_version_is_the_stored_one
        what_others_deleted_is_not_updated
        a_find_reads_what_is_stored
        a_transaction_keeps_to_itself
        a_failed_update_is_forgotten
        a_dropped_update_is_forgotten
        fifty_updates_of_what_is_known_all_succeed
        two_caches_update_in_turn
        any_calls_end_as_without_a_cache
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_behaviour_is_listed() {
        for (group, source) in SOURCES {
            let written: Vec<_> = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
                .collect();
            let listed: Vec<_> = BEHAVIOURS
                .iter()
                .filter(|behaviour| behaviour.group() == *group)
                .map(Behaviour::name)
                .collect();
            assert_eq!(written, listed, "in {group}.rs");
        }
    }
}
