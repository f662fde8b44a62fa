//! The grammar that all the macros' arguments share: `name = value, name = value`.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;
use syn::parse::Parse;

use crate::cfg::peel;
use crate::errors::Errors;
use crate::messages;

/// An argument that a macro knows.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// How it is written.
    pub(crate) form: &'static str,
    pub(crate) status: Status,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Once,
    Repeatable,
    /// Stands alone, without a value.
    Flag,
    /// Has arguments of its own, in parentheses.
    List,
}

impl Known {
    pub(crate) const fn once(name: &'static str, form: &'static str) -> Self {
        Known { name, form, status: Status::Once }
    }

    pub(crate) const fn repeatable(name: &'static str, form: &'static str) -> Self {
        Known { name, form, status: Status::Repeatable }
    }

    pub(crate) const fn flag(name: &'static str) -> Self {
        Known { name, form: name, status: Status::Flag }
    }

    pub(crate) const fn list(name: &'static str, form: &'static str) -> Self {
        Known { name, form, status: Status::List }
    }
}

/// The arguments of one macro call whose names are right.
pub(crate) struct Arguments {
    given: VecDeque<(&'static Known, Ident, TokenStream)>,
}

impl Arguments {
    /// Reads `name = value, …`. `on` names the macro in messages.
    pub(crate) fn parse(
        tokens: TokenStream,
        on: &str,
        known: &'static [Known],
        errors: &Errors<'_>,
    ) -> Self {
        let mut arguments = Arguments { given: VecDeque::new() };
        for argument in split_at_commas(tokens) {
            for argument in split_at_missing_commas(argument, known, errors) {
                arguments.add(argument, on, known, errors);
            }
        }
        arguments
    }

    fn add(
        &mut self,
        argument: TokenStream,
        on: &str,
        known: &'static [Known],
        errors: &Errors<'_>,
    ) {
        let mut tokens = peel(argument.clone()).into_iter();
        let Some(TokenTree::Ident(name)) = tokens.next() else {
            return errors.push(argument, messages::not_an_argument(on, known));
        };
        let Some(known_argument) = known.iter().find(|known| name == known.name) else {
            return errors.push(&name, messages::unknown_argument(&name, on, known));
        };
        let repeated = self.given.iter().any(|(other, ..)| other.name == known_argument.name);
        if repeated && known_argument.status != Status::Repeatable {
            return errors.push(&name, messages::repeated_argument(known_argument.name));
        }
        if known_argument.status == Status::Flag {
            if tokens.next().is_some() {
                return errors.push(argument, messages::argument_form(known_argument));
            }
            return self.given.push_back((known_argument, name, TokenStream::new()));
        }
        if known_argument.status == Status::List {
            return match (tokens.next(), tokens.next()) {
                (Some(TokenTree::Group(list)), None)
                    if list.delimiter() == Delimiter::Parenthesis =>
                {
                    self.given.push_back((known_argument, name, list.stream()));
                }
                _ => errors.push(argument, messages::argument_form(known_argument)),
            };
        }
        match tokens.next() {
            Some(TokenTree::Punct(equals)) if equals.as_char() == '=' => {}
            _ => return errors.push(argument, messages::argument_form(known_argument)),
        }
        let value: TokenStream = tokens.collect();
        if value.is_empty() {
            return errors.push(argument, messages::argument_form(known_argument));
        }
        self.given.push_back((known_argument, name, value));
    }

    /// The value of an argument; `None` where it isn't given or isn't right.
    pub(crate) fn take<T: Parse>(&mut self, name: &str, errors: &Errors<'_>) -> Option<T> {
        let position = self.given.iter().position(|(known, ..)| known.name == name)?;
        let (known, _, value) = self.given.remove(position)?;
        let parsed = syn::parse2(value.clone()).ok();
        if parsed.is_none() {
            let quoted = syn::parse2::<LitStr>(value.clone()).is_ok() && !known.form.contains('"');
            let message =
                if quoted { messages::argument_in_quotes } else { messages::argument_form };
            errors.push(value, message(known));
        }
        parsed
    }

    /// The name of an argument that has arguments of its own, and these.
    pub(crate) fn take_list(&mut self, name: &str) -> Option<(Ident, TokenStream)> {
        let position = self.given.iter().position(|(known, ..)| known.name == name)?;
        self.given.remove(position).map(|(_, name, list)| (name, list))
    }

    /// Where an argument without a value is given.
    pub(crate) fn take_flag(&mut self, name: &str) -> Option<Ident> {
        let position = self.given.iter().position(|(known, ..)| known.name == name)?;
        self.given.remove(position).map(|(_, name, _)| name)
    }

    /// The names of the arguments that are left.
    pub(crate) fn left(&self) -> impl Iterator<Item = &Ident> {
        self.given.iter().map(|(_, name, _)| name)
    }

    /// The values of an argument that can be repeated.
    pub(crate) fn take_all<T: Parse>(&mut self, name: &str, errors: &Errors<'_>) -> Vec<T> {
        let mut values = Vec::new();
        while self.given.iter().any(|(known, ..)| known.name == name) {
            values.extend(self.take(name, errors));
        }
        values
    }
}

/// The parts between commas, those in `<…>` left alone. Empty parts are left out.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut angles = Angles::default();
    for token in tokens {
        angles.see(&token);
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' && angles.are_closed() => {
                parts.push(TokenStream::new());
            }
            (_, Some(part)) => token.to_tokens(part),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// One argument, or several that no commas separate: a new one begins where a known name and `=` follow a value.
fn split_at_missing_commas(
    argument: TokenStream,
    known: &[Known],
    errors: &Errors<'_>,
) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut angles = Angles::default();
    let mut tokens = peel(argument).into_iter().enumerate().peekable();
    while let Some((index, token)) = tokens.next() {
        angles.see(&token);
        let before_equals = matches!(
            tokens.peek(),
            Some((_, TokenTree::Punct(next))) if next.as_char() == '=' && next.spacing() == Spacing::Alone
        );
        if let TokenTree::Ident(name) = &token
            && (index > 2 && before_equals && angles.are_closed())
            && known.iter().any(|known| name == known.name)
        {
            errors.push(name, messages::missing_comma(name));
            parts.push(TokenStream::new());
        }
        if let Some(part) = parts.last_mut() {
            token.to_tokens(part);
        }
    }
    parts
}

/// Counts the angle brackets that are open.
#[derive(Default)]
pub(crate) struct Angles {
    open: usize,
    previous: Option<Punct>,
}

impl Angles {
    pub(crate) fn see(&mut self, token: &TokenTree) {
        let TokenTree::Punct(punct) = token else {
            self.previous = None;
            return;
        };
        let arrow = self.previous.as_ref().is_some_and(|previous| {
            previous.spacing() == Spacing::Joint && matches!(previous.as_char(), '-' | '=')
        });
        match punct.as_char() {
            '<' => self.open += 1,
            '>' if !arrow => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.previous = Some(punct.clone());
    }

    pub(crate) fn are_closed(&self) -> bool {
        self.open == 0
    }
}

/// The known name that is most like this one, if one is like it at all.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close_enough = name.chars().count() / 3 + 1;
    known
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| *distance <= close_enough || name.starts_with(known))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many letters to insert, delete or replace.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(&to) {
            let replaced = diagonal + usize::from(letter != *other);
            left = replaced.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest, split_at_commas};

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("", "type"), 4);
        assert_eq!(distance("tpye", "type"), 2);
        assert_eq!(distance("service", "services"), 1);
        assert_eq!(distance("vis", "vis"), 0);
    }

    #[test]
    fn nearest_is_none_for_something_else() {
        let known = ["type", "services", "events"];
        assert_eq!(nearest("servces", known.into_iter()), Some("services"));
        assert_eq!(nearest("frobnicate", known.into_iter()), None);
    }

    #[test]
    fn commas_in_generics_and_functions_dont_split() {
        let parts = split_at_commas(quote::quote!(a = Map<K, V>, b = fn() -> Vec<u8>, c));
        assert_eq!(parts.len(), 3);
    }
}
