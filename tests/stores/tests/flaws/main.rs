//! The conformance suite fails where it should: each flaw of a store is found by the behaviours that name it, each
//! behaviour finds a flaw, and a store without flaws passes.

mod feed;
mod flaw;
mod state;
mod store;
mod transaction;

use std::panic::{AssertUnwindSafe, catch_unwind};

use es_core::conformance::{BEHAVIOURS, Behaviour, run};

use crate::flaw::Flaw;
use crate::store::FlawedStore;

mod without_flaws {
    use super::*;

    es_core::conformance_tests!(async { FlawedStore::new(None) });
}

/// The groups of behaviours whose flaws are in `subscriber_flaws`.
const ELSEWHERE: [&str; 4] = ["subscribing", "delivering", "inlining", "rebuilding"];

fn finds(behaviour: &Behaviour, flaw: Flaw) -> bool {
    let run = || run(|store| behaviour.check(store), async { FlawedStore::new(Some(flaw)) });
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

/// Makes a test of each flaw, with the behaviours that find it.
macro_rules! found {
    ($( $test:ident: $flaw:ident by $($behaviour:ident)*; )*) => {
        $(
            #[test]
            fn $test() {
                for name in [$(stringify!($behaviour)),*] {
                    let behaviour = BEHAVIOURS.iter().find(|behaviour| behaviour.name() == name);
                    let behaviour = behaviour.unwrap_or_else(|| panic!("no behaviour `{name}`"));
                    assert!(finds(behaviour, Flaw::$flaw), "{behaviour:?} passes");
                }
            }
        )*

        const FINDERS: &[&str] = &[$($(stringify!($behaviour)),*),*];
    };
}

#[test]
fn every_behaviour_finds_a_flaw() {
    let idle: Vec<_> = BEHAVIOURS
        .iter()
        .filter(|behaviour| !ELSEWHERE.contains(&behaviour.group()))
        .filter(|behaviour| !FINDERS.contains(&behaviour.name()))
        .collect();
    assert!(idle.is_empty(), "these find none: {idle:#?}");
}

found! {
    a_lost_optimistic_lock: IgnoresVersions by
        a_stale_version_is_a_conflict
        a_version_to_come_is_a_conflict
        a_version_of_a_missing_stream_is_a_conflict
        a_stream_is_created_once
        one_of_many_appends_at_one_version_wins
        one_of_many_creations_wins
        a_taken_id_is_refused
        a_lost_race_is_decided_again
        fifty_updates_at_once_all_succeed
        an_update_that_loses_every_race_is_a_conflict
        an_expected_version_is_not_tried_again
        what_others_changed_is_decided_again
        fifty_updates_of_what_is_known_all_succeed
        two_caches_update_in_turn;
    half_an_append: StoresEventByEvent by
        a_reader_sees_one_consistent_state
        a_dropped_append_is_whole_or_absent
        a_dropped_append_does_not_touch_the_others;
    a_large_append_that_is_cut: StoresAHundredEvents by
        ten_thousand_events_go_in_one_append;
    an_append_that_is_lost: StoresNothing by
        the_first_append_creates_the_stream
        a_later_append_goes_on_at_the_next_version
        a_writer_reads_its_own_append
        a_save_creates_an_entity
        each_save_creates_another_entity
        ids_that_cannot_be_stored_are_refused
        messages_that_cannot_be_stored_are_refused
        a_missing_entity_is_not_found
        an_update_goes_on_from_what_is_stored
        a_closure_updates_too
        other_errors_are_not_tried_again
        an_update_without_events_writes_nothing
        an_unexpected_version_is_a_conflict
        a_refusal_that_nobody_accepts_writes_nothing
        an_interceptor_decides_where_a_handler_did_not
        what_was_changed_last_is_not_read
        what_was_read_for_an_update_is_kept
        a_refusal_that_stands_is_decided_once
        an_expected_version_is_the_stored_one
        a_failed_update_is_forgotten
        a_dropped_update_is_forgotten
        an_event_after_the_last_is_refused;
    an_append_that_fails_because_of_others: FailsUnderLoad by
        many_writers_do_not_hinder_each_other
        a_refusal_does_not_touch_the_others;
    a_missing_position: TellsNoPositions by
        positions_rise
        positions_rise_through_transactions;
    a_lost_deletion: ForgetsDeletions by
        a_deleted_entity_keeps_its_events
        only_entities_that_exist_are_listed
        a_deleted_entity_is_history
        what_others_deleted_is_not_updated
        an_event_deletes_its_entity
        a_deleted_entity_is_found_when_it_is_asked_for
        the_id_of_a_deleted_entity_is_not_used_again
        an_entity_may_be_deleted_as_it_is_created
        a_message_that_deleted_an_entity_is_a_duplicate
        an_entity_is_deleted_in_a_transaction;

    events_in_the_wrong_order: SortsByTime by
        times_come_back_to_the_microsecond
        the_order_of_a_stream_is_not_that_of_clocks
        a_slow_clock_changes_no_order;
    a_skipped_event: SkipsAfterAPage by
        every_part_of_a_long_stream_can_be_read
        a_stream_can_be_read_in_pages
        a_long_stream_goes_on_after_a_snapshot
        a_history_tells_every_event;
    a_late_read: ReadsLate by
        a_writer_reads_its_own_append
        an_update_goes_on_from_what_is_stored
        each_version_is_the_fold_of_its_events
        an_unknown_type_is_told
        json_that_does_not_fit_is_told
        a_stream_that_does_not_start_is_told
        a_refusal_is_decided_on_what_is_stored
        a_find_reads_what_is_stored
        an_event_may_become_none
        an_alias_is_an_older_name
        an_update_goes_on_from_older_versions
        an_upcaster_that_refuses_is_told
        unknown_events_are_skipped_where_that_is_said
        pseudo_events_are_stored_and_change_nothing
        a_history_can_be_read_in_part;
    an_ignored_limit: IgnoresLimits by
        a_limit_of_nothing_tells_the_head_alone
        a_stream_can_be_read_in_pages;
    a_schema_version_left_out: BaresTooMuch by
        bare_events_have_what_a_fold_reads;
    a_made_up_id: MakesIdsUp by
        a_bare_event_is_told_with_its_id;
    an_ignored_break: IgnoresBreaks by
        a_visitor_that_breaks_is_shown_no_more;
    a_head_of_a_part: TakesThePartForTheWhole by
        a_limit_of_nothing_tells_the_head_alone
        every_part_of_a_long_stream_can_be_read
        a_version_that_never_was_is_refused
        a_history_can_begin_at_its_end;
    reads_that_get_each_others_streams: MixesReads by
        loads_that_meet_show_each_its_own_stream
        loads_that_meet_show_what_was_stored_before_them;
    reads_that_join_one_that_has_begun: SharesReads by
        loads_that_meet_show_what_was_stored_before_them;
    a_read_that_is_never_given_back: LeaksReads by
        a_dropped_read_does_no_harm;

    a_forgotten_message: ForgetsMessages by
        a_message_is_remembered_with_its_events
        the_same_message_again_is_a_duplicate
        one_of_many_deliveries_of_a_message_wins
        a_message_of_a_transaction_is_processed_once
        a_message_changes_an_entity_once
        two_deliveries_at_once_change_an_entity_once
        many_deliveries_at_once_change_an_entity_once
        a_creation_delivered_twice_creates_one_entity
        two_creations_at_once_create_one_entity
        a_chosen_id_is_created_once_by_a_message
        an_idempotency_key_is_used_once
        a_duplicate_that_expects_a_version_is_a_duplicate
        a_message_in_a_transaction_is_processed_once
        a_message_that_others_processed_is_found
        any_calls_end_as_without_a_cache;
    a_forgotten_message_without_events: ForgetsMessagesWithoutEvents by
        an_append_without_events_remembers_its_message
        a_message_of_a_transaction_is_processed_once
        a_message_without_events_is_processed;
    a_message_of_a_refused_append: RemembersRefusedMessages by
        a_refused_append_leaves_nothing
        one_of_many_appends_at_one_version_wins;
    a_message_that_nobody_sent: KnowsEveryMessage by
        a_message_is_remembered_with_its_events
        a_head_tells_only_of_the_message_that_was_asked_about
        a_refused_update_writes_nothing;
    a_conflict_in_place_of_a_duplicate: ComparesVersionsFirst by
        a_duplicate_at_a_stale_version_is_a_duplicate
        a_creation_delivered_twice_is_a_duplicate
        one_of_many_deliveries_of_a_message_wins
        two_creations_at_once_create_one_entity;
    a_deletion_in_place_of_a_duplicate: LooksForDeletionFirst by
        a_duplicate_for_a_deleted_entity_is_a_duplicate;
    a_message_at_a_stale_version: IgnoresVersionsWithoutEvents by
        an_append_without_events_needs_the_version_too;
    a_message_of_another_entity: SharesMessages by
        a_message_is_remembered_for_each_entity;
    a_message_of_another_consumer: ForgetsConsumers by
        a_message_is_remembered_for_each_consumer
        consumers_have_messages_for_themselves;
    a_message_confused_with_another: JoinsConsumers by
        a_message_is_not_confused_with_its_consumer;

    texts_that_are_compared_loosely: ComparesLoosely by
        a_missing_stream_shows_nothing
        message_ids_are_compared_to_the_byte
        snapshots_are_apart_by_entity
        ids_that_look_alike_are_different;
    ids_that_are_cut: CutsIds by
        ids_of_the_greatest_length_are_stored_whole;
    texts_that_are_cut: CutsTexts by
        events_of_a_mebibyte_are_stored
        metadata_of_a_mebibyte_is_stored;
    lost_backslashes: EatsBackslashes by
        any_json_is_an_event
        json_may_be_written_in_any_way
        any_state_is_kept
        metadata_takes_any_text
        ids_take_any_text;
    lost_letters: KeepsAscii by
        any_json_is_an_event
        metadata_takes_any_text
        ids_take_any_text
        messages_take_any_text
        stored_names_take_any_text;
    lost_microseconds: KeepsMilliseconds by
        times_come_back_to_the_microsecond
        a_time_shows_what_was_decided_until_then
        a_history_tells_every_event;
    lost_metadata: LosesMetadata by
        everything_of_an_event_comes_back
        metadata_takes_any_text
        metadata_reaches_every_event_of_its_call
        a_conversation_is_kept_through_a_chain
        an_interceptor_adds_events_and_metadata
        interceptors_run_in_their_order
        an_interceptor_turns_a_refusal_into_events;
    types_that_are_mixed_up: IgnoresTypes by
        streams_are_apart_by_type
        a_type_without_entities_lists_none;
    lost_versions_of_types: LosesSchemaVersions by
        everything_of_an_event_comes_back
        an_unknown_version_of_a_type_is_told
        an_older_version_means_what_its_steps_say
        typed_steps_follow_one_another
        an_event_may_become_several
        an_event_may_become_another
        new_events_have_the_current_version
        a_version_to_come_is_told
        a_version_without_a_step_is_told
        a_history_as_stored_tells_every_row
        what_is_stored_stays_as_it_was;
    an_entity_that_nobody_created: CreatesByReading by
        only_entities_that_exist_are_listed
        a_refused_save_writes_nothing
        a_save_without_events_is_refused;

    a_list_in_the_wrong_order: ListsByLetters by
        entities_are_listed_in_the_order_of_their_bytes;
    a_list_that_repeats_itself: ListsTheIdBefore by
        entities_can_be_listed_in_pages
        a_listing_starts_after_any_text;

    snapshots_that_are_denied: HidesSnapshots by
        a_store_without_snapshots_says_so;
    events_that_are_applied_twice: ShowsEventsAgain by
        a_snapshot_comes_before_the_events_after_it
        a_snapshot_and_its_events_are_one_state;
    a_snapshot_beside_a_limit: ShowsSnapshotsUnasked by
        a_snapshot_is_shown_to_who_asks;
    a_snapshot_of_another_shape: IgnoresShapes by
        a_snapshot_is_shown_by_its_shape;
    a_snapshot_of_another_shape_that_nobody_hears_of: HidesOtherSnapshots by
        a_snapshot_of_another_shape_is_told;
    a_snapshot_from_the_future: IgnoresRangesOfSnapshots by
        the_newest_snapshot_of_the_range_is_shown;
    a_snapshot_that_is_believed: BelievesAnySnapshot by
        a_snapshot_of_another_stream_is_not_shown;
    a_broken_snapshot_that_stays: KeepsTheFirstSnapshot by
        the_same_snapshot_again_replaces_it;
    snapshots_that_pile_up: KeepsAllSnapshots by
        old_snapshots_are_forgotten;
    a_snapshot_that_is_never_kept: NeverKeepsLater by
        a_snapshot_is_kept_later;
    a_snapshot_that_is_newer_than_its_events: ReadsSnapshotsLate by
        a_snapshot_and_its_events_are_one_state;
    a_snapshot_before_its_commit: KeepsSnapshotsOutside by
        a_transaction_keeps_its_snapshots;

    transactions_that_are_denied: HidesTransactions by
        a_store_without_transactions_says_so;
    a_change_before_its_commit: ShowsUncommitted by
        nothing_is_visible_before_the_commit;
    half_a_commit: CommitsStreamByStream by
        a_commit_is_seen_at_once
        a_dropped_commit_is_whole_or_absent;
    a_change_after_its_rollback: KeepsRolledBack by
        a_rollback_leaves_nothing
        a_dropped_transaction_leaves_nothing
        several_aggregates_roll_back_together
        a_transaction_keeps_to_itself;
    a_lost_commit: LosesCommits by
        a_commit_stores_all_of_it
        several_aggregates_commit_together;
    a_transaction_that_does_not_read_its_own: ReadsOutside by
        a_transaction_reads_its_own_appends
        a_repository_finds_its_own_in_a_transaction;
    a_transaction_that_does_not_build_on_its_own: ChecksOutside by
        a_transaction_appends_to_a_stream_again;
    a_transaction_that_a_refusal_ends: ForgetsAfterRefusal by
        a_refusal_leaves_the_transaction_as_it_was
        a_failed_call_leaves_the_transaction;
    a_lost_update: LosesUpdates by
        a_transaction_and_an_append_do_not_both_win
        a_transaction_that_comes_late_to_a_stream_is_later_in_it
        transactions_of_many_tasks_lose_nothing;
    an_empty_commit_that_fails: CommitsNoNothing by
        an_empty_transaction_commits;
    a_wait_that_hangs_all_others: HangsAfterADroppedWait by
        a_dropped_wait_for_a_transaction_does_no_harm;

    a_feed_that_is_denied: HidesFeed by
        a_store_without_a_feed_says_so;
    a_feed_without_an_end: NeverEnds by
        an_empty_feed_is_at_its_end
        a_page_after_the_end_is_empty;
    a_feed_in_the_wrong_order: FeedsByStream by
        the_feed_shows_every_event_in_order;
    an_event_that_is_fed_twice: FeedsAgain by
        the_feed_can_be_read_in_pages
        polling_readers_miss_nothing_of_many_writers;
    a_page_that_is_too_long: FeedsTooMuch by
        a_page_of_nothing_stays_where_it_is
        the_feed_can_be_read_in_pages;
    a_page_that_goes_back: GoesBackToTheEnd by
        a_page_after_the_end_is_empty;
    an_ignored_break_in_the_feed: IgnoresBreaks by
        a_visitor_of_the_feed_that_breaks_is_shown_no_more;
    an_ignored_filter: IgnoresFilters by
        a_filter_shows_what_it_names
        a_filtered_feed_comes_to_its_end;
    an_end_before_the_end: EndsAtAnEmptyPage by
        a_filtered_feed_comes_to_its_end;
    a_pseudo_event_that_is_fed: FeedsPseudoEvents by
        pseudo_events_are_not_in_the_feed;
    events_that_are_cut_in_the_feed: CutsTexts by
        the_feed_shows_events_of_any_size;
    an_event_that_is_fed_before_its_commit: ShowsUncommitted by
        nothing_is_fed_before_the_commit;
    an_event_that_is_fed_after_its_rollback: KeepsRolledBack by
        nothing_is_fed_after_a_rollback;
    a_feed_that_waits_for_transactions: WaitsForTransactions by
        an_open_transaction_delays_no_others;
    a_feed_in_the_order_of_the_appends: NumbersAtAppend by
        a_late_commit_is_not_skipped
        events_of_one_commit_stay_together;
    a_feed_in_the_order_of_the_beginnings: NumbersAtBegin by
        a_late_commit_is_not_skipped
        a_late_turn_in_a_stream_is_late_in_the_feed;
    an_event_that_is_never_fed: FeedsWithGaps by
        polling_readers_miss_nothing_of_many_writers;
    an_end_that_is_too_early: EndsBeforeTheEnd by
        the_end_is_at_the_newest_event;
    a_position_that_nobody_finds: FindsNoPositions by
        a_token_names_the_newest_event_of_a_state
        the_position_of_an_event_can_be_asked;
    a_position_that_is_not_told: TellsNoPositions by
        an_append_tells_the_position_of_the_feed;
    a_reader_who_sleeps_on: WakesNobody by
        an_append_wakes_a_reader
        a_commit_wakes_every_reader;
    a_read_of_the_feed_that_is_never_given_back: LeaksReads by
        a_dropped_read_of_the_feed_does_no_harm;
}
