use std::collections::HashMap;
use std::time::Duration;

use es_core::{Timestamp, Version};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::*;

const LIMIT: Duration = Duration::from_secs(10);

/// Commits into a map, one commit for each permit, and tells which entities each commit had.
struct Fake {
    permits: Arc<Semaphore>,
    commits: mpsc::UnboundedSender<Vec<String>>,
    versions: Mutex<HashMap<String, u64>>,
}

impl Commit for Fake {
    fn commit<'a>(
        &'a self,
        appends: &'a [Append],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let names: Vec<String> =
                appends.iter().map(|append| append.entity_id.clone()).collect();
            self.commits.send(names.clone()).unwrap();
            self.permits.acquire().await.unwrap().forget();
            if names.iter().any(|name| name == "bad") {
                return Err(StoreError::database("bad"));
            }
            let mut versions = self.versions.lock().unwrap();
            let outcome = |append: &Append| {
                let version = versions.entry(append.entity_id.clone()).or_default();
                let actual = Version::new(*version);
                if actual != append.expected {
                    return Err(AppendError::Conflict { expected: append.expected, actual });
                }
                *version += 1;
                Ok(Appended::new(Version::new(*version)))
            };
            Ok(appends.iter().map(outcome).collect())
        })
    }
}

/// A line before a committer that waits for permits.
struct Test {
    group: Arc<Group<Fake>>,
    permits: Arc<Semaphore>,
    commits: mpsc::UnboundedReceiver<Vec<String>>,
    tasks: JoinSet<(String, Outcome)>,
}

impl Test {
    fn new(committers: usize) -> Self {
        Self::with_limit(committers, LIMIT)
    }

    fn with_limit(committers: usize, limit: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let (sender, commits) = mpsc::unbounded_channel();
        let fake =
            Fake { permits: Arc::clone(&permits), commits: sender, versions: Mutex::default() };
        Test {
            group: Arc::new(Group::new(fake, committers, limit)),
            permits,
            commits,
            tasks: JoinSet::new(),
        }
    }

    fn append(&mut self, name: &str, expected: u64) -> tokio::task::AbortHandle {
        let group = Arc::clone(&self.group);
        let name = name.to_owned();
        let append = append(&name, expected);
        self.tasks.spawn(async move { (name, group.append(append).await) })
    }

    /// Two committers, one of which has an append by itself, and the other one all three that have met.
    async fn crowded() -> Self {
        let mut test = Test::new(2);
        for name in ["a", "b", "c", "d", "e"] {
            test.append(name, 0);
        }
        test.line(3).await;
        assert_eq!([test.commit().await, test.commit().await].concat().len(), 2);
        test.permits.add_permits(1);
        assert_eq!(test.commit().await.len(), 3);
        test
    }

    /// Lets all do what they can without a permit, and without time going by. So many commit then, and so many wait.
    async fn rest(&self, active: usize, waiting: usize) {
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        let state = self.group.0.state();
        assert_eq!((state.commits.len(), state.waiting.len()), (active, waiting));
    }

    /// Waits until so many stand in line.
    async fn line(&self, waiting: usize) {
        let reached = async {
            while self.group.0.state().waiting.len() != waiting {
                tokio::task::yield_now().await;
            }
        };
        timeout(LIMIT, reached).await.unwrap();
    }

    async fn commit(&mut self) -> Vec<String> {
        timeout(LIMIT, self.commits.recv()).await.unwrap().unwrap()
    }

    async fn outcomes(mut self) -> HashMap<String, Vec<Result<u64, String>>> {
        self.permits.add_permits(1000);
        let mut outcomes: HashMap<_, Vec<_>> = HashMap::new();
        while let Some(done) = timeout(LIMIT, self.tasks.join_next()).await.unwrap() {
            let Ok((name, outcome)) = done else { continue };
            let outcome =
                outcome.map(|appended| appended.version.get()).map_err(|error| error.to_string());
            outcomes.entry(name).or_default().push(outcome);
        }
        let at_rest = async {
            while !self.group.0.state().commits.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        timeout(LIMIT, at_rest).await.expect("no committer is forgotten");
        outcomes
    }
}

fn append(name: &str, expected: u64) -> Append {
    Append::new("Test", name.to_owned(), Version::new(expected), Timestamp::UNIX_EPOCH)
}

#[tokio::test]
async fn those_who_come_during_a_commit_share_the_next_one() {
    let mut test = Test::new(1);
    test.append("first", 0);
    assert_eq!(test.commit().await, ["first"]);
    for name in ["a", "b", "c"] {
        test.append(name, 0);
    }
    test.line(3).await;
    test.permits.add_permits(1);
    assert_eq!(test.commit().await, ["a", "b", "c"]);
    let outcomes = test.outcomes().await;
    assert_eq!(outcomes.len(), 4);
    assert!(outcomes.values().all(|outcomes| *outcomes == [Ok(1)]));
}

#[tokio::test]
async fn those_who_were_answered_share_the_next_commit_with_those_who_waited() {
    let mut test = Test::new(1);
    test.append("first", 0);
    test.commit().await;
    let group = Arc::clone(&test.group);
    test.tasks.spawn(async move {
        for expected in 0..2 {
            group.append(append("again", expected)).await.unwrap();
        }
        ("again".to_owned(), Ok(Appended::new(Version::new(2))))
    });
    test.line(1).await;
    test.permits.add_permits(1);
    assert_eq!(test.commit().await, ["again"]);
    test.append("waits", 0);
    test.line(1).await;
    test.permits.add_permits(1);
    assert_eq!(test.commit().await, ["waits", "again"]);
    assert_eq!(test.outcomes().await["waits"], [Ok(1)]);
}

#[tokio::test]
async fn two_appends_to_one_entity_never_share_a_commit() {
    let mut test = Test::new(1);
    test.append("first", 0);
    test.commit().await;
    for (place, (name, expected)) in [("a", 0), ("a", 1), ("b", 0)].into_iter().enumerate() {
        test.append(name, expected);
        test.line(place + 1).await;
    }
    test.permits.add_permits(2);
    assert_eq!(test.commit().await, ["a", "b"]);
    assert_eq!(test.commit().await, ["a"]);
    assert_eq!(test.outcomes().await["a"], [Ok(1), Ok(2)]);
}

#[tokio::test]
async fn a_conflict_is_its_own_callers() {
    let mut test = Test::new(1);
    test.append("first", 0);
    test.commit().await;
    test.append("stale", 7);
    test.append("good", 0);
    test.line(2).await;
    let outcomes = test.outcomes().await;
    assert_eq!(outcomes["good"], [Ok(1)]);
    assert!(outcomes["stale"][0].as_ref().unwrap_err().contains("not 7"));
}

#[tokio::test]
async fn an_append_that_makes_its_group_fail_fails_alone() {
    let mut test = Test::new(1);
    test.append("first", 0);
    test.commit().await;
    for name in ["good", "bad", "fine"] {
        test.append(name, 0);
    }
    test.line(3).await;
    let outcomes = test.outcomes().await;
    assert_eq!((&outcomes["good"][..], &outcomes["fine"][..]), (&[Ok(1)][..], &[Ok(1)][..]));
    assert!(outcomes["bad"][0].as_ref().unwrap_err().contains("bad"));
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_nobody_along() {
    let mut test = Test::new(1);
    let committing = test.append("gone while committing", 0);
    test.commit().await;
    let waiting = test.append("gone while waiting", 0);
    test.append("stays", 0);
    test.line(2).await;
    waiting.abort();
    committing.abort();
    assert_eq!(test.commit().await, ["gone while waiting", "stays"]);
    assert_eq!(test.outcomes().await["stays"], [Ok(1)]);
}

#[tokio::test]
async fn as_many_commits_are_under_way_as_there_are_committers() {
    let mut test = Test::new(2);
    for name in ["a", "b", "c", "d"] {
        test.append(name, 0);
    }
    test.line(2).await;
    let mut both = [test.commit().await, test.commit().await].concat();
    both.sort();
    assert_eq!(both, ["a", "b"]);
    test.permits.add_permits(1);
    assert_eq!(test.commit().await, ["c", "d"]);
    assert_eq!(test.outcomes().await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn where_appends_meet_one_committer_takes_them_all() {
    let mut test = Test::crowded().await;
    test.append("f", 0);
    test.line(1).await;
    test.permits.add_permits(1);
    test.rest(1, 1).await;
    test.permits.add_permits(1);
    assert_eq!(test.commit().await, ["f"]);
    assert_eq!(test.outcomes().await.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn where_enough_wait_another_committer_helps() {
    let mut test = Test::crowded().await;
    test.permits.add_permits(1);
    test.rest(1, 0).await;
    for n in 1..ENOUGH {
        test.append(&n.to_string(), 0);
    }
    test.rest(1, ENOUGH - 1).await;
    test.append("enough", 0);
    test.rest(2, 0).await;
    assert_eq!(test.commit().await.len(), ENOUGH);
    assert_eq!(test.outcomes().await.len(), 5 + ENOUGH);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_long_is_helped() {
    let mut test = Test::crowded().await;
    test.permits.add_permits(1);
    test.rest(1, 0).await;
    // Nobody lets that one go on.
    test.append("late", 0);
    assert_eq!(test.commit().await, ["late"]);
    assert_eq!(test.outcomes().await.len(), 6);
}

#[tokio::test]
async fn a_commit_takes_no_more_than_its_limits() {
    let mut waiting: VecDeque<Waiting> = (0..300).map(|n| waiting(&n.to_string(), 0)).collect();
    assert_eq!((take(&mut waiting).len(), waiting.len()), (MAX_APPENDS, 300 - MAX_APPENDS));

    let sizes = [MAX_BYTES / 2, MAX_BYTES / 2 - 100, 200, 1];
    let mut waiting: VecDeque<Waiting> =
        (0..).zip(sizes).map(|(n, size): (u32, _)| self::waiting(&n.to_string(), size)).collect();
    assert_eq!((take(&mut waiting).len(), take(&mut waiting).len()), (2, 2));

    let mut waiting: VecDeque<Waiting> =
        [self::waiting("a", 2 * MAX_BYTES), self::waiting("b", 1)].into();
    assert_eq!((take(&mut waiting).len(), take(&mut waiting).len()), (1, 1));
}

#[test]
fn who_waits_when_the_runtime_is_shut_down_commits_by_himself() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    };
    let (other, shut_down) = (runtime(), runtime());
    let mut test = other.block_on(async { Test::new(1) });
    let group = Arc::clone(&test.group);
    shut_down.spawn(async move { group.append(append("first", 0)).await });
    other.block_on(async {
        test.commit().await;
        test.append("waiting", 0);
        test.line(1).await;
    });
    shut_down.shutdown_background();
    let outcomes = other.block_on(test.outcomes());
    assert_eq!(outcomes["waiting"], [Ok(1)]);
}

#[tokio::test]
async fn nobody_waits_for_his_turn_beyond_the_limit() {
    let mut test = Test::with_limit(1, Duration::from_millis(50));
    test.append("first", 0);
    test.commit().await;
    for expected in 0..20 {
        test.append("later", expected);
    }
    let mut late = 0;
    while late < 20 {
        let (name, outcome) =
            timeout(LIMIT, test.tasks.join_next()).await.unwrap().unwrap().unwrap();
        assert_eq!(name, "later");
        assert!(
            matches!(outcome, Err(AppendError::Store(StoreError::TimedOut { .. }))),
            "{outcome:?}"
        );
        late += 1;
    }
    assert_eq!(test.outcomes().await["first"], [Ok(1)]);
}

fn waiting(name: &str, bytes: usize) -> Waiting {
    struct Text(usize);
    impl es_core::StoredEvent for Text {
        fn event_type(&self) -> &'static str {
            "Text"
        }

        fn schema_version(&self) -> u32 {
            1
        }

        fn encode(&self, out: &mut Vec<u8>) -> Result<(), es_core::EncodeError> {
            out.resize(out.len() + self.0, b' ');
            Ok(())
        }
    }
    let mut append = append(name, 0);
    append.push(es_core::EventId::new(), &Text(bytes)).unwrap();
    Waiting { number: 0, append, reply: oneshot::channel().0 }
}

/// Commits that have "stuck" in them take an hour, others as many ms as the longest of their names says.
struct Timed;

impl Commit for Timed {
    fn commit<'a>(
        &'a self,
        appends: &'a [Append],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let takes = appends.iter().map(|append| match append.entity_id.split_once(' ') {
                Some(("stuck", _)) => 3_600_000,
                Some((_, takes)) => takes.parse().unwrap(),
                None => 0,
            });
            tokio::time::sleep(Duration::from_millis(takes.max().unwrap())).await;
            Ok(appends.iter().map(|_| Ok(Appended::new(Version::new(1)))).collect())
        })
    }
}

/// Appends, each at its time in ms, with two committers. Says which of those that don't hang take longer than 100 ms.
async fn slow_ones(script: &[(u64, &'static str)]) -> Vec<&'static str> {
    let group = Group::new(Timed, 2, LIMIT);
    let mut tasks = JoinSet::new();
    for &(at, name) in script {
        let group = group.clone();
        tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(at)).await;
            let outcome = timeout(Duration::from_millis(100), group.append(append(name, 0))).await;
            (name, matches!(outcome, Ok(Ok(_))))
        });
    }
    let done = tasks.join_all().await;
    done.into_iter()
        .filter(|(name, good)| !good && !name.starts_with("stuck"))
        .map(|d| d.0)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_helped_also_where_the_other_committer_was_busy_at_first() {
    // One committer takes both that hang, at 5 ms; the other one is free at 40 ms.
    let script = [(0, "a 5"), (0, "b 40"), (1, "stuck 1"), (1, "stuck 2"), (6, "late 1")];

    assert_eq!(slow_ones(&script).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_a_commit_leaves_over_does_not_wait_for_one_that_hangs() {
    // Two appends to one entity are two commits.
    let hang = [(0, "a 5"), (0, "b 5"), (1, "stuck 1"), (1, "stuck 2")];
    let script = [&hang[..], &[(100, "x 5"), (101, "x 5"), (101, "y 5"), (101, "x 5")]].concat();

    assert_eq!(slow_ones(&script).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_asks_for_help_again_and_again() {
    // At 30 ms one committer takes `x` and what hangs, and leaves the second `x`, which has asked in vain by then. At 45 ms
    // the other one goes, since that commit is a young one.
    let script = [(0, "a 30"), (0, "b 45"), (1, "x 5"), (1, "stuck 1"), (2, "x 5")];

    assert_eq!(slow_ones(&script).await, ["x 5"], "the first one hangs with the other one");
}

#[tokio::test(start_paused = true)]
async fn appends_behind_a_commit_that_hangs_are_as_fast_as_with_one_committer() {
    let group = Group::new(Timed, 2, LIMIT);
    let stuck = group.clone();
    let stuck = tokio::spawn(async move { stuck.append(append("stuck 1", 0)).await });
    let mut tasks = JoinSet::new();
    for task in 0..4 {
        let group = group.clone();
        tasks.spawn(async move {
            let end = Instant::now() + Duration::from_secs(2);
            let mut appended = 0;
            while Instant::now() < end {
                // Two of them append to the same entity.
                group.append(append(&format!("{} 2", task / 2), 0)).await.unwrap();
                appended += 1;
            }
            appended
        });
    }
    let appended: u32 = tasks.join_all().await.into_iter().sum();
    stuck.abort();

    // A commit of two entities each 2 ms makes 2,000 in 2 s.
    assert!(appended > 1_900, "{appended}");
}
