//! The feed: the events of all streams in one order (S2 to S4).

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::Store;
use super::domain::{start, tallies};
use super::fixture::*;
use crate::EventStore;
use crate::store::{
    AppendError, FeedFilter, FeedPage, FeedQuery, FeedVisitor, Position, StreamQuery,
};
use crate::subscription::ConsistencyToken;

/// How long a signal may take.
const SOON: Duration = Duration::from_secs(5);

/// A store without a feed says so.
pub async fn a_store_without_a_feed_says_so(store: Store) {
    if has_feed(&store) {
        return;
    }
    let all = FeedFilter::all();
    let query = FeedQuery::new(Position::START, 1, &all);
    let fed = store.feed(query, &mut |_, _| ControlFlow::Continue(())).await;
    assert!(fed.is_err() && store.feed_end().await.is_err());
    assert!(store.position_of(THING, "a", 1.into()).await.is_err());
}

/// A store without events has a feed that ends at its start.
pub async fn an_empty_feed_is_at_its_end(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let (shown, page) = page(&store, Position::START, 10).await;
    assert_eq!(shown, []);
    assert_eq!(page, FeedPage { last: Position::START, at_end: true });
    assert_eq!(store.feed_end().await.expect("an end"), Position::START);
}

/// The feed shows every event of every stream once, with all that was stored of it, in the order of the appends.
pub async fn the_feed_shows_every_event_in_order(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let metadata = serde_json::json!({"user": "é", "note": "a\"b"});
    let appends = [
        numbered("a", 0, 3),
        append_to("Other", "a", 0, [Fact::numbered(1), Fact::new(r#""text""#)]),
        with_metadata(&metadata, because_of("m", numbered("b", 0, 1))),
        decided_at(micros(-1), numbered("a", 3, 2)),
        deleting(numbered("b", 1, 1)),
    ];
    let expected: Vec<_> = appends.iter().flat_map(as_stored).collect();
    store_all(&store, appends).await;

    let shown = whole(&store, 100).await;
    assert_eq!(events_of(&shown), expected);
    assert_eq!(whole(&store, 100).await, shown, "a position is for ever");
}

/// The feed can be read in pages of any size, each after the last position of the one before.
pub async fn the_feed_can_be_read_in_pages(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for number in 0..5 {
        store_all(&store, ["a", "b", "c"].map(|id| numbered(id, number * 3, 3))).await;
    }
    let shown = whole(&store, 1_000).await;
    assert_eq!(shown.len(), 45);
    for limit in [1, 2, 7, 44, 45, 46] {
        assert_eq!(whole(&store, limit).await, shown, "in pages of {limit}");
    }
    let (first, page) = page(&store, Position::START, 7).await;
    assert_eq!(first, shown[..7]);
    assert_eq!(page, FeedPage { last: shown[6].0, at_end: false });
}

/// A page for nothing shows nothing and goes nowhere.
pub async fn a_page_of_nothing_stays_where_it_is(store: Store) {
    if !has_feed(&store) {
        return;
    }
    put(&store, numbered("a", 0, 2)).await;
    let (shown, page) = page(&store, Position::START, 0).await;
    assert_eq!(shown, []);
    assert_eq!(page, FeedPage { last: Position::START, at_end: false });
}

/// A page after the end is empty, at the end, and where it was asked for.
pub async fn a_page_after_the_end_is_empty(store: Store) {
    if !has_feed(&store) {
        return;
    }
    put(&store, numbered("a", 0, 2)).await;
    let end = store.feed_end().await.expect("an end");
    for after in [end, Position::new(end.get() + 1_000), Position::new(u64::MAX)] {
        let (shown, page) = page(&store, after, 10).await;
        assert_eq!(shown, []);
        assert_eq!(page, FeedPage { last: after, at_end: true });
    }
}

/// A visitor that breaks is shown no more, and the page ends with what it was shown last.
pub async fn a_visitor_of_the_feed_that_breaks_is_shown_no_more(store: Store) {
    if !has_feed(&store) {
        return;
    }
    put(&store, numbered("a", 0, 600)).await;
    let all = whole(&store, 1_000).await;
    for wanted in [1, 2, 300, 599] {
        let mut shown = 0;
        let query = FeedQuery { after: Position::START, limit: 1_000, filter: &FeedFilter::all() };
        let visit: &mut FeedVisitor<'_> = &mut |_, _| {
            shown += 1;
            if shown == wanted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let page = store.feed(query, visit).await.expect("a page");
        assert_eq!(shown, wanted);
        assert_eq!(page, FeedPage { last: all[wanted - 1].0, at_end: false });
    }
}

/// A filter shows the events of the types that it names, to the byte, and no others.
pub async fn a_filter_shows_what_it_names(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for (n, name) in LOOKALIKES.into_iter().enumerate() {
        let named = |event_type| Fact { event_type, ..Fact::numbered(n as u64) };
        store_all(
            &store,
            [
                append_to("Thing", name, 0, [named(name), named("Noted")]),
                append_to(name, name, 0, [named("Noted"), named(name)]),
            ],
        )
        .await;
    }
    let all = whole(&store, 1_000).await;
    for name in LOOKALIKES {
        for types in [
            vec![("Thing", name)],
            vec![(name, "Noted")],
            vec![(name, name), ("Thing", "Noted"), ("Thing", "Missing")],
        ] {
            let filter = FeedFilter::only(types);
            let expected: Vec<_> = all
                .iter()
                .filter(|(_, event)| filter.matches(&event.entity_type, &event.event_type))
                .cloned()
                .collect();
            assert!(!expected.is_empty());
            for limit in [1, 5, 100] {
                assert_eq!(filtered(&store, limit, &filter).await, expected, "{filter:?}");
            }
        }
    }
    let nothing = FeedFilter::only::<&str, &str>([]);
    assert_eq!(filtered(&store, 10, &nothing).await, []);
}

/// A filter that names few events, or none, comes to the end all the same.
pub async fn a_filtered_feed_comes_to_its_end(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let rare = || append_to("Rare", "r", 0, [Fact::numbered(1)]);
    put(&store, numbered("a", 0, 12_000)).await;
    put(&store, rare()).await;
    put(&store, numbered("b", 0, 9_000)).await;
    let filter = FeedFilter::only([("Rare", "Noted")]);
    let shown = filtered(&store, 500, &filter).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].1.entity_id, "r");
    assert_eq!(Some(shown[0].0), position_of(&store, "Rare", "r", 1).await);
}

/// Events whose stored name begins with `$` are in their streams, and in no feed.
pub async fn pseudo_events_are_not_in_the_feed(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let named = |event_type| Fact { event_type, ..Fact::numbered(1) };
    put(&store, append_of("a", 0, [named("$Begun"), named("A$"), named("$")])).await;
    put(&store, append_of("a", 3, [named("$Ended")])).await;
    assert_eq!(version(&store, "a").await, 4);

    let names = |shown: Vec<(Position, Stored)>| -> Vec<_> {
        shown.into_iter().map(|(_, event)| event.event_type).collect()
    };
    assert_eq!(names(whole(&store, 10).await), ["A$"]);
    assert_eq!(names(whole(&store, 1).await), ["A$"]);
    let filter = FeedFilter::only([(THING, "$Begun"), (THING, "$Ended"), (THING, "A$")]);
    assert_eq!(names(filtered(&store, 10, &filter).await), ["A$"]);
}

/// Events of any size come through the feed whole, and in their order.
pub async fn the_feed_shows_events_of_any_size(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let mut expected = Vec::new();
    for (n, size) in [10, 65_534, 65_535, 1_048_576, 100, 70_000].into_iter().enumerate() {
        let id = format!("size {size}");
        let text = "é".repeat(size / 2);
        let note = serde_json::json!({"note": text});
        let facts = [Fact::numbered(n as u64), Fact::new(format!("\"{text}\""))];
        let append = append_of(&id, 0, facts);
        let append = if n % 2 == 0 { with_metadata(&note, append) } else { append };
        expected.extend(as_stored(&append));
        put(&store, append).await;
    }
    let shown = events_of(&whole(&store, 4).await);
    // A difference of mebibytes isn't shown.
    assert!(shown == expected, "{} events, or their text, differ", expected.len());
}

/// Nothing of a transaction is in the feed before its commit, and all of it afterwards, also for a reader who has read
/// what was appended later.
pub async fn nothing_is_fed_before_the_commit(store: Store) {
    if !has_feed(&store) {
        return;
    }
    put(&store, numbered("a", 0, 1)).await;
    let Some(mut transaction) = begin(&store).await else { return };
    append_within(&mut transaction, numbered("a", 1, 2)).await.expect("it is appended");
    append_within(&mut transaction, numbered("b", 0, 1)).await.expect("it is appended");

    let outside = {
        let (store, append) = (store.clone(), numbered("c", 0, 1));
        tokio::spawn(async move { store.append(append).await })
    };
    sleep(PATIENCE / 10).await;
    // A reader who waits is let go.
    let before = timeout(PATIENCE, whole(&store, 10)).await.unwrap_or_default();
    let ids: Vec<_> = before.iter().map(|(_, event)| &*event.entity_id).collect();
    assert!(["a", "c"].starts_with(&ids), "{ids:?}");

    transaction.commit().await.expect("a commit");
    outside.await.expect("no panic").expect("it is appended");
    let after = before.last().map_or(Position::START, |(position, _)| *position);
    let later = rest(&store, after, 10, &FeedFilter::all()).await;
    assert_eq!(before.len() + later.len(), 5, "{before:?}, then {later:?}");
    assert_eq!([before, later].concat(), whole(&store, 10).await);
}

/// Nothing of a transaction that is rolled back, dropped or refused is ever in the feed.
pub async fn nothing_is_fed_after_a_rollback(store: Store) {
    if !has_feed(&store) {
        return;
    }
    put(&store, numbered("a", 0, 1)).await;
    for round in 0..3 {
        let Some(mut transaction) = begin(&store).await else { return };
        append_within(&mut transaction, numbered("b", 0, 3)).await.expect("it is appended");
        if round == 0 {
            drop(transaction);
        } else {
            transaction.rollback().await.expect("a rollback");
        }
        assert!(store.append(numbered("a", 0, 2)).await.is_err());
        put(&store, numbered("a", round + 1, 1)).await;
    }
    let shown = whole(&store, 10).await;
    let of_a = events(&store, "a").await;
    assert_eq!(events_of(&shown), of_a);
}

/// What another one commits is in the feed while a transaction is open, where the store lets others append then.
pub async fn an_open_transaction_delays_no_others(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let Some(mut transaction) = begin(&store).await else { return };
    append_within(&mut transaction, numbered("open", 0, 1)).await.expect("it is appended");
    let mut outside = {
        let (store, append) = (store.clone(), numbered("a", 0, 1));
        tokio::spawn(async move { store.append(append).await })
    };
    if let Ok(appended) = timeout(PATIENCE, &mut outside).await {
        appended.expect("no panic").expect("it is appended");
        let shown = timeout(SOON, whole(&store, 10)).await.expect("a reader isn't held up");
        assert_eq!(events_of(&shown), events(&store, "a").await);
    }
    transaction.rollback().await.expect("a rollback");
}

/// A transaction that began first and commits last is last in the feed, and nobody who has read on misses it (S4).
pub async fn a_late_commit_is_not_skipped(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let mut after = Position::START;
    for round in 0..5 {
        let [early, late] = ["early", "late"].map(|name| format!("{name} {round}"));
        let Some(mut transaction) = begin(&store).await else { return };
        append_within(&mut transaction, numbered(&late, 0, 2)).await.expect("it is appended");
        let mut outside = {
            let (store, append) = (store.clone(), numbered(&early, 0, 1));
            tokio::spawn(async move { store.append(append).await })
        };
        let in_time = timeout(PATIENCE / 2, &mut outside).await;
        if let Ok(appended) = &in_time {
            assert!(matches!(appended, Ok(Ok(_))), "{appended:?}");
            let shown = rest(&store, after, 10, &FeedFilter::all()).await;
            assert_eq!(shown.len(), 1, "{shown:?}");
            after = shown[0].0;
        }
        transaction.commit().await.expect("a commit");
        if in_time.is_err() {
            outside.await.expect("no panic").expect("it is appended");
        }
        let shown = rest(&store, after, 10, &FeedFilter::all()).await;
        let of_late = shown.iter().filter(|(_, event)| event.entity_id == late).count();
        assert_eq!(of_late, 2, "{shown:?}");
        after = shown.last().expect("two at least").0;
    }
}

/// A transaction that wrote elsewhere first doesn't come before others in a stream that it came to after them (S3).
pub async fn a_late_turn_in_a_stream_is_late_in_the_feed(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for round in 0..5 {
        let id = format!("round {round}");
        let Some(mut transaction) = begin(&store).await else { return };
        let elsewhere = numbered(&format!("elsewhere {round}"), 0, 1);
        append_within(&mut transaction, elsewhere).await.expect("it is appended");
        let outside = {
            let (store, append) = (store.clone(), numbered(&id, 0, 1));
            tokio::spawn(async move { store.append(append).await })
        };
        sleep(PATIENCE / 5).await;
        let (_, head) = read_within(&mut transaction, StreamQuery::new(THING, &id)).await;
        match append_within(&mut transaction, numbered(&id, head.version.get(), 2)).await {
            Ok(_) => transaction.commit().await.expect("a commit"),
            Err(AppendError::AlreadyExists { .. }) => {
                transaction.rollback().await.expect("a rollback");
            }
            Err(other) => panic!("in a transaction: {other}"),
        }
        let _ = outside.await.expect("no panic");
        let fed: Vec<_> = whole(&store, 10)
            .await
            .into_iter()
            .map(|(_, event)| event)
            .filter(|event| event.entity_id == id)
            .collect();
        assert_eq!(fed, events(&store, &id).await);
    }
}

/// The events of one commit come one after the other, whoever commits meanwhile.
pub async fn events_of_one_commit_stay_together(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for round in 0..5 {
        let [a, b, other] = ["a", "b", "other"].map(|name| format!("{name} {round}"));
        let Some(mut transaction) = begin(&store).await else { return };
        append_within(&mut transaction, numbered(&a, 0, 2)).await.expect("it is appended");
        let outside = {
            let (store, append) = (store.clone(), numbered(&other, 0, 2));
            tokio::spawn(async move { store.append(append).await })
        };
        sleep(PATIENCE / 5).await;
        append_within(&mut transaction, numbered(&b, 0, 1)).await.expect("it is appended");
        append_within(&mut transaction, numbered(&a, 2, 1)).await.expect("it is appended");
        transaction.commit().await.expect("a commit");
        outside.await.expect("no panic").expect("it is appended");

        let shown: Vec<_> = whole(&store, 100)
            .await
            .into_iter()
            .filter(|(_, event)| event.entity_id.ends_with(&format!(" {round}")))
            .map(|(_, event)| (event.entity_id, event.version))
            .collect();
        let of_commit = [(&a, 1), (&a, 2), (&b, 1), (&a, 3)].map(|(id, n)| (id.clone(), n));
        let of_other = [(other.clone(), 1), (other.clone(), 2)];
        assert!(
            shown == [&of_commit[..], &of_other[..]].concat()
                || shown == [&of_other[..], &of_commit[..]].concat(),
            "{shown:?}"
        );
    }
}

/// Readers who poll all the time while many write, in transactions and without, with delays and rollbacks, see each
/// event once, each stream in order and each commit whole (S2).
pub async fn polling_readers_miss_nothing_of_many_writers(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = [1, 7, 500]
        .into_iter()
        .map(|limit| tokio::spawn(poll(store.clone(), limit, done.clone())))
        .collect();
    let writers = (0..8).map(|writer| tokio::spawn(write(store.clone(), writer)));
    let mut written: Vec<(String, u64)> = Vec::new();
    for events in join_all(writers).await {
        written.extend(events.expect("a writer ends without failure"));
    }
    done.store(true, Ordering::SeqCst);
    written.sort_unstable();
    assert!(written.len() > 200, "{} events", written.len());
    for reader in readers {
        let seen = reader.await.expect("a reader ends without failure");
        let mut next: HashMap<&str, u64> = HashMap::new();
        for (id, version) in &seen {
            let next = next.entry(id).or_insert(1);
            assert_eq!(version, next, "{id} is in the order of its versions");
            *next += 1;
        }
        let mut seen = seen;
        seen.sort_unstable();
        assert_eq!(seen, written);
    }
}

/// What was appended before the end was asked for is up to there.
pub async fn the_end_is_at_the_newest_event(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for number in 0..10 {
        put(&store, numbered("a", number, 1)).await;
        let end = store.feed_end().await.expect("an end");
        let shown = whole(&store, 100).await;
        assert_eq!(shown.last().map(|(position, _)| *position), Some(end));
        assert_eq!(shown.len() as u64, number + 1);
    }
}

/// The position of an event is the one at which the feed shows it; what isn't stored has none.
pub async fn the_position_of_an_event_can_be_asked(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for number in 0..4 {
        store_all(&store, ["a", "b"].map(|id| numbered(id, number * 3, 3))).await;
        // Also of an event that nobody has read yet.
        assert!(position_of(&store, THING, "b", number * 3 + 3).await.is_some());
    }
    for (position, event) in whole(&store, 100).await {
        let asked = position_of(&store, THING, &event.entity_id, event.version).await;
        assert_eq!(asked, Some(position), "{} {}", event.entity_id, event.version);
    }
    for (entity_type, id, version) in
        [(THING, "a", 13), (THING, "a", 0), (THING, "c", 1), ("Other", "a", 1)]
    {
        assert_eq!(position_of(&store, entity_type, id, version).await, None);
    }
}

/// The token of a change names the event up to which a reader has to wait.
pub async fn a_token_names_the_newest_event_of_a_state(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let tallies = tallies(&store);
    let saved = tallies.save(start("books", [3, 4])).await.expect("it is saved");
    put(&store, numbered("a", 0, 2)).await;
    let ConsistencyToken { entity, version } = saved.token();
    let position = store.position_of(&entity.entity_type, &entity.entity_id, version).await;
    assert_eq!(position.expect("a position"), Some(whole(&store, 10).await[2].0));
}

/// A position that an append tells is that of its last event in the feed.
pub async fn an_append_tells_the_position_of_the_feed(store: Store) {
    if !has_feed(&store) || !store.capabilities().position_at_append {
        return;
    }
    for number in 0..3 {
        let told = put(&store, numbered("a", number * 2, 2)).await;
        assert_eq!(told.position, position_of(&store, THING, "a", number * 2 + 2).await);
        assert_eq!(told.position, Some(store.feed_end().await.expect("an end")));
    }
}

/// An append ends the wait of a reader, also one that came before he waited, and one whose signal was dropped.
pub async fn an_append_wakes_a_reader(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let mut signal = store.feed_signal();
    put(&store, numbered("a", 0, 1)).await;
    timeout(SOON, signal.changed()).await.expect("the append came before the wait");

    for number in 1..10 {
        let before = whole(&store, 100).await.len() as u64;
        assert_eq!(before, number);
        let writer = {
            let (store, append) = (store.clone(), numbered("a", number, 1));
            tokio::spawn(async move {
                sleep(Duration::from_millis(number)).await;
                put(&store, append).await
            })
        };
        poll_and_drop(2, signal.changed()).await;
        let read = async {
            while whole(&store, 100).await.len() as u64 == before {
                signal.changed().await;
            }
        };
        timeout(SOON, read).await.expect("the append is seen");
        writer.await.expect("no panic");
    }
}

/// A commit ends the wait of every reader.
pub async fn a_commit_wakes_every_reader(store: Store) {
    if !has_feed(&store) {
        return;
    }
    let Some(mut transaction) = begin(&store).await else { return };
    append_within(&mut transaction, numbered("a", 0, 1)).await.expect("it is appended");
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (store, mut signal) = (store.clone(), store.feed_signal());
            tokio::spawn(async move {
                while whole(&store, 10).await.is_empty() {
                    signal.changed().await;
                }
            })
        })
        .collect();
    sleep(PATIENCE / 10).await;
    transaction.commit().await.expect("a commit");
    for reader in readers {
        timeout(SOON, reader).await.expect("the commit is seen").expect("no panic");
    }
}

/// A read of the feed whose future is dropped harms nobody.
pub async fn a_dropped_read_of_the_feed_does_no_harm(store: Store) {
    if !has_feed(&store) {
        return;
    }
    for polls in 0..12 {
        put(&store, numbered("a", polls * 20, 20)).await;
        let polls = usize::try_from(polls).expect("a small number");
        for _ in 0..12 {
            let all = FeedFilter::all();
            let query = FeedQuery::new(Position::START, 1_000, &all);
            let visit: &mut FeedVisitor<'_> = &mut |_, _| ControlFlow::Continue(());
            poll_and_drop(polls, store.feed(query, visit)).await;
            poll_and_drop(polls, store.feed_end()).await;
        }
    }
    assert_eq!(events_of(&whole(&store, 100).await), events(&store, "a").await);
}

fn has_feed(store: &Store) -> bool {
    store.capabilities().feed
}

type Shown = Vec<(Position, Stored)>;

async fn page_of(
    store: &Store,
    after: Position,
    limit: u32,
    filter: &FeedFilter,
) -> (Shown, FeedPage) {
    let mut shown = Vec::new();
    let mut visit = |position, event: crate::store::RawEvent<'_>| {
        shown.push((position, Stored::read(&event)));
        ControlFlow::Continue(())
    };
    let query = FeedQuery::new(after, limit, filter);
    let page = store.feed(query, &mut visit).await.expect("a page of the feed is read");
    (shown, page)
}

async fn page(store: &Store, after: Position, limit: u32) -> (Shown, FeedPage) {
    page_of(store, after, limit, &FeedFilter::all()).await
}

/// What the feed shows after a position until its end, in pages.
async fn rest(store: &Store, mut after: Position, limit: u32, filter: &FeedFilter) -> Shown {
    let mut all: Shown = Vec::new();
    loop {
        let (shown, page) = page_of(store, after, limit, filter).await;
        assert!(shown.len() <= limit as usize);
        for (position, event) in shown {
            let before = all.last().map_or(after, |(position, _)| *position);
            assert!(before < position && position <= page.last, "{before}, then {position}");
            all.push((position, event));
        }
        if page.at_end {
            return all;
        }
        assert!(page.last > after, "a page goes on: {page:?} after {after}");
        after = page.last;
    }
}

async fn whole(store: &Store, limit: u32) -> Shown {
    rest(store, Position::START, limit, &FeedFilter::all()).await
}

async fn filtered(store: &Store, limit: u32, filter: &FeedFilter) -> Shown {
    rest(store, Position::START, limit, filter).await
}

fn events_of(shown: &Shown) -> Vec<Stored> {
    shown.iter().map(|(_, event)| event.clone()).collect()
}

async fn position_of(store: &Store, entity_type: &str, id: &str, version: u64) -> Option<Position> {
    store.position_of(entity_type, id, version.into()).await.expect("a position or none")
}

/// Reads on and on, and once more to the end when all is written.
async fn poll(store: Store, limit: u32, done: Arc<AtomicBool>) -> Vec<(String, u64)> {
    let (mut seen, mut after) = (Vec::new(), Position::START);
    loop {
        let last_time = done.load(Ordering::SeqCst);
        let (shown, page) = page(&store, after, limit).await;
        for (position, event) in shown {
            assert!(after < position, "{after}, then {position}");
            after = position;
            seen.push((event.entity_id, event.version));
        }
        after = page.last;
        if page.at_end {
            if last_time {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Appends to streams of its own and to one that all share, and returns what was committed.
async fn write(store: Store, writer: u64) -> Vec<(String, u64)> {
    let mut written = Vec::new();
    let own = format!("own {writer}");
    let mut version = 0;
    for round in 0..25 {
        if round % 4 != writer % 4 || !store.capabilities().transactions {
            put(&store, numbered(&own, version, 1 + round % 2)).await;
            written.extend((1..=1 + round % 2).map(|n| (own.clone(), version + n)));
            version += 1 + round % 2;
            continue;
        }
        let mut transaction = store.begin().await.expect("a transaction");
        append_within(&mut transaction, numbered(&own, version, 1)).await.expect("it is appended");
        sleep(Duration::from_millis(fastrand::u64(0..4))).await;
        let (_, head) = read_within(&mut transaction, StreamQuery::new(THING, "shared")).await;
        let shared = numbered("shared", head.version.get(), 1);
        let appended = append_within(&mut transaction, shared).await.is_ok();
        sleep(Duration::from_millis(fastrand::u64(0..4))).await;
        if appended && round % 3 != 0 {
            transaction.commit().await.expect("a commit");
            written.push((own.clone(), version + 1));
            written.push(("shared".to_owned(), head.version.get() + 1));
            version += 1;
        } else {
            transaction.rollback().await.expect("a rollback");
        }
    }
    written
}
