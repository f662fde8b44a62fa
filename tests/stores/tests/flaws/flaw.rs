/// What is wrong with a [`FlawedStore`](super::store::FlawedStore).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    // Appends.
    /// Appends at whatever version.
    IgnoresVersions,
    /// Stores an event at a time, and lets others in between.
    StoresEventByEvent,
    /// Stores the first hundred events of an append.
    StoresAHundredEvents,
    /// Answers, and stores nothing.
    StoresNothing,
    /// Fails while another append is under way.
    FailsUnderLoad,
    /// Gives no positions, although it says that it does.
    TellsNoPositions,
    /// Deletes nothing.
    ForgetsDeletions,
    // Reads.
    /// Shows events in the order of their times.
    SortsByTime,
    /// Doesn't show the 257th event.
    SkipsAfterAPage,
    /// Shows the stream as it was before its last event.
    ReadsLate,
    /// Shows all events, whatever the limit.
    IgnoresLimits,
    /// Leaves versions of schemas out of bare events.
    BaresTooMuch,
    /// Shows events with other ids than they were stored with.
    MakesIdsUp,
    /// Shows all events, though the visitor breaks.
    IgnoresBreaks,
    /// Takes the last event that was shown for the version of the stream.
    TakesThePartForTheWhole,
    /// Creates the stream that it doesn't find.
    CreatesByReading,
    /// Takes one connection more for each read that is dropped, and has ten.
    LeaksReads,
    /// Shows who reads while others do the stream that was asked for last.
    MixesReads,
    /// Shows who reads while others do what the first of them saw.
    SharesReads,
    // Messages.
    /// Remembers no message.
    ForgetsMessages,
    /// Remembers no message without events.
    ForgetsMessagesWithoutEvents,
    /// Remembers messages of appends that it refuses.
    RemembersRefusedMessages,
    /// Says of every message that it is processed.
    KnowsEveryMessage,
    /// Looks at the version before it looks at the message.
    ComparesVersionsFirst,
    /// Looks for deletion before it looks at the message.
    LooksForDeletionFirst,
    /// Takes appends without events at whatever version.
    IgnoresVersionsWithoutEvents,
    /// Remembers a message for all entities.
    SharesMessages,
    /// Remembers a message for all consumers.
    ForgetsConsumers,
    /// Writes consumer and message one after the other.
    JoinsConsumers,
    // Values.
    /// Takes `a`, `A` and `a ` for the same.
    ComparesLoosely,
    /// Keeps 254 bytes of an id.
    CutsIds,
    /// Keeps 64 KiB of an event and of metadata.
    CutsTexts,
    /// Eats backslashes.
    EatsBackslashes,
    /// Keeps ASCII alone.
    KeepsAscii,
    /// Keeps milliseconds.
    KeepsMilliseconds,
    /// Keeps no metadata.
    LosesMetadata,
    /// Keeps no versions of the shapes of events.
    LosesSchemaVersions,
    /// Keeps one stream for an id of whatever type.
    IgnoresTypes,
    // Lists.
    /// Lists by letters, not by bytes.
    ListsByLetters,
    /// Lists with the id after which it should begin.
    ListsTheIdBefore,
    // Snapshots.
    /// Says that it keeps none, and does.
    HidesSnapshots,
    /// Shows all events after a snapshot.
    ShowsEventsAgain,
    /// Shows a snapshot beside a limit.
    ShowsSnapshotsUnasked,
    /// Shows snapshots of whatever shape.
    IgnoresShapes,
    /// Doesn't tell of snapshots of other shapes.
    HidesOtherSnapshots,
    /// Shows the newest snapshot, whatever the range.
    IgnoresRangesOfSnapshots,
    /// Shows a snapshot whose event isn't there.
    BelievesAnySnapshot,
    /// Keeps the first of two snapshots of one version.
    KeepsTheFirstSnapshot,
    /// Forgets no snapshot.
    KeepsAllSnapshots,
    /// Drops what it is to keep later.
    NeverKeepsLater,
    /// Looks for the snapshot after it has read the events.
    ReadsSnapshotsLate,
    // Transactions.
    /// Has transactions and says that it hasn't.
    HidesTransactions,
    /// Shows what isn't committed.
    ShowsUncommitted,
    /// Keeps snapshots of a transaction at once.
    KeepsSnapshotsOutside,
    /// Commits a stream at a time, and lets others in between.
    CommitsStreamByStream,
    /// Keeps what is rolled back or dropped.
    KeepsRolledBack,
    /// Doesn't store what is committed.
    LosesCommits,
    /// Reads in a transaction what others see.
    ReadsOutside,
    /// Checks appends in a transaction against what others see.
    ChecksOutside,
    /// Forgets all of a transaction when it refuses an append in it.
    ForgetsAfterRefusal,
    /// Lets others write beside a transaction, and overwrites it.
    LosesUpdates,
    /// Can't commit nothing.
    CommitsNoNothing,
    /// Never answers again when somebody stops waiting for a transaction.
    HangsAfterADroppedWait,
    // The feed.
    /// Has a feed and says that it hasn't.
    HidesFeed,
    /// Never says that the feed is at its end.
    NeverEnds,
    /// Shows the feed stream by stream.
    FeedsByStream,
    /// Begins a page with the event after which it should begin.
    FeedsAgain,
    /// Shows more in a page than was asked for.
    FeedsTooMuch,
    /// Takes a page without events for the end.
    EndsAtAnEmptyPage,
    /// Says of a page after the end that it is at the end of the feed.
    GoesBackToTheEnd,
    /// Shows all events, whatever the filter.
    IgnoresFilters,
    /// Shows events whose name begins with `$`.
    FeedsPseudoEvents,
    /// Shows of ninety-seven events ninety-six.
    FeedsWithGaps,
    /// Numbers the events of a transaction when they are appended, as a column that counts does.
    NumbersAtAppend,
    /// Numbers the events of a transaction when it begins.
    NumbersAtBegin,
    /// Shows nothing that is committed after the beginning of a transaction that is open.
    WaitsForTransactions,
    /// Doesn't count the newest event.
    EndsBeforeTheEnd,
    /// Finds the positions of no events.
    FindsNoPositions,
    /// Tells readers of nothing.
    WakesNobody,
}
