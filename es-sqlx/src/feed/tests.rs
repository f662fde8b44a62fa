use std::sync::atomic::AtomicU64;

use es_core::{EventId, Timestamp, Version};
use futures_util::FutureExt;
use tokio::sync::Semaphore;

use super::*;

/// A feed of so many events, all of one type but for each tenth.
struct Numbers {
    end: AtomicU64,
    /// A step waits for one of them.
    permits: Semaphore,
    steps: AtomicU64,
    reads: std::sync::Mutex<Vec<(u64, u64)>>,
}

impl Source for Numbers {
    const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(1));
    const REST: Duration = Duration::from_millis(4);

    fn sequence(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async {
            self.steps.fetch_add(1, Ordering::SeqCst);
            self.permits.acquire().await.unwrap().forget();
            Ok(self.end.load(Ordering::SeqCst))
        })
    }

    fn read<'a>(
        &'a self,
        part: Part<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.reads.lock().unwrap().push((part.after, part.until));
        Box::pin(async move {
            for position in part.after + 1..=part.until {
                let event_type = if position % 10 == 0 { "Rare" } else { "Usual" };
                let event = RawEvent {
                    entity_type: "Thing",
                    entity_id: "a",
                    version: Version::new(position),
                    event_id: EventId::new(),
                    event_type,
                    schema_version: 1,
                    data: b"null",
                    metadata: None,
                    triggering_event: None,
                    recorded_at: Timestamp::UNIX_EPOCH,
                };
                if part.filter.matches("Thing", event_type)
                    && visit(Position::new(position), event).is_break()
                {
                    break;
                }
            }
            Ok(())
        })
    }
}

fn numbers(end: u64, steps: usize) -> Arc<Feed<Numbers>> {
    let source = Numbers {
        end: end.into(),
        permits: Semaphore::new(steps),
        steps: 0.into(),
        reads: Vec::new().into(),
    };
    Feed::new(source, Growth::default())
}

async fn read(
    feed: &Feed<Numbers>,
    after: u64,
    limit: u32,
    filter: &FeedFilter,
) -> (u32, FeedPage) {
    let mut shown = 0;
    let query = FeedQuery::new(Position::new(after), limit, filter);
    let mut visit = |_: Position, _: RawEvent<'_>| {
        shown += 1;
        ControlFlow::Continue(())
    };
    let page = feed.page(query, &mut visit).await.unwrap();
    (shown, page)
}

#[tokio::test]
async fn positions_are_given_at_the_end_of_those_that_are_known_when_these_are_shown() {
    let feed = numbers(10, 2);
    let all = FeedFilter::all();
    let steps = || feed.source().steps.load(Ordering::SeqCst);

    let (shown, page) = read(&feed, 0, 4, &all).await;
    assert_eq!((shown, page.last.get(), page.at_end, steps()), (4, 4, false, 1));
    let (shown, page) = read(&feed, 4, 5, &all).await;
    assert_eq!((shown, page.last.get(), page.at_end, steps()), (5, 9, false, 1));

    feed.source().end.store(12, Ordering::SeqCst);
    let (shown, page) = read(&feed, 9, 5, &all).await;
    assert_eq!((shown, page.last.get(), page.at_end, steps()), (1, 10, false, 1));
    let (shown, page) = read(&feed, 10, 5, &all).await;
    assert_eq!((shown, page.last.get(), page.at_end, steps()), (2, 12, true, 2));
}

#[tokio::test]
async fn those_who_come_while_a_step_is_under_way_share_the_next_one() {
    let feed = numbers(7, 0);
    let mut first = Box::pin(feed.end());
    assert!(first.as_mut().now_or_never().is_none());
    let mut others: Vec<_> = (0..5).map(|_| Box::pin(feed.end())).collect();
    for other in &mut others {
        assert!(other.as_mut().now_or_never().is_none());
    }

    feed.source().permits.add_permits(2);
    assert_eq!(first.await.unwrap(), Position::new(7));
    for other in others {
        assert_eq!(other.await.unwrap(), Position::new(7));
    }
    assert_eq!(feed.source().steps.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_step_that_is_given_up_is_done_by_the_next_one() {
    let feed = numbers(7, 0);
    let mut first = Box::pin(feed.end());
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(feed.end());
    assert!(second.as_mut().now_or_never().is_none());
    drop(first);
    feed.source().permits.add_permits(1);
    assert_eq!(second.await.unwrap(), Position::new(7));
}

#[tokio::test]
async fn a_page_of_rare_events_looks_at_as_many_positions_as_it_needs() {
    let feed = numbers(100_000, 1);
    let rare = FeedFilter::only([("Thing", "Rare")]);
    let (shown, page) = read(&feed, 0, 100, &rare).await;
    assert_eq!((shown, page.last.get()), (100, 1_000));
    let reads = feed.source().reads.lock().unwrap().clone();
    // No more than may be wanted are asked for before it is known how rare they are.
    assert_eq!(reads[0], (0, 100));
    assert!(reads.len() <= 4, "{reads:?}");
}

// Servers send what is looked at.
#[tokio::test]
async fn a_page_of_usual_events_looks_at_few_that_it_does_not_need() {
    let feed = numbers(100_000, 1);
    let usual = FeedFilter::only([("Thing", "Usual")]);
    let (shown, page) = read(&feed, 0, 1_000, &usual).await;
    assert_eq!((shown, page.last.get()), (1_000, 1_111));
    let reads = feed.source().reads.lock().unwrap().clone();
    assert!(reads.last().is_some_and(|(_, last)| *last <= 1_300), "{reads:?}");
}

#[tokio::test]
async fn a_page_without_events_ends_somewhere() {
    let feed = numbers(100_000, 2);
    let none = FeedFilter::only([("Thing", "Missing")]);
    let (mut after, mut pages) = (0, 0);
    loop {
        let (shown, page) = read(&feed, after, 10, &none).await;
        assert_eq!(shown, 0);
        assert!(page.at_end || page.last.get() > after);
        assert!(page.last.get() - after <= MAX_PAGE + MAX_WINDOW);
        (after, pages) = (page.last.get(), pages + 1);
        if page.at_end {
            break;
        }
    }
    assert_eq!(after, 100_000);
    assert!(pages <= 5, "{pages}");
}

#[tokio::test(start_paused = true)]
async fn a_step_that_found_many_is_followed_by_a_rest_and_one_that_found_few_by_none() {
    let feed = numbers(1, 8);
    let after_a_step_to = async |end| {
        feed.source().end.store(end, Ordering::SeqCst);
        feed.end().await.unwrap();
        let before = tokio::time::Instant::now();
        feed.end().await.unwrap();
        before.elapsed()
    };
    assert_eq!(after_a_step_to(4).await, Duration::ZERO, "after four events");
    let many = after_a_step_to(10_000).await;
    assert!((4..=5).contains(&many.as_millis()), "{many:?} after 9,998 events");
    assert_eq!(after_a_step_to(10_000).await, Duration::ZERO, "after none");
}
