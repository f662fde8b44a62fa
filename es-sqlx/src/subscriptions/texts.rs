use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// What a store says to its database of subscribers. Each statement takes [arguments](super::arguments) as one JSON text,
/// as often as it asks for it; those that show many rows take how many as well. Each row that is shown is one JSON array.
pub(crate) struct Texts<T> {
    /// Makes the first partition, and changes no row where it is there.
    pub(crate) register_first: T,
    /// Makes the other partitions, `parts`.
    pub(crate) register_rest: T,
    /// `[number of partitions]`
    pub(crate) count: T,
    pub(crate) join: T,
    /// `[owner]` of members that aren't there any more, locked.
    pub(crate) expired: T,
    /// Of `owners`.
    pub(crate) forget_members: T,
    /// `[number of members]`
    pub(crate) members: T,
    /// `[part]` of all that `owner` has, in order, locked.
    pub(crate) lock_own: T,
    /// `[part]` of those of `leases` that `owner` has under that epoch, in order, locked.
    pub(crate) lock_held: T,
    /// `[part]` of all partitions, in order, locked.
    pub(crate) lock_all: T,
    /// `[part]` of free partitions that nobody has locked, the lowest first, locked. Shows many.
    pub(crate) free: T,
    /// Gives `parts` to `owner` for `ttl`, under the next epoch.
    pub(crate) take: T,
    /// Lets the leases of `parts` end after `ttl`.
    pub(crate) renew: T,
    /// `[part, epoch, position, paused]` of all that `owner` has now, in order.
    pub(crate) leases: T,
    /// Takes `parts` from their owner.
    pub(crate) release: T,
    pub(crate) leave: T,
    /// Raises the positions of `parts` to `position`.
    pub(crate) raise: T,
    /// Adds `letters` that aren't there.
    pub(crate) add_letters: T,
    /// Changes those of `letters` that are there.
    pub(crate) change_letters: T,
    /// Removes the letter at `position`.
    pub(crate) remove_letter: T,
    /// `[type, id]` of the entities of `parts` with letters.
    pub(crate) waiting: T,
    /// `[type, id]` of the entities of `parts` whose first letter is due. Shows many.
    pub(crate) due: T,
    /// Letters of `entity`, in order. Shows many.
    pub(crate) queue: T,
    /// Letters after `position`, in order. Shows many.
    pub(crate) letters: T,
    /// Makes the letters of `entity`, or all where that is null, due.
    pub(crate) retry: T,
    pub(crate) pause: T,
    /// Sets all partitions to `position` without an owner, under the next epoch.
    pub(crate) reset: T,
    /// Forgets the letters after `position`.
    pub(crate) forget_letters: T,
    pub(crate) remove_partitions: T,
    pub(crate) remove_members: T,
    /// `["partition", part, position, epoch, owner or null, paused]` of each partition, `["members", number]` and
    /// `["letters", number, number of those that are parked]`.
    pub(crate) progress: T,
    /// `[part]` of all partitions of `subscriber` and `other`, locked.
    pub(crate) lock_both: T,
    /// `[highest epoch]` of `subscriber`, or null.
    pub(crate) highest: T,
    /// `[whether it is paused]` of a partition of `subscriber`, if it has one.
    pub(crate) is_paused: T,
    /// Gives the partitions of `other` to `subscriber`, which has none: without an owner, `paused` or not, their epochs
    /// higher by `epoch`.
    pub(crate) take_partitions: T,
    /// Gives the letters of `other` to `subscriber`.
    pub(crate) take_letters: T,
}

/// Does something for each statement.
macro_rules! each {
    ($($name:ident)*) => {
        impl Texts<&'static str> {
            /// The statements with the prefix at each `{prefix}`.
            pub(crate) fn of(self, prefix: &TablePrefix) -> Texts<Statement> {
                Texts { $($name: Statement::new(prefix, self.$name)),* }
            }
        }

        #[cfg(feature = "mysql")]
        impl Texts<Statement> {
            /// All of them.
            pub(crate) fn all(&self) -> Vec<&Statement> {
                vec![$(&self.$name),*]
            }
        }
    };
}

each! {
    register_first register_rest count join expired forget_members members lock_own lock_held lock_all free take renew
    leases release leave raise add_letters change_letters remove_letter waiting due queue letters retry pause reset
    forget_letters remove_partitions remove_members progress lock_both highest is_paused take_partitions take_letters
}
