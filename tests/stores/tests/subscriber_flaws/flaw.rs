/// What is wrong with a [`FlawedStore`](super::store::FlawedStore).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Says of a subscriber that it has as many partitions as it is registered with.
    RegistersAgain,
    /// Takes `a` and `a ` for the same subscriber.
    TrimsNames,
    /// Takes the progress of a subscriber that was never registered.
    InventsSubscribers,
    /// Forgets no member.
    CountsTheDead,
    /// Gives one partition more than was asked for.
    GivesMore,
    /// Lets no lease end.
    LendsForEver,
    /// Shows the leases that were to be renewed.
    RenewsNothing,
    /// Takes nothing back.
    KeepsPartitions,
    /// Keeps positions as they are.
    LosesProgress,
    /// Takes the progress of anyone.
    IgnoresLeases,
    /// Stores no progress of transactions.
    LosesProgressOfTransactions,
    /// Keeps no errors of events.
    LosesErrors,
    /// Gives queues from their ends.
    QueuesBackwards,
    /// Says of all that waits that it is due.
    KnowsNoTimes,
    /// Gives those first that are due last.
    StarvesTheFirst,
    /// Puts what waits already into its queue again.
    AddsAgain,
    /// Tries all again, whatever entity is asked for.
    RetriesAll,
    /// Skips nothing.
    SkipsNothing,
    /// Pauses nothing.
    PausesNothing,
    /// Resets nothing.
    ResetsNothing,
    /// Removes nothing.
    RemovesNothing,
    /// Tries nothing again.
    RetriesNothing,
    /// Lets a rebuilt subscriber go on that was paused.
    ResumesTheRebuilt,
    /// Gives a rebuilt subscriber nothing.
    TakesNothingOver,
    /// Keeps subscribers, and says that it doesn't.
    HidesSubscriptions,
    /// Lets each subscriber start at the beginning.
    StartsAtTheBeginning,
    /// Gives queues without what is in them.
    EmptiesQueues,
    /// Keeps no event that is to wait.
    ForgetsWhatWaits,
    /// Takes every owner for the same one, so that it gives a lease twice.
    KnowsNoOwners,
    /// Doesn't show every third event.
    FeedsWithGaps,
    /// Shows the events of each page from its end.
    FeedsBackwards,
    /// Shows each event twice.
    FeedsTwice,
    /// Says that the feed ends before its newest event.
    EndsBeforeTheEnd,
    /// Takes every event for the first one of the feed.
    MisplacesEvents,
    /// Stores at once what is done in a transaction.
    CommitsAtOnce,
    /// Stores the first append of a transaction.
    StoresOneAppend,
    /// Remembers no message.
    ForgetsMessages,
}
