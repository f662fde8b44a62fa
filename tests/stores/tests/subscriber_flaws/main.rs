//! What the conformance suite asks of a store that keeps subscribers and runs them, it finds out: each behaviour fails for
//! a store with a flaw in what it keeps of them, or in what they are fed by.

mod feed;
mod flaw;
mod store;
mod subscriptions;
mod transaction;

use std::panic::{AssertUnwindSafe, catch_unwind};

use es_core::conformance::{BEHAVIOURS, Behaviour, run};

use crate::flaw::Flaw;
use crate::store::FlawedStore;

/// The groups of behaviours that are about subscribers.
const GROUPS: [&str; 4] = ["subscribing", "delivering", "inlining", "rebuilding"];

fn behaviours() -> impl Iterator<Item = &'static Behaviour> {
    BEHAVIOURS.iter().filter(|behaviour| GROUPS.contains(&behaviour.group()))
}

fn finds(behaviour: &Behaviour, flaw: Flaw) -> bool {
    let run = || run(|store| behaviour.check(store), async { FlawedStore::new(Some(flaw)) });
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

#[test]
fn a_store_without_flaws_passes() {
    for behaviour in behaviours() {
        run(|store| behaviour.check(store), async { FlawedStore::new(None) });
    }
}

/// Makes a test of each flaw, with the behaviours that find it.
macro_rules! found {
    ($( $test:ident: $flaw:ident by $($behaviour:ident)*; )*) => {
        $(
            #[test]
            fn $test() {
                for name in [$(stringify!($behaviour)),*] {
                    let behaviour = behaviours().find(|behaviour| behaviour.name() == name);
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
    let idle: Vec<_> =
        behaviours().filter(|behaviour| !FINDERS.contains(&behaviour.name())).collect();
    assert!(idle.is_empty(), "these find none: {idle:#?}");
}

found! {
    a_second_registration: RegistersAgain by
        a_subscriber_is_registered_once
        a_subscriber_is_registered_once_by_many;
    names_that_are_trimmed: TrimsNames by
        names_that_look_alike_are_different_subscribers;
    a_subscriber_out_of_nothing: InventsSubscribers by
        an_unknown_subscriber_has_nothing;
    members_for_ever: CountsTheDead by
        members_are_counted_while_they_are_there;
    one_partition_too_many: GivesMore by
        a_partition_has_one_owner
        many_takers_get_each_partition_once;
    leases_for_ever: LendsForEver by
        a_lease_that_is_over_is_taken;
    leases_without_renewal: RenewsNothing by
        a_lease_that_is_over_can_be_renewed;
    partitions_that_are_kept: KeepsPartitions by
        a_partition_is_given_back_by_its_owner
        who_leaves_has_nothing_any_more
        progress_is_shown;
    progress_that_is_not_stored: LosesProgress by
        progress_raises_positions
        progress_after_the_lease_is_stored_while_nobody_took_it
        a_run_goes_on_where_the_last_one_stopped
        a_run_that_ends_keeps_what_is_handled;
    progress_without_a_lease: IgnoresLeases by
        progress_without_the_lease_is_refused
        progress_in_a_transaction_needs_the_lease
        a_fenced_subscriber_waits
        a_partition_is_not_taken_under_a_transaction;
    progress_beside_its_transaction: LosesProgressOfTransactions by
        progress_commits_with_its_transaction
        waiting_events_change_with_their_transaction
        a_transactional_handler_is_done_once
        a_rebuild_that_was_broken_off_goes_on;
    errors_that_are_lost: LosesErrors by
        waiting_events_are_listed
        a_waiting_event_can_fail_again
        an_event_that_fails_for_good_holds_up_its_entity_alone;
    a_queue_that_is_turned_round: QueuesBackwards by
        the_waiting_events_of_an_entity_are_a_queue
        a_blocked_entity_goes_on_when_its_event_works;
    all_is_due: KnowsNoTimes by
        an_entity_is_due_with_its_first_waiting_event;
    turns_that_never_come: StarvesTheFirst by
        what_is_due_for_longest_comes_first;
    an_event_that_waits_anew: AddsAgain by
        an_event_waits_once;
    all_is_tried_again: RetriesAll by
        parked_events_are_due_when_somebody_says_so;
    a_skip_that_does_nothing: SkipsNothing by
        an_event_that_is_done_waits_no_more
        a_waiting_event_can_be_skipped;
    a_pause_that_does_nothing: PausesNothing by
        a_pause_is_seen_in_the_leases
        a_paused_subscriber_waits;
    a_reset_that_does_nothing: ResetsNothing by
        a_reset_takes_all_back_to_a_position
        a_reset_subscriber_handles_all_again;
    a_subscriber_for_ever: RemovesNothing by
        a_removed_subscriber_is_forgotten
        a_rebuild_can_begin_anew;
    nothing_is_tried_again: RetriesNothing by
        a_rebuild_tries_again_what_waited;
    a_rebuilt_subscriber_that_goes_on: ResumesTheRebuilt by
        a_rebuilt_subscriber_takes_over
        a_paused_subscriber_stays_paused_with_its_new_view;
    a_rebuilt_subscriber_in_vain: TakesNothingOver by
        a_rebuilt_subscriber_takes_over
        a_fenced_subscriber_waits
        a_rebuilt_view_takes_the_place_of_the_live_one;
    subscribers_that_are_denied: HidesSubscriptions by
        a_transaction_without_subscribers_says_so;
    a_start_at_the_beginning: StartsAtTheBeginning by
        a_subscriber_begins_where_its_options_say;
    queues_that_are_empty: EmptiesQueues by
        a_change_can_be_waited_for;
    waiting_events_that_are_forgotten: ForgetsWhatWaits by
        a_view_that_cannot_be_replaced_stays;
    leases_that_are_given_twice: KnowsNoOwners by
        a_partition_has_one_owner
        runs_share_the_entities_and_take_over;
    an_event_that_is_never_delivered: FeedsWithGaps by
        each_event_is_handled_in_the_order_of_its_entity
        a_transient_subscriber_keeps_nothing
        a_handler_that_fails_is_called_again
        a_subscriber_that_skips_goes_on;
    events_that_are_delivered_backwards: FeedsBackwards by
        each_event_is_handled_in_the_order_of_its_entity
        a_subscriber_that_skips_goes_on;
    an_event_that_is_delivered_twice: FeedsTwice by
        subscribers_see_what_old_events_mean_now
        each_event_is_handled_in_the_order_of_its_entity
        a_transactional_handler_is_done_once
        a_transient_subscriber_keeps_nothing;
    an_end_that_is_too_early: EndsBeforeTheEnd by
        a_subscriber_begins_where_its_options_say;
    events_that_are_found_elsewhere: MisplacesEvents by
        a_subscriber_begins_where_its_options_say;
    what_is_stored_before_its_commit: CommitsAtOnce by
        a_transactional_handler_is_done_once
        an_inline_subscriber_that_fails_undoes_the_append
        an_inline_subscriber_goes_with_the_transaction;
    half_a_transaction: StoresOneAppend by
        an_inline_subscriber_writes_with_the_append
        inline_subscribers_of_many_writers_lose_nothing;
    a_message_that_is_forgotten: ForgetsMessages by
        a_refused_append_calls_no_inline_subscriber;
}
