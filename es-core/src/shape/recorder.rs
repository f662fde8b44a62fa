use std::any::type_name;
use std::cell::{Cell, RefCell};

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, VariantAccess, Visitor};

use super::error::Refusal;
use super::node::{CHARS, Fields, Kind, Leaf, NUMBERS, Node, TEXTS, Variant};
use super::shown::{ShownFields, ShownMap, ShownSequence, ShownTuple, ShownVariant};

/// No type takes so many runs that it matters; it is here so that none takes forever.
const RUNS: usize = 5_000;

/// Who reads the tag of an adjacently tagged enum. To a `Deserializer` it looks like any other enum of names.
const ADJACENT_TAG: &str = "AdjacentlyTaggedEnumVariantVisitor";

/// Reads `T` again and again, each time shown something else, until nothing new is learnt.
pub(super) fn explore<T: DeserializeOwned>() -> Node {
    let mut root = Node::default();
    for _ in 0..RUNS {
        let run = Run::default();
        if let Err(refusal) = T::deserialize(Recorder { node: &mut root, run: &run })
            && !run.settled.replace(true)
            && root.blame(&refusal)
        {
            run.progress.set(true);
        }
        if root.done || !run.progress.get() {
            break;
        }
    }
    root
}

/// One reading.
#[derive(Default)]
pub(super) struct Run {
    /// Something was learnt.
    progress: Cell<bool>,
    /// The reading failed, and it is known what to show instead.
    settled: Cell<bool>,
    /// A value was read as another kind than before.
    contradicted: Cell<bool>,
    /// The visitors of the structs and enums that are being read: what tells one type from another.
    ancestors: RefCell<Vec<&'static str>>,
    /// The same of structs without names of fields.
    wrappers: RefCell<Vec<&'static str>>,
}

impl Run {
    /// Learns from how the reading of a node ended.
    fn conclude<T>(
        &self,
        node: &mut Node,
        result: Result<T, Refusal>,
        explored: bool,
    ) -> Result<T, Refusal> {
        match &result {
            Ok(_) => self.finish(node, explored),
            Err(refusal) if !self.settled.replace(true) && node.blame(refusal) => {
                self.progress.set(true);
            }
            // Nothing else can be tried here.
            Err(_) => self.finish(node, !self.progress.get()),
        }
        result
    }

    fn finish(&self, node: &mut Node, done: bool) {
        if done && !node.done {
            node.done = true;
            self.progress.set(true);
        }
    }

    /// As [`conclude`](Self::conclude), for the variant that was shown. Says whether all variants are explored.
    fn conclude_variant<T>(
        &self,
        variant: &mut Variant,
        explored: bool,
        result: &Result<T, Refusal>,
    ) {
        let done = match result {
            Ok(_) => {
                variant.accepted = true;
                explored
            }
            Err(refusal) if !self.settled.replace(true) => {
                variant.accepted = false;
                let goes_on = variant.payload.blame(refusal);
                self.progress.set(self.progress.get() || goes_on);
                !goes_on
            }
            Err(_) => !self.progress.get(),
        };
        if done && !variant.done {
            variant.done = true;
            self.progress.set(true);
        }
    }
}

/// Shows a value to whoever reads it, and writes down what it is asked for.
pub(super) struct Recorder<'n> {
    pub(super) node: &'n mut Node,
    pub(super) run: &'n Run,
}

impl<'n> Recorder<'n> {
    /// The node as this kind. A value that is read in two ways is left as it was seen first, unless a tag tells why.
    fn enter(self, kind: Kind) -> Result<(&'n mut Node, &'n Run), Refusal> {
        if self.node.is_unseen() {
            self.node.kind = kind;
        } else if std::mem::discriminant(&self.node.kind) != std::mem::discriminant(&kind) {
            self.run.contradicted.set(true);
            self.run.settled.set(true);
            return Err(Refusal::Other);
        }
        Ok((self.node, self.run))
    }

    fn leaf<T>(
        self,
        leaf: Leaf,
        show: impl FnOnce(usize) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (node, run) = self.enter(Kind::Leaf(leaf))?;
        let result = show(node.tries);
        run.conclude(node, result, true)
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (Kind::Choice(texts) | Kind::Tag(texts)) = self.node.kind else {
            return self.leaf(Leaf::Text, |tries| visitor.visit_str(candidate(&TEXTS, tries)));
        };
        let Recorder { node, run } = self;
        let result = visitor.visit_str(candidate(texts, node.tries));
        run.conclude(node, result, true)
    }

    /// Shows a struct without names of fields. It leaves no trace in the shape, but it may contain itself too.
    fn wrapped<'de, V: Visitor<'de>>(
        self,
        visitor: V,
        show: impl FnOnce(Self, V) -> Result<V::Value, Refusal>,
    ) -> Result<V::Value, Refusal> {
        let (run, name) = (self.run, type_name::<V>());
        if run.wrappers.borrow().iter().filter(|other| **other == name).count() > 1 {
            run.settled.set(true);
            return Err(Refusal::Other);
        }
        run.wrappers.borrow_mut().push(name);
        let result = show(self, visitor);
        run.wrappers.borrow_mut().pop();
        result
    }

    /// Shows a type that may contain itself.
    fn nested<'de, V: Visitor<'de>>(
        self,
        visitor: V,
        show: impl FnOnce(Recorder<'_>, V) -> Result<V::Value, Refusal>,
    ) -> Result<V::Value, Refusal> {
        let Recorder { node, run } = self;
        let name = type_name::<V>();
        let levels = run.ancestors.borrow().iter().rev().position(|other| *other == name);
        let times = run.ancestors.borrow().iter().filter(|other| **other == name).count();
        if times > 1 {
            run.settled.set(true);
            return Err(Refusal::Other);
        }
        run.ancestors.borrow_mut().push(name);
        let result = match levels {
            None => show(Recorder { node, run }, visitor),
            Some(levels) => {
                if node.is_unseen() {
                    node.kind = Kind::Ancestor(levels + 1, Box::default());
                }
                match &mut node.kind {
                    Kind::Ancestor(_, stand_in) => {
                        let result = show(Recorder { node: &mut *stand_in, run }, visitor);
                        node.done = stand_in.done;
                        result
                    }
                    _ => show(Recorder { node, run }, visitor),
                }
            }
        };
        run.ancestors.borrow_mut().pop();
        result
    }

    /// It is a tag with these names: the other fields have to be shown for each of them.
    fn tag(self, names: &'static [&'static str]) {
        self.node.kind = Kind::Tag(names);
        self.run.progress.set(true);
        self.run.settled.set(true);
    }

    /// Shows fields, with the tag that the others depend on before them.
    fn fields<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let Recorder { node, run } = self;
        let mut last = None;
        if let Kind::Tagged(tag, variants) = &mut node.kind {
            node.shown = Variant::to_show(variants);
            let Some(variant) = variants.get_mut(node.shown) else { return Err(Refusal::Other) };
            let Kind::Fields(fields) = &mut variant.payload.kind else {
                return Err(Refusal::Other);
            };
            let tag = Some((*tag, variant.name));
            let result = visitor.visit_map(ShownFields::new(tag, fields, run, &mut last));
            let explored = fields.are_done();
            run.conclude_variant(variant, explored, &result);
            let explored = variants.iter().all(|variant| variant.done);
            return run.conclude(node, result, explored);
        }
        let in_content = node.is_guess();
        let Kind::Fields(fields) = &mut node.kind else { return Err(Refusal::Other) };
        let result = visitor.visit_map(ShownFields::new(None, fields, run, &mut last));
        if let Err(Refusal::Duplicate(name)) = &result
            && let Some(last) = last.and_then(|last| fields.list.get_mut(last))
            && !run.settled.get()
        {
            let learnt = if last.name == *name { &mut last.first } else { &mut last.alias };
            run.progress.set(!*learnt);
            run.settled.set(true);
            *learnt = true;
        }
        let explored = fields.are_done();
        if let Some((tag, variants)) = tagged(fields, in_content, run.contradicted.take()) {
            node.kind = Kind::Tagged(tag, variants);
            run.progress.set(true);
        }
        run.conclude(node, result, explored)
    }
}

/// The fields as an enum, where one of them turned out to be its tag: it says so, or it is an enum of names, and another
/// field isn't always of the same kind. In what serde keeps to read it later (`in_content`) no tag is followed.
fn tagged(
    fields: &Fields,
    in_content: bool,
    contradicted: bool,
) -> Option<(&'static str, Vec<Variant>)> {
    fields.list.iter().find_map(|field| {
        let names = match &field.node.kind {
            Kind::Tag(names) if !(in_content && field.node.names_variant) => names.to_vec(),
            Kind::Enum(variants) if contradicted => variants
                .iter()
                .map(|variant| variant.is_name().then_some(variant.name))
                .collect::<Option<_>>()?,
            _ => return None,
        };
        let payload = || Node::of(Kind::Fields(fields.without(field.name)));
        let variants: Vec<_> = names.iter().map(|name| Variant::new(name, payload())).collect();
        (!variants.is_empty()).then_some((field.name, variants))
    })
}

fn candidate<T: Copy>(candidates: &[T], tries: usize) -> T {
    candidates[tries.min(candidates.len() - 1)]
}

macro_rules! numbers {
    ($($read:ident $visit:ident $number:ident),*) => {
        $(fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            self.leaf(Leaf::Number(stringify!($number)), |tries| {
                visitor.$visit(candidate(&NUMBERS, tries) as $number)
            })
        })*
    };
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Refusal;

    numbers! {
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_u128 visit_u128 u128, deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128, deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if self.node.is_unseen() {
            self.node.kind = Kind::Any;
        }
        let tries = self.node.tries;
        match &self.node.kind {
            Kind::Leaf(Leaf::Bool) => self.deserialize_bool(visitor),
            Kind::Leaf(Leaf::Char) => self.deserialize_char(visitor),
            Kind::Leaf(Leaf::Text) | Kind::Choice(_) | Kind::Tag(_) => self.text(visitor),
            Kind::Leaf(Leaf::Number(name)) => {
                let (name, number) = (*name, candidate(&NUMBERS, tries));
                self.leaf(Leaf::Number(name), |_| match name.as_bytes().first() {
                    Some(b'f') => visitor.visit_f64(number.into()),
                    Some(b'i') => visitor.visit_i64(number.into()),
                    _ => visitor.visit_u64(number.into()),
                })
            }
            Kind::Sequence(_) => self.deserialize_seq(visitor),
            Kind::Tuple(_) => self.deserialize_tuple(0, visitor),
            Kind::Fields(_) | Kind::Tagged(..) => self.fields(visitor),
            _ => {
                let Recorder { node, run } = self;
                let result = visitor.visit_unit();
                run.conclude(node, result, true)
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.leaf(Leaf::Bool, |tries| visitor.visit_bool(tries == 1))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.leaf(Leaf::Char, |tries| visitor.visit_char(candidate(&CHARS, tries)))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.leaf(Leaf::Bytes, |_| visitor.visit_bytes(&[]))
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.leaf(Leaf::Null, |_| visitor.visit_unit())
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (node, run) = self.enter(Kind::Ignored)?;
        let result = visitor.visit_unit();
        run.conclude(node, result, true)
    }

    /// The JSON of a newtype is that of what is in it.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.wrapped(visitor, |recorder, visitor| visitor.visit_newtype_struct(recorder))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (node, run) = self.enter(Kind::Option(Box::default()))?;
        let Kind::Option(inner) = &mut node.kind else { return Err(Refusal::Other) };
        let result = if inner.done && node.tries == 0 {
            visitor.visit_none()
        } else {
            visitor.visit_some(Recorder { node: inner, run })
        };
        let explored = inner.done;
        run.conclude(node, result, explored)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (node, run) = self.enter(Kind::Sequence(Box::default()))?;
        let explored = matches!(&node.kind, Kind::Sequence(part) if part.done);
        let left = node.length(explored);
        let Kind::Sequence(part) = &mut node.kind else { return Err(Refusal::Other) };
        let result = visitor.visit_seq(ShownSequence { part, left, run });
        let explored = part.done;
        run.conclude(node, result, explored)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let parts = std::iter::repeat_with(Node::default).take(length).collect();
        let (node, run) = self.enter(Kind::Tuple(parts))?;
        let Kind::Tuple(parts) = &mut node.kind else { return Err(Refusal::Other) };
        let result = visitor.visit_seq(ShownTuple { parts: parts.iter_mut(), run });
        let explored = parts.iter().all(|part| part.done);
        run.conclude(node, result, explored)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.wrapped(visitor, |recorder, visitor| recorder.deserialize_tuple(length, visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.nested(visitor, |recorder, visitor| recorder.map(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.nested(visitor, |recorder, visitor| {
            if recorder.node.is_unseen() {
                recorder.node.kind = Kind::Fields(Fields::listed(fields));
            }
            recorder.fields(visitor)
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if type_name::<V>().contains(ADJACENT_TAG) {
            self.tag(variants);
            return Err(Refusal::Other);
        }
        self.nested(visitor, |recorder, visitor| {
            let variants = variants.iter().map(|name| Variant::new(name, Node::default()));
            let (node, run) = recorder.enter(Kind::Enum(variants.collect()))?;
            let Kind::Enum(variants) = &mut node.kind else { return Err(Refusal::Other) };
            node.shown = Variant::to_show(variants);
            let Some(variant) = variants.get_mut(node.shown) else { return Err(Refusal::Other) };
            let (name, payload) = (variant.name, &mut variant.payload);
            let result = visitor.visit_enum(ShownVariant { name, payload, run });
            let explored = variant.payload.done;
            run.conclude_variant(variant, explored, &result);
            let explored = variants.iter().all(|variant| variant.done);
            run.conclude(node, result, explored)
        })
    }

    /// The name of a variant: those of fields and of other enums are shown elsewhere.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (node, run) = self.enter(Kind::Tag(&[]))?;
        let result = visitor.visit_str("");
        if let Err(Refusal::Variants(names)) = &result {
            Recorder { node: &mut *node, run }.tag(names);
        }
        run.conclude(node, result, true)
    }
}

impl Recorder<'_> {
    /// A map, or a struct that has `flatten` and therefore doesn't list its fields.
    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if matches!(self.node.kind, Kind::Fields(_) | Kind::Tagged(..)) {
            return self.fields(visitor);
        }
        let begins = self.node.is_unseen();
        let (node, run) = self.enter(Kind::Map(Box::default()))?;
        let explored = matches!(&node.kind, Kind::Map(entry) if entry.0.done && entry.1.done);
        let left = if begins { 0 } else { node.length(explored) };
        let Kind::Map(entry) = &mut node.kind else { return Err(Refusal::Other) };
        let result = visitor.visit_map(ShownMap { entry, left, run });
        let explored = entry.0.done && entry.1.done;
        let missing = match &result {
            Err(Refusal::Missing(name)) if !run.settled.get() => Some(*name),
            _ => None,
        };
        if missing.is_some() || matches!(entry.0.kind, Kind::Tag(_)) {
            node.kind = Kind::Fields(Fields::open(missing));
            run.settled.set(missing.is_some());
            run.progress.set(true);
            return result;
        }
        if begins {
            run.progress.set(true);
        }
        run.conclude(node, result, explored)
    }
}

impl<'de> VariantAccess<'de> for Recorder<'_> {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        self.leaf(Leaf::Null, |_| Ok(()))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refusal> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_struct("", fields, visitor)
    }
}
