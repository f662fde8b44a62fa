//! What a [`Recorder`] shows: fields, entries, elements and variants, each written down by a recorder of its own.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess};

use super::error::Refusal;
use super::node::{Field, Fields, Node};
use super::recorder::{Recorder, Run};

pub(super) struct ShownFields<'n> {
    tag: Option<(&'static str, &'static str)>,
    fields: &'n mut [Field],
    order: std::vec::IntoIter<usize>,
    /// The field whose name was shown last.
    last: &'n mut Option<usize>,
    run: &'n Run,
}

impl<'n> ShownFields<'n> {
    pub(super) fn new(
        tag: Option<(&'static str, &'static str)>,
        fields: &'n mut Fields,
        run: &'n Run,
        last: &'n mut Option<usize>,
    ) -> Self {
        let order = fields.order().into_iter();
        ShownFields { tag, fields: &mut fields.list, order, last, run }
    }
}

fn name(name: &'static str) -> StrDeserializer<'static, Refusal> {
    name.into_deserializer()
}

impl<'de> MapAccess<'de> for ShownFields<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        if let Some((tag, _)) = self.tag {
            return seed.deserialize(name(tag)).map(Some);
        }
        *self.last = self.order.next();
        let Some(field) = self.last.and_then(|last| self.fields.get(last)) else { return Ok(None) };
        seed.deserialize(name(field.name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        if let Some((_, variant)) = self.tag.take() {
            return seed.deserialize(name(variant));
        }
        match self.last.and_then(|last| self.fields.get_mut(last)) {
            Some(field) => seed.deserialize(Recorder { node: &mut field.node, run: self.run }),
            None => Err(Refusal::Other),
        }
    }
}

pub(super) struct ShownMap<'n> {
    pub(super) entry: &'n mut (Node, Node),
    pub(super) left: usize,
    pub(super) run: &'n Run,
}

impl<'de> MapAccess<'de> for ShownMap<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(Recorder { node: &mut self.entry.0, run: self.run }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        seed.deserialize(Recorder { node: &mut self.entry.1, run: self.run })
    }

    /// A key that is explored and still refused must not keep the value hidden.
    fn next_entry_seed<K: DeserializeSeed<'de>, V: DeserializeSeed<'de>>(
        &mut self,
        key: K,
        value: V,
    ) -> Result<Option<(K::Value, V::Value)>, Refusal> {
        if !self.entry.0.done {
            let Some(key) = self.next_key_seed(key)? else { return Ok(None) };
            return Ok(Some((key, self.next_value_seed(value)?)));
        }
        if self.left == 0 {
            return Ok(None);
        }
        let value = self.next_value_seed(value)?;
        Ok(self.next_key_seed(key)?.map(|key| (key, value)))
    }
}

pub(super) struct ShownSequence<'n> {
    pub(super) part: &'n mut Node,
    pub(super) left: usize,
    pub(super) run: &'n Run,
}

impl<'de> SeqAccess<'de> for ShownSequence<'_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(Recorder { node: self.part, run: self.run }).map(Some)
    }
}

pub(super) struct ShownTuple<'n> {
    pub(super) parts: std::slice::IterMut<'n, Node>,
    pub(super) run: &'n Run,
}

impl<'de> SeqAccess<'de> for ShownTuple<'_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        let Some(node) = self.parts.next() else { return Ok(None) };
        seed.deserialize(Recorder { node, run: self.run }).map(Some)
    }
}

pub(super) struct ShownVariant<'n> {
    pub(super) name: &'static str,
    pub(super) payload: &'n mut Node,
    pub(super) run: &'n Run,
}

impl<'n, 'de> EnumAccess<'de> for ShownVariant<'n> {
    type Error = Refusal;
    type Variant = Recorder<'n>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Recorder<'n>), Refusal> {
        let variant = seed.deserialize(name(self.name))?;
        Ok((variant, Recorder { node: self.payload, run: self.run }))
    }
}
