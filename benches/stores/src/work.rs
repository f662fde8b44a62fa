use std::fmt;

/// What is done again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Accounts are opened.
    Save,
    /// Accounts of 1 to 10 events are read, and a deposit is made.
    Update,
    /// Deposits are appended to accounts that needn't be read.
    Append,
    /// An account is read, without a snapshot.
    Load,
}

impl Kind {
    pub(crate) const ALL: [Kind; 4] = [Kind::Save, Kind::Update, Kind::Append, Kind::Load];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Save => "save",
            Kind::Update => "update",
            Kind::Append => "append",
            Kind::Load => "load",
        }
    }

    pub(crate) fn works(self) -> Vec<Work> {
        let work = |tasks, events| Work { kind: self, tasks, events };
        match self {
            Kind::Save | Kind::Update => [1, 16, 64].map(|tasks| work(tasks, 1)).to_vec(),
            Kind::Append => [1, 10, 100].map(|events| work(1, events)).to_vec(),
            Kind::Load => [10, 100, 1_000, 10_000].map(|events| work(1, events)).to_vec(),
        }
    }
}

/// Something to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) kind: Kind,
    /// How many do it at once.
    pub(crate) tasks: usize,
    /// How many events are appended or read each time.
    pub(crate) events: u64,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match self.kind {
            Kind::Save | Kind::Update => self.tasks as u64,
            Kind::Append | Kind::Load => self.events,
        };
        write!(f, "{} {number}", self.kind.word())
    }
}
