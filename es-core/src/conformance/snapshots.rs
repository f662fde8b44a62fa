//! Copies of a state that a store keeps beside the events, and shows before those after it (N2, N4). A store without
//! snapshots says so, and shows all events.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Store;
use super::fixture::*;
use crate::store::{
    NewSnapshot, RawEvent, RawSnapshot, StoreError, StreamHead, StreamQuery, StreamVisitor,
};
use crate::{EventId, Transaction, Version};

const SHAPE: &str = "Thing/1/1f";

/// How long a snapshot may take that is kept later.
const LATER: Duration = Duration::from_secs(20);

/// A store without snapshots refuses to keep one.
pub async fn a_store_without_snapshots_says_so(store: Store) {
    put(&store, numbered("a", 0, 3)).await;
    let kept = store.keep_snapshot(snapshot(&store, "a", 2).await).await;
    if store.capabilities().snapshots {
        kept.expect("the capabilities promise snapshots");
    } else {
        assert_refused!(kept, StoreError::Unsupported(_));
        assert_eq!(shown(&store, asking("a")).await.events, [1, 2, 3]);
    }
}

/// The snapshot is shown as it was kept, then the events after it, and the head is that of the stream.
pub async fn a_snapshot_comes_before_the_events_after_it(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, because_of("m", numbered("a", 0, 3))).await;
    put(&store, numbered("a", 3, 4)).await;
    assert_eq!(shown(&store, asking("a")).await, Shown::of(None, 1..=7, 7));
    for version in [1, 3, 6, 7] {
        keep(&store, "a", version).await;
        let expected = Shown::of(Some(version), version + 1..=7, 7);
        assert_eq!(shown(&store, asking("a")).await, expected, "a snapshot at {version}");
    }
    let message = "m".into();
    let processed = shown(&store, asking("a").processed(Some(&message))).await;
    assert!(processed.head.processed, "a message whose events are behind the snapshot");
    let other = "n".into();
    assert!(!shown(&store, asking("a").processed(Some(&other))).await.head.processed);
}

/// Events that come after a snapshot was kept are shown after it, however many they are.
pub async fn a_long_stream_goes_on_after_a_snapshot(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 700)).await;
    let large = format!(r#"{{"number":701,"text":"{}"}}"#, "x".repeat(200_000));
    put(&store, append_of("a", 700, [Fact::new(large), Fact::numbered(702)])).await;
    for version in [1, 254, 255, 256, 257, 443, 444, 445, 699, 700, 701, 702] {
        keep(&store, "a", version).await;
        let expected = Shown::of(Some(version), version + 1..=702, 702);
        assert_eq!(shown(&store, asking("a")).await, expected, "a snapshot at {version}");
    }
}

/// Who doesn't ask for a snapshot sees all events; and so does who asks for some events only.
pub async fn a_snapshot_is_shown_to_who_asks(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 5)).await;
    keep(&store, "a", 3).await;
    let all = Shown::of(None, 1..=5, 5);
    assert_eq!(shown(&store, StreamQuery::new(THING, "a")).await, all);
    assert_eq!(shown(&store, asking("a").limit(9)).await, all);
    assert_eq!(shown(&store, asking("a").limit(0)).await.snapshot, None);
}

/// A snapshot of another shape is none.
pub async fn a_snapshot_is_shown_by_its_shape(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 5)).await;
    let newer = NewSnapshot { shape: "Thing/2/1f".into(), ..snapshot(&store, "a", 4).await };
    store.keep_snapshot(newer).await.expect("it is kept");
    assert_eq!(shown(&store, asking("a")).await.told_of_others(), Shown::of(None, 1..=5, 5));
    keep(&store, "a", 2).await;
    assert_eq!(shown(&store, asking("a")).await.told_of_others(), Shown::of(Some(2), 3..=5, 5));
    for shape in ["Thing/2/1f", "thing/1/1f", "Thing/1/1f ", "Thing/1/1", ""] {
        let version = if shape == "Thing/2/1f" { Some(4) } else { None };
        let query = StreamQuery::new(THING, "a").snapshot(Some(shape));
        let expected = Shown::of(version, version.unwrap_or(0) + 1..=5, 5);
        assert_eq!(shown(&store, query).await.told_of_others(), expected, "{shape:?}");
    }
}

/// Who asks for a snapshot is told whether there is one of another shape, whatever is shown; nobody else is.
pub async fn a_snapshot_of_another_shape_is_told(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 5)).await;
    put(&store, numbered("b", 0, 5)).await;
    keep_some(&store, "a", 2, 2).await;
    let told = async |query| shown(&store, query).await.head.has_other_snapshot;
    assert!(!told(asking("a")).await, "all are of this shape");
    let newer = NewSnapshot { shape: "Thing/2/1f".into(), ..snapshot(&store, "a", 4).await };
    store.keep_snapshot(NewSnapshot { keep: 2, ..newer }).await.expect("it is kept");
    assert!(told(asking("a")).await, "beside one of this shape");
    assert!(told(asking("a").until(Version::new(1))).await, "whatever the range");
    let third = StreamQuery::new(THING, "a").snapshot(Some("Thing/3/1f"));
    assert!(told(third).await, "with none of this shape");
    assert!(!told(StreamQuery::new(THING, "a")).await, "nobody asked");
    assert!(!told(asking("a").limit(3)).await, "there is none beside a limit");
    assert!(!told(asking("b")).await, "it is another entity's");
}

/// Of several snapshots the newest one is shown that is in the range that the query says.
pub async fn the_newest_snapshot_of_the_range_is_shown(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 9)).await;
    for version in [2, 4, 8] {
        keep_some(&store, "a", version, 3).await;
    }
    let newest = [0, 0, 2, 2, 4, 4, 4, 4, 8, 8];
    for until in 1..=9 {
        let query = asking("a").until(Version::new(until));
        let version = Some(newest[until as usize]).filter(|version| *version > 0);
        let expected = Shown::of(version, version.unwrap_or(0) + 1..=until, 9);
        assert_eq!(shown(&store, query).await, expected, "until {until}");
    }
    let until_seven = asking("a").until(Version::new(7));
    let after = |version: u64| until_seven.after(Version::new(version));
    assert_eq!(shown(&store, after(3)).await, Shown::of(Some(4), 5..=7, 9));
    assert_eq!(shown(&store, after(4)).await, Shown::of(None, 5..=7, 9));
    assert_eq!(shown(&store, after(7)).await, Shown::of(None, [], 9));
}

/// A snapshot whose event isn't in the stream is of another stream that had the same id, and is never shown. An older one
/// that is of this stream is.
pub async fn a_snapshot_of_another_stream_is_not_shown(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 3)).await;
    for version in [2, 3, 5] {
        let other = snapshot_at("a", version, EventId::new());
        store.keep_snapshot(other).await.expect("it is kept");
    }
    assert_eq!(shown(&store, asking("a")).await, Shown::of(None, 1..=3, 3));
    put(&store, numbered("a", 3, 3)).await;
    assert_eq!(shown(&store, asking("a")).await, Shown::of(None, 1..=6, 6));

    put(&store, numbered("b", 0, 6)).await;
    keep(&store, "b", 2).await;
    for version in [4, 6, 7] {
        let other = NewSnapshot { keep: 9, ..snapshot_at("b", version, EventId::new()) };
        store.keep_snapshot(other).await.expect("it is kept");
    }
    assert_eq!(shown(&store, asking("b")).await, Shown::of(Some(2), 3..=6, 6));
    let until_one = asking("b").until(Version::new(1));
    assert_eq!(shown(&store, until_one).await, Shown::of(None, 1..=1, 6));
}

/// Entities have their own snapshots, by type and id to the byte.
pub async fn snapshots_are_apart_by_entity(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    for id in LOOKALIKES {
        put(&store, numbered(id, 0, 3)).await;
    }
    put(&store, append_to("Other", "a", 0, (1..=3).map(Fact::numbered))).await;
    for (n, id) in LOOKALIKES.into_iter().enumerate() {
        keep(&store, id, 1 + n as u64 % 3).await;
    }
    for (n, id) in LOOKALIKES.into_iter().enumerate() {
        let version = 1 + n as u64 % 3;
        let expected = Shown::of(Some(version), version + 1..=3, 3);
        assert_eq!(shown(&store, asking(id)).await, expected, "{id:?}");
    }
    let other = StreamQuery::new("Other", "a").snapshot(Some(SHAPE));
    assert_eq!(shown(&store, other).await, Shown::of(None, 1..=3, 3));
}

/// A snapshot takes the place of one of the same version and shape.
pub async fn the_same_snapshot_again_replaces_it(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 3)).await;
    let broken = NewSnapshot { data: b"[".to_vec(), ..snapshot(&store, "a", 2).await };
    store.keep_snapshot(broken).await.expect("it is kept");
    keep(&store, "a", 2).await;
    assert_eq!(shown(&store, asking("a")).await, Shown::of(Some(2), 3..=3, 3));
}

/// The newest ones are kept, as many as the snapshot says, in whatever order they came; and those of other shapes until
/// newer ones are forgotten.
pub async fn old_snapshots_are_forgotten(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 9)).await;
    put(&store, numbered("b", 0, 9)).await;
    keep(&store, "b", 1).await;
    let other = NewSnapshot { shape: "Thing/2/1f".into(), ..snapshot(&store, "a", 3).await };
    store.keep_snapshot(other).await.expect("it is kept");
    for version in [1, 2, 5, 4] {
        keep_some(&store, "a", version, 2).await;
    }
    assert_eq!(kept(&store, "a", SHAPE).await, [4, 5]);
    assert_eq!(kept(&store, "a", "Thing/2/1f").await, [3]);
    keep_some(&store, "a", 8, 2).await;
    assert_eq!(kept(&store, "a", SHAPE).await, [5, 8]);
    assert_eq!(kept(&store, "a", "Thing/2/1f").await, [0; 0]);
    keep(&store, "a", 6).await;
    assert_eq!(kept(&store, "a", SHAPE).await, [8]);
    assert_eq!(kept(&store, "b", SHAPE).await, [1]);
}

/// States of any size and text come back.
pub async fn any_state_is_kept(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 2)).await;
    let long = "é".repeat(1 << 19);
    for text in ["", "\\ \" ' % ; --", "\u{0}\u{1f}\u{7f}", "🦀 \u{10ffff}", &long] {
        let data = serde_json::to_vec(&json!({ "text": text })).expect("text is JSON");
        let state = NewSnapshot { data, ..snapshot(&store, "a", 1).await };
        store.keep_snapshot(state).await.expect("it is kept");
        let (_, state) = shown(&store, asking("a")).await.snapshot.expect("a snapshot");
        assert!(state["text"] == text, "another text came back than {} bytes", text.len());
    }
}

/// What is handed over to be kept later is kept, soon.
pub async fn a_snapshot_is_kept_later(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 5)).await;
    store.keep_snapshot_later(snapshot(&store, "a", 3).await);
    let begun = Instant::now();
    while shown(&store, asking("a")).await.snapshot.is_none() {
        assert!(begun.elapsed() < LATER, "it isn't kept within {LATER:?}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(shown(&store, asking("a")).await, Shown::of(Some(3), 4..=5, 5));
}

/// A reader sees a snapshot and just the events after it, while both are written.
pub async fn a_snapshot_and_its_events_are_one_state(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    let done = AtomicBool::new(false);
    let write = async {
        for number in 0..40 {
            put(&store, numbered("a", number * 3, 3)).await;
            keep(&store, "a", number * 3 + 1 + number % 3).await;
        }
        done.store(true, Ordering::Release);
    };
    let reading = async {
        while !done.load(Ordering::Acquire) {
            let Shown { snapshot, events, head } = shown(&store, asking("a")).await;
            let first = snapshot.map_or(0, |(version, _)| version) + 1;
            assert!(head.version.get() + 1 >= first, "{first} comes after {}", head.version);
            assert_eq!(events, (first..=head.version.get()).collect::<Vec<_>>());
            assert_eq!(head.version.get() % 3, 0);
            tokio::task::yield_now().await;
        }
    };
    futures_util::future::join(write, reading).await;
}

/// A snapshot in a transaction is seen in it, by others after its commit, and by nobody after a rollback.
pub async fn a_transaction_keeps_its_snapshots(store: Store) {
    if !store.capabilities().snapshots {
        return;
    }
    put(&store, numbered("a", 0, 2)).await;
    for commits in [false, true] {
        let Some(mut transaction) = begin(&store).await else { return };
        let append = numbered("a", 2, 3);
        let event_id = append.events()[1].event_id;
        append_within(&mut transaction, append).await.expect("it is appended");
        transaction.keep_snapshot(snapshot_at("a", 4, event_id)).await.expect("it is kept");
        let expected = Shown::of(Some(4), 5..=5, 5);
        assert_eq!(shown_within(&mut transaction, asking("a")).await, expected);
        if commits {
            transaction.commit().await.expect("a commit");
            assert_eq!(shown(&store, asking("a")).await, expected);
        } else {
            transaction.rollback().await.expect("a rollback");
            assert_eq!(shown(&store, asking("a")).await, Shown::of(None, 1..=2, 2));
        }
    }
}

/// A snapshot of a thing, made of its version.
fn snapshot_at(entity_id: &str, version: u64, event_id: EventId) -> NewSnapshot {
    NewSnapshot {
        entity_type: THING,
        entity_id: entity_id.to_owned(),
        version: Version::new(version),
        event_id,
        shape: SHAPE.into(),
        data: json!({ "version": version }).to_string().into_bytes(),
        keep: 1,
    }
}

/// A snapshot of a stream that is stored.
async fn snapshot(store: &Store, entity_id: &str, version: u64) -> NewSnapshot {
    let at = StreamQuery::new(THING, entity_id).after(Version::new(version - 1)).limit(1);
    let (events, _) = read(store, at).await;
    snapshot_at(entity_id, version, events[0].event_id)
}

async fn keep(store: &Store, entity_id: &str, version: u64) {
    keep_some(store, entity_id, version, 1).await;
}

async fn keep_some(store: &Store, entity_id: &str, version: u64, keep: u32) {
    let snapshot = NewSnapshot { keep, ..snapshot(store, entity_id, version).await };
    store.keep_snapshot(snapshot).await.expect("it is kept");
}

fn asking(entity_id: &str) -> StreamQuery<'_> {
    StreamQuery::new(THING, entity_id).snapshot(Some(SHAPE))
}

/// The versions of the snapshots of a thing.
async fn kept(store: &Store, entity_id: &str, shape: &str) -> Vec<u64> {
    let mut versions = Vec::new();
    for version in 1..=head_version(store, entity_id).await {
        let query = StreamQuery::new(THING, entity_id).snapshot(Some(shape));
        let at = query.after(Version::new(version - 1)).until(Version::new(version));
        versions.extend(shown(store, at).await.snapshot.map(|(version, _)| version));
    }
    versions
}

/// What a store shows, in this order.
#[derive(Debug, PartialEq)]
struct Shown {
    snapshot: Option<(u64, Value)>,
    events: Vec<u64>,
    head: StreamHead,
}

impl Shown {
    fn of(snapshot: Option<u64>, events: impl IntoIterator<Item = u64>, version: u64) -> Self {
        Shown {
            snapshot: snapshot.map(|version| (version, json!({ "version": version }))),
            events: events.into_iter().collect(),
            head: StreamHead { version: Version::new(version), ..StreamHead::NONE },
        }
    }

    /// As it would be without the snapshots of other shapes, of which it tells.
    fn told_of_others(mut self) -> Self {
        assert!(std::mem::take(&mut self.head.has_other_snapshot), "another shape is told of");
        self
    }

    fn nothing() -> Self {
        Shown { snapshot: None, events: Vec::new(), head: StreamHead::NONE }
    }
}

impl StreamVisitor for Shown {
    fn snapshot(&mut self, snapshot: RawSnapshot<'_>) {
        assert_eq!(
            (&self.snapshot, &*self.events),
            (&None, &[][..]),
            "it is shown first, and once"
        );
        let state = serde_json::from_slice(snapshot.data).expect("JSON comes back");
        self.snapshot = Some((snapshot.version.get(), state));
    }

    fn event(&mut self, event: RawEvent<'_>) -> ControlFlow<()> {
        self.events.push(event.version.get());
        ControlFlow::Continue(())
    }
}

async fn shown(store: &Store, query: StreamQuery<'_>) -> Shown {
    let mut shown = Shown::nothing();
    let head = store.load(query, &mut shown).await.expect("a stream is read");
    Shown { head, ..shown }
}

async fn shown_within(transaction: &mut Transaction, query: StreamQuery<'_>) -> Shown {
    let mut shown = Shown::nothing();
    let head = transaction.load(query, &mut shown).await.expect("a stream is read");
    Shown { head, ..shown }
}
