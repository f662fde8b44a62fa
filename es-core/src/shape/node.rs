use super::error::Refusal;
use super::guess::{GUESSED_LENGTHS, Guess};

/// What is known of one value.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Whether nothing more can be found out.
    pub(super) done: bool,
    /// Which of the possible values is shown, for the kinds that have several.
    pub(super) tries: usize,
    /// Which variant was shown last.
    pub(super) shown: usize,
    /// In how many fields it lies that were found by what the type misses.
    pub(super) depth: usize,
    /// In how many lists it lies that are guesses.
    pub(super) lists: usize,
    /// Where the kind is a guess.
    pub(super) guess: Option<Guess>,
    /// Refused without a word on what it wants: what it is then seen to take isn't all that it may take.
    pub(super) blind: bool,
    /// A text that wants to be the name of a variant, whose fields lie beside it.
    pub(super) names_variant: bool,
}

#[derive(Debug, Default)]
pub(super) enum Kind {
    /// Nobody asked for it yet.
    #[default]
    Unseen,
    /// Taken as it comes.
    Any,
    /// Taken, and thrown away.
    Ignored,
    Leaf(Leaf),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// One of these texts, and the other fields depend on it.
    Tag(&'static [&'static str]),
    Option(Box<Node>),
    Sequence(Box<Node>),
    Tuple(Vec<Node>),
    Map(Box<(Node, Node)>),
    Fields(Fields),
    Enum(Vec<Variant>),
    /// An enum whose variant is the value of a field.
    Tagged(&'static str, Vec<Variant>),
    /// The struct or enum so many levels up, once more; and something to show in its place.
    Ancestor(usize, Box<Node>),
}

/// A value without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Null,
    Bool,
    Number(&'static str),
    Char,
    Text,
    Bytes,
}

#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) list: Vec<Field>,
    /// Found by what the type misses, so that optional ones can't be seen.
    pub(super) open: bool,
    pub(super) depth: usize,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) node: Node,
    /// Another name of a field.
    pub(super) alias: bool,
    /// Has an alias, so that it has to be shown before that one.
    pub(super) first: bool,
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: &'static str,
    pub(super) payload: Node,
    /// Whether it was accepted.
    pub(super) accepted: bool,
    pub(super) done: bool,
}

/// Texts that some type or other reads.
pub(super) const TEXTS: [&str; 30] = [
    "",
    "a",
    "1",
    "00000000-0000-0000-0000-000000000000",
    "1970-01-01T00:00:00Z",
    "1970-01-01",
    "00:00:00",
    "1970-01-01T00:00:00",
    "1970-01-01T00:00:00+00:00[UTC]",
    "PT1S",
    "127.0.0.1",
    "::1",
    "127.0.0.1:80",
    "http://example.com/",
    "a@example.com",
    "1.0",
    "1.0.0",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "DE89370400440532013000",
    "DEUTDEFF",
    "+4930123456",
    "#000000",
    "en",
    "DE",
    "en-US",
    "UTC",
    "00:00",
    "00000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "EUR",
];
pub(super) const NUMBERS: [u8; 5] = [0, 1, 2, 10, 100];
pub(super) const CHARS: [char; 2] = ['a', '1'];
/// The longest sequence or map that is shown.
const LENGTHS: usize = 3;

impl Node {
    pub(super) fn of(kind: Kind) -> Self {
        Node { kind, ..Node::default() }
    }

    /// A part of a list that lies in so many fields and lists.
    pub(super) fn part(depth: usize, lists: usize) -> Self {
        Node { kind: Kind::Any, depth, lists: lists + 1, ..Node::default() }
    }

    pub(super) fn is_unseen(&self) -> bool {
        matches!(self.kind, Kind::Unseen)
    }

    /// Whether its kind is known from refusals only.
    pub(super) fn is_guess(&self) -> bool {
        self.guess.is_some()
    }

    /// How many parts of a sequence or map to show.
    pub(super) fn length(&self, explored: bool) -> usize {
        match (self.guess, explored) {
            (Some(_), _) => GUESSED_LENGTHS[self.tries.min(GUESSED_LENGTHS.len() - 1)],
            (None, true) => self.tries,
            (None, false) => self.tries.max(1),
        }
    }

    /// Shows something else next time, because what was shown was refused. `false` where there is nothing else.
    pub(super) fn blame(&mut self, refusal: &Refusal) -> bool {
        // Who misses a field has fields.
        let guessed_right = matches!(refusal, Refusal::Missing(_)) && self.takes_fields();
        let goes_on = self.resize(refusal)
            || self.understand(refusal)
            || self.advance(refusal)
            || (!guessed_right && self.guess_on(refusal));
        self.done &= !goes_on;
        goes_on
    }

    /// Takes the refusal at its word.
    fn understand(&mut self, refusal: &Refusal) -> bool {
        let kind = match (&self.kind, refusal) {
            // An enum that isn't read at once: which variants hold what can't be seen.
            (Kind::Any, Refusal::Expected(words)) if words == "string or map" => {
                return self.give_up();
            }
            (Kind::Any, Refusal::Expected(words)) if self.guess != Some(Guess::GivenUp) => {
                let Some(kind) = Kind::in_words(words, self.depth, self.lists) else {
                    return false;
                };
                self.guess = Some(Guess::Told);
                self.names_variant = words == "variant identifier";
                kind
            }
            (Kind::Leaf(Leaf::Text), Refusal::Variants(texts)) if !texts.is_empty() => {
                if self.names_variant { Kind::Tag(texts) } else { Kind::Choice(texts) }
            }
            _ => return false,
        };
        (self.kind, self.tries) = (kind, 0);
        true
    }

    /// Goes on to the next value of the same kind.
    fn advance(&mut self, refusal: &Refusal) -> bool {
        let limit = match &mut self.kind {
            Kind::Leaf(leaf) => leaf.candidates(),
            Kind::Choice(texts) | Kind::Tag(texts) => texts.len(),
            Kind::Option(inner) => {
                if (!inner.done || self.tries > 0) && inner.blame(refusal) {
                    return true;
                }
                2
            }
            Kind::Sequence(inner) => {
                if inner.blame(refusal) {
                    return true;
                }
                match (refusal, self.guess) {
                    // No other length has the field that its parts miss.
                    (Refusal::Missing(_), Some(_)) => return false,
                    (_, Some(Guess::Told)) => GUESSED_LENGTHS.len(),
                    _ => LENGTHS,
                }
            }
            Kind::Map(entry) => {
                if entry.1.blame(refusal) || entry.0.blame(refusal) {
                    return true;
                }
                LENGTHS
            }
            Kind::Tuple(parts) => return parts.iter_mut().rev().any(|part| part.blame(refusal)),
            Kind::Fields(fields) => return fields.blame(refusal),
            Kind::Enum(variants) | Kind::Tagged(_, variants) => {
                return blame_variant(variants, self.shown, refusal);
            }
            Kind::Ancestor(_, stand_in) => return stand_in.blame(refusal),
            Kind::Unseen | Kind::Any | Kind::Ignored => return false,
        };
        self.tries += 1;
        self.tries < limit
    }
}

impl Leaf {
    fn candidates(self) -> usize {
        match self {
            Leaf::Null | Leaf::Bytes => 1,
            Leaf::Bool => 2,
            Leaf::Number(_) => NUMBERS.len(),
            Leaf::Char => CHARS.len(),
            Leaf::Text => TEXTS.len(),
        }
    }
}

impl Fields {
    /// Fields that the type lists.
    pub(super) fn listed(names: &[&'static str]) -> Self {
        Fields { list: names.iter().map(|name| Field::new(name, 0)).collect(), ..Fields::default() }
    }

    /// Fields that the type doesn't list, with the first that it misses.
    pub(super) fn open(missing: Option<&'static str>) -> Self {
        let list = missing.into_iter().map(|name| Field::new(name, 1)).collect();
        Fields { list, open: true, depth: 0 }
    }

    /// In which order to show them: what isn't explored comes first, so that what comes before it can't keep it hidden.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<_> =
            (0..self.list.len()).filter(|index| !self.list[*index].alias).collect();
        if !self.open
            && let Some(target) = order.iter().position(|index| !self.list[*index].node.done)
        {
            order[..=target].rotate_right(1);
        }
        order.sort_by_key(|index| !self.list[*index].first);
        order
    }

    /// Whether they are those of one variant only.
    pub(super) fn have_tag(&self) -> bool {
        self.list.iter().any(|field| matches!(field.node.kind, Kind::Tag(_)))
    }

    pub(super) fn are_done(&self) -> bool {
        self.list.iter().all(|field| field.node.done || field.alias)
    }

    /// The names without the one of the tag.
    pub(super) fn without(&self, tag: &str) -> Self {
        let list = self.list.iter().filter(|field| field.name != tag && !self.open);
        let list = list.map(|field| Field::new(field.name, self.depth + 1)).collect();
        Fields { list, open: self.open, depth: self.depth }
    }

    /// As [`Node::blame`]. The last one was accepted least often.
    fn blame(&mut self, refusal: &Refusal) -> bool {
        if let (Refusal::Missing(name), true) = (refusal, self.open) {
            return self.misses(name, refusal);
        }
        self.list.iter_mut().rev().any(|field| field.node.blame(refusal))
    }

    /// Adds a field that was missing, here or in the last field.
    fn misses(&mut self, name: &'static str, refusal: &Refusal) -> bool {
        if let Some(last) = self.list.last_mut()
            && last.node.takes_fields()
            && last.node.blame(refusal)
        {
            return true;
        }
        if let Some(found) = self.list.iter().position(|field| field.name == name) {
            // It is there and still missing: it is missing elsewhere.
            if found + 1 == self.list.len() {
                self.list.pop();
            }
            return false;
        }
        self.list.push(Field::new(name, self.depth + 1));
        true
    }
}

impl Field {
    fn new(name: &'static str, depth: usize) -> Self {
        Field { name, node: Node { depth, ..Node::default() }, alias: false, first: false }
    }
}

impl Variant {
    pub(super) fn new(name: &'static str, payload: Node) -> Self {
        Variant { name, payload, accepted: false, done: false }
    }

    /// The one to show: one that isn't explored, or one that is accepted.
    pub(super) fn to_show(variants: &[Variant]) -> usize {
        let unexplored = variants.iter().position(|variant| !variant.done);
        unexplored.or_else(|| variants.iter().position(|variant| variant.accepted)).unwrap_or(0)
    }

    /// Whether it is nothing but a name.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.payload.kind, Kind::Leaf(Leaf::Null) | Kind::Unseen)
    }
}

/// As [`Node::blame`], where this variant was shown.
fn blame_variant(variants: &mut [Variant], shown: usize, refusal: &Refusal) -> bool {
    let Some(variant) = variants.get_mut(shown) else { return false };
    variant.accepted = false;
    variant.done = !variant.payload.blame(refusal);
    variants.iter().any(|variant| !variant.done || variant.accepted)
}
