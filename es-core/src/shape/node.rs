use super::error::Refusal;

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
    depth: usize,
    /// The kind is a guess, the one with this number.
    guess: Option<usize>,
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
    depth: usize,
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
pub(super) const TEXTS: [&str; 18] = [
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

    pub(super) fn is_unseen(&self) -> bool {
        matches!(self.kind, Kind::Unseen)
    }

    /// How many parts of a sequence or map to show.
    pub(super) fn length(&self, explored: bool) -> usize {
        if explored { self.tries } else { self.tries.max(1) }
    }

    /// Shows something else next time, because what was shown was refused. `false` where there is nothing else.
    pub(super) fn blame(&mut self, refusal: &Refusal) -> bool {
        // Who misses a field has fields.
        let guessed_right = matches!(refusal, Refusal::Missing(_)) && self.takes_fields();
        let goes_on = self.understand(refusal)
            || self.advance(refusal)
            || (!guessed_right && self.guess_on());
        self.done &= !goes_on;
        goes_on
    }

    /// Takes the refusal at its word.
    fn understand(&mut self, refusal: &Refusal) -> bool {
        let kind = match (&self.kind, refusal) {
            (Kind::Any, Refusal::Expected(words)) => match Kind::in_words(words, self.depth) {
                Some(kind) => {
                    self.guess = Some(GUESSES);
                    kind
                }
                None => return false,
            },
            (Kind::Leaf(Leaf::Text), Refusal::Variants(texts)) if !texts.is_empty() => {
                Kind::Choice(texts)
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
            Kind::Choice(texts) => texts.len(),
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
                LENGTHS
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
            Kind::Unseen | Kind::Any | Kind::Ignored | Kind::Tag(_) => return false,
        };
        self.tries += 1;
        self.tries < limit
    }

    /// Goes on to the next kind, where the kind is a guess.
    fn guess_on(&mut self) -> bool {
        let next = match (&self.kind, self.guess) {
            (Kind::Any, None) => 0,
            (_, Some(guess)) => guess + 1,
            _ => return false,
        };
        self.guess = Some(next);
        let kind = Kind::guessed(next, self.depth);
        let goes_on = kind.is_some();
        (self.kind, self.tries) = (kind.unwrap_or(Kind::Any), 0);
        goes_on
    }

    /// Whether it may take the blame for a field that is missing.
    fn takes_fields(&self) -> bool {
        self.guess.is_some() && matches!(&self.kind, Kind::Fields(fields) if fields.open)
    }
}

/// How deep fields are looked for that only a refusal tells of.
const DEPTH: usize = 3;
/// How many guesses there are.
const GUESSES: usize = 5;

impl Kind {
    /// What a type may want that doesn't say.
    fn guessed(number: usize, depth: usize) -> Option<Self> {
        Some(match number {
            0 => Kind::Leaf(Leaf::Text),
            1 => Kind::Leaf(Leaf::Number("u64")),
            2 => Kind::Leaf(Leaf::Bool),
            3 if depth < DEPTH => Kind::Fields(Fields { open: true, depth, ..Fields::default() }),
            3 => Kind::Any,
            4 => Kind::Sequence(Box::new(Node::of(Kind::Any))),
            _ => return None,
        })
    }

    /// What a type wants that says so in these words.
    fn in_words(words: &str, depth: usize) -> Option<Self> {
        const NUMBERS: [&str; 14] = [
            "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
            "f32", "f64",
        ];
        let mut each = words.split(|letter: char| !letter.is_alphanumeric());
        if let Some(number) = each.find_map(|word| NUMBERS.iter().find(|number| **number == word)) {
            return Some(Kind::Leaf(Leaf::Number(number)));
        }
        let says = |some: &[&str]| some.iter().any(|word| words.contains(word));
        if says(&["tuple", "sequence", "array"]) {
            Some(Kind::Sequence(Box::new(Node::of(Kind::Any))))
        } else if says(&["struct", "map", "tagged enum"]) {
            (depth < DEPTH).then(|| Kind::Fields(Fields { open: true, depth, ..Fields::default() }))
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
