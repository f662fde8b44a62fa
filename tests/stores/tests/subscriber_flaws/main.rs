//! What the conformance suite asks of a store that keeps subscribers, it finds out: each behaviour fails for a store with
//! a flaw in what it keeps.

mod flaw;
mod store;
mod subscriptions;

use std::panic::{AssertUnwindSafe, catch_unwind};

use es_core::conformance::{BEHAVIOURS, Behaviour, run};

use crate::flaw::Flaw;
use crate::store::FlawedStore;

/// The groups of behaviours that are about what is kept of subscribers.
const GROUPS: [&str; 1] = ["subscribing"];

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
        who_leaves_has_nothing_any_more;
    progress_that_is_not_stored: LosesProgress by
        progress_raises_positions
        progress_after_the_lease_is_stored_while_nobody_took_it;
    progress_without_a_lease: IgnoresLeases by
        progress_without_the_lease_is_refused
        progress_in_a_transaction_needs_the_lease
        a_partition_is_not_taken_under_a_transaction;
    progress_beside_its_transaction: LosesProgressOfTransactions by
        progress_commits_with_its_transaction
        waiting_events_change_with_their_transaction;
    errors_that_are_lost: LosesErrors by
        waiting_events_are_listed
        a_waiting_event_can_fail_again;
    a_queue_that_is_turned_round: QueuesBackwards by
        the_waiting_events_of_an_entity_are_a_queue;
    all_is_due: KnowsNoTimes by
        an_entity_is_due_with_its_first_waiting_event;
    an_event_that_waits_anew: AddsAgain by
        an_event_waits_once;
    all_is_tried_again: RetriesAll by
        parked_events_are_due_when_somebody_says_so;
    a_skip_that_does_nothing: SkipsNothing by
        an_event_that_is_done_waits_no_more;
    a_pause_that_does_nothing: PausesNothing by
        a_pause_is_seen_in_the_leases;
    a_reset_that_does_nothing: ResetsNothing by
        a_reset_takes_all_back_to_a_position;
    a_subscriber_for_ever: RemovesNothing by
        a_removed_subscriber_is_forgotten;
    a_rebuilt_subscriber_in_vain: TakesNothingOver by
        a_rebuilt_subscriber_takes_over;
    subscribers_that_are_denied: HidesSubscriptions by
        a_transaction_without_subscribers_says_so;
}
