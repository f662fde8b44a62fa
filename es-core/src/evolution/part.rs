use uuid::Uuid;

use super::Upcaster;
use crate::EventId;

/// A stored event on its way through the steps, or a part of it.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) id: EventId,
    /// How many steps led here.
    pub(super) steps: usize,
    /// Whether a step made several parts of what has this id, so that ids are derived from it already.
    is_split: bool,
}

impl Part {
    /// The event as it is stored.
    pub(super) fn stored(id: EventId) -> Self {
        Part { id, steps: 0, is_split: false }
    }

    /// The only one that a step makes of this one.
    pub(super) fn only_part(self) -> Self {
        Part { steps: self.steps + 1, ..self }
    }

    /// The one at this place, of so many that a step makes of this one.
    ///
    /// The first one keeps the id, and with it what was derived from that. From then on the step is part of the name: it stays
    /// when steps are added before and after it, and a chain takes no step twice.
    pub(super) fn part(self, step: &Upcaster, place: usize, of: usize) -> Self {
        let steps = self.steps + 1;
        let name = match place {
            0 => return Part { steps, is_split: self.is_split || of > 1, ..self },
            _ if self.is_split => format!("{}/{}/{place}", step.event_type, step.from),
            _ => place.to_string(),
        };
        let id = Uuid::new_v5(&self.id.uuid(), name.as_bytes()).into();
        Part { id, steps, is_split: false }
    }
}
