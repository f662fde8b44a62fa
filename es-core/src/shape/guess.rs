//! Values that serde keeps and reads later: only a refusal tells what they have to be.

use super::error::Refusal;
use super::node::{Fields, Kind, Leaf, Node};

/// How deep fields are looked for that only a refusal tells of.
const DEPTH: usize = 3;
/// How deep lists are looked into of which only a refusal tells.
const LISTS: usize = 8;
/// The most parts of a tuple of which only a refusal tells.
const PARTS: usize = 256;
/// How long a sequence is shown that isn't read at once. It is empty only when all else was refused, lest who refuses it then
/// be taken for who refuses another field.
pub(super) const GUESSED_LENGTHS: [usize; 4] = [1, 2, 3, 0];

/// How it is known what a value is that isn't read at once, but taken as it comes and refused later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// It is tried, and is the one with this number.
    Number(usize),
    /// The type has said so.
    Told,
    /// All that can be shown was refused.
    GivenUp,
}

impl Node {
    /// Adds a part to the last tuple that is found part by part, or takes away one too many.
    pub(super) fn resize(&mut self, refusal: &Refusal) -> bool {
        match &mut self.kind {
            Kind::Fields(fields) => {
                fields.list.last_mut().is_some_and(|last| last.node.resize(refusal))
            }
            Kind::Sequence(inner) => inner.resize(refusal),
            Kind::Tuple(parts) => {
                parts.last_mut().is_some_and(|last| last.resize(refusal))
                    || (self.guess.is_some() && self.tries == 0 && self.resize_here(refusal))
            }
            _ => false,
        }
    }

    fn resize_here(&mut self, refusal: &Refusal) -> bool {
        let part = Node::part(self.depth, self.lists);
        let Kind::Tuple(parts) = &mut self.kind else { return false };
        match refusal {
            Refusal::Short if parts.len() < PARTS => parts.push(part),
            Refusal::Long if parts.pop().is_some() => {
                // From now on it has its size.
                self.tries = 1;
            }
            _ => return false,
        }
        true
    }

    /// Goes on to the next kind, where the kind is a guess.
    pub(super) fn guess_on(&mut self, refusal: &Refusal) -> bool {
        let number = match (&self.kind, self.guess) {
            (Kind::Any, None) => {
                self.blind = matches!(refusal, Refusal::Other);
                0
            }
            (_, Some(Guess::Number(number))) => number + 1,
            // A name that is refused leaves nothing; anything else is of this kind, whatever more is wanted of it.
            (Kind::Choice(_) | Kind::Tag(_), Some(Guess::Told)) => return self.give_up(),
            _ => return false,
        };
        let Some(kind) = Kind::guessed(number, self.depth, self.lists) else {
            return self.give_up();
        };
        (self.kind, self.tries, self.guess) = (kind, 0, Some(Guess::Number(number)));
        true
    }

    pub(super) fn give_up(&mut self) -> bool {
        (self.kind, self.guess) = (Kind::Any, Some(Guess::GivenUp));
        false
    }

    /// Whether it may take the blame for a field that is missing.
    pub(super) fn takes_fields(&self) -> bool {
        self.guess.is_some()
            && match &self.kind {
                Kind::Fields(fields) => fields.open,
                Kind::Sequence(part) => part.takes_fields(),
                Kind::Tuple(parts) => parts.last().is_some_and(Node::takes_fields),
                _ => false,
            }
    }
}

impl Kind {
    /// What a type may want that doesn't say.
    fn guessed(number: usize, depth: usize, lists: usize) -> Option<Self> {
        Some(match number {
            0 => Kind::Leaf(Leaf::Text),
            1 => Kind::Leaf(Leaf::Number("u64")),
            2 => Kind::Leaf(Leaf::Bool),
            3 => Kind::open_fields(depth).unwrap_or(Kind::Any),
            4 => Kind::list(depth, lists).unwrap_or(Kind::Any),
            _ => return None,
        })
    }

    /// What a type wants that says so in these words.
    pub(super) fn in_words(words: &str, depth: usize, lists: usize) -> Option<Self> {
        const NUMBERS: [&str; 14] = [
            "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
            "f32", "f64",
        ];
        let mut each = words.split(|letter: char| !letter.is_alphanumeric());
        if let Some(number) = each.find_map(|word| NUMBERS.iter().find(|number| **number == word)) {
            return Some(Kind::Leaf(Leaf::Number(number)));
        }
        let says = |some: &[&str]| some.iter().any(|word| words.contains(word));
        if says(&["sequence", "byte array"]) {
            Kind::list(depth, lists)
        } else if says(&["tuple", "array"]) {
            (lists < LISTS).then(|| Kind::Tuple(vec![Node::part(depth, lists)]))
        } else if says(&["struct", "map", "tagged enum"]) {
            Kind::open_fields(depth)
        } else if says(&["bool"]) {
            Some(Kind::Leaf(Leaf::Bool))
        } else if says(&["string", "enum", "variant"]) {
            Some(Kind::Leaf(Leaf::Text))
        } else if says(&["character"]) {
            Some(Kind::Leaf(Leaf::Char))
        } else {
            None
        }
    }

    fn open_fields(depth: usize) -> Option<Self> {
        let fields = || Fields { open: true, depth, ..Fields::default() };
        (depth < DEPTH).then(|| Kind::Fields(fields()))
    }

    fn list(depth: usize, lists: usize) -> Option<Self> {
        (lists < LISTS).then(|| Kind::Sequence(Box::new(Node::part(depth, lists))))
    }
}
