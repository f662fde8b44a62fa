//! Takes an `impl` block apart without reading the bodies of its methods, so that a half-typed body is rustc's to report.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{ImplItemFn, ItemImpl, Signature};

use crate::arguments::{Angles, split_at_commas};
use crate::cfg::{self, Condition, Meta, RawAttribute, peel};
use crate::marker;
use crate::messages::Kind;

/// An `impl` block.
pub(crate) struct Block {
    /// All before the braces, as an empty block.
    pub(crate) header: ItemImpl,
    header_tokens: TokenStream,
    /// Where the attribute stands once more. It isn't run again.
    pub(crate) repeated: Vec<TokenStream>,
    pub(crate) condition: Condition,
    /// Whether the lint for deprecated items is spoken of, so that it has to be off in what is generated.
    pub(crate) deprecation: bool,
    pub(crate) members: Vec<Member>,
    braces: Group,
}

/// An item of an `impl` block.
pub(crate) struct Member {
    /// Without markers.
    attributes: Vec<RawAttribute>,
    pub(crate) markers: Vec<Marker>,
    /// All after the attributes.
    tokens: Vec<TokenTree>,
}

/// `#[command_handler]`, `#[event_handler]` or `#[upcaster]`.
pub(crate) struct Marker {
    pub(crate) kind: Kind,
    /// As the user wrote it.
    pub(crate) meta: Meta,
    /// Where it stands in a `cfg_attr`.
    condition: Condition,
}

impl Block {
    /// `None` for anything but an `impl` block. `attribute` is the name of the macro that stands on it.
    pub(crate) fn new(item: &TokenStream, attribute: &str) -> Option<Self> {
        let mut header_tokens: Vec<TokenTree> = peel(item.clone()).into_iter().collect();
        let braces = match header_tokens.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            _ => return None,
        };
        let mut tokens = header_tokens.into_iter().peekable();
        let (repeated, attributes): (Vec<_>, Vec<_>) =
            attributes(&mut tokens).into_iter().partition(|given| given.meta.name == attribute);
        let repeated = repeated.into_iter().map(|attribute| attribute.meta.path).collect();
        let mut header_tokens: TokenStream =
            attributes.iter().map(|attribute| attribute.tokens.clone()).collect();
        header_tokens.extend(tokens);
        let header = syn::parse2(quote!(#header_tokens {})).ok()?;
        let condition = Condition::of(&attributes);
        let members = members(braces.stream());
        let deprecation = cfg::speak_of_deprecation(
            attributes.iter().chain(members.iter().flat_map(|member| &member.attributes)),
        );
        Some(Block { header, header_tokens, repeated, condition, deprecation, members, braces })
    }

    /// The block without markers.
    pub(crate) fn into_item(self) -> TokenStream {
        let mut content = TokenStream::new();
        for member in self.members {
            for attribute in member.attributes {
                attribute.tokens.to_tokens(&mut content);
            }
            content.extend(member.tokens);
        }
        let mut braces = Group::new(Delimiter::Brace, content);
        braces.set_span(self.braces.span());
        let header = self.header_tokens;
        quote!(#header #braces)
    }

    /// Each marker once more, on nothing.
    pub(crate) fn markers(&self) -> TokenStream {
        let block = &self.condition;
        let of_member = |member: &Member| {
            let condition = Condition::of(&member.attributes);
            let markers = member.markers.iter().map(move |marker| {
                let (own, seen) = (&marker.condition, marker::seen(&marker.meta.path));
                quote!(#block #condition #own #seen)
            });
            markers.collect::<TokenStream>()
        };
        self.members.iter().map(of_member).collect()
    }
}

impl Member {
    /// When the member exists and is a handler.
    pub(crate) fn condition(&self) -> Condition {
        let markers = self.markers.iter().filter_map(|marker| marker.condition.predicate());
        markers.cloned().fold(Condition::of(&self.attributes), Condition::and)
    }

    /// Whether there are only attributes.
    pub(crate) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The signature, if it is a method at all.
    pub(crate) fn signature(&self) -> Option<syn::Result<Signature>> {
        if !is_method(&self.tokens) {
            return None;
        }
        let without_body = match self.tokens.split_last() {
            Some((TokenTree::Group(body), rest)) if body.delimiter() == Delimiter::Brace => rest,
            Some((TokenTree::Punct(semicolon), rest)) if semicolon.as_char() == ';' => rest,
            _ => &self.tokens,
        };
        let without_body: TokenStream = without_body.iter().cloned().collect();
        let method: syn::Result<ImplItemFn> = syn::parse2(quote!(#without_body {}));
        Some(method.map(|method| method.sig))
    }
}

/// The name of a type's definition.
pub(crate) fn name_of_item(item: &TokenStream) -> Option<Ident> {
    let mut tokens = peel(item.clone()).into_iter().skip_while(|token| {
        !matches!(token, TokenTree::Ident(word) if word == "struct" || word == "enum" || word == "union")
    });
    match tokens.nth(1) {
        Some(TokenTree::Ident(name)) => Some(name),
        _ => None,
    }
}

type Tokens = std::iter::Peekable<std::vec::IntoIter<TokenTree>>;

fn members(content: TokenStream) -> Vec<Member> {
    let mut tokens = content.into_iter().collect::<Vec<_>>().into_iter().peekable();
    let mut members = Vec::new();
    while tokens.peek().is_some() {
        let mut markers = Vec::new();
        let attributes = attributes(&mut tokens);
        let attributes = attributes
            .into_iter()
            .filter_map(|attribute| unmarked(attribute, &mut markers))
            .collect();
        members.push(Member { attributes, markers, tokens: item(&mut tokens) });
    }
    members
}

/// The attributes that come next.
fn attributes(tokens: &mut Tokens) -> Vec<RawAttribute> {
    let mut attributes = Vec::new();
    while matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#') {
        let mut attribute: TokenStream = tokens.next().into_iter().collect();
        attribute.extend(
            tokens
                .next_if(|next| matches!(next, TokenTree::Punct(punct) if punct.as_char() == '!')),
        );
        let brackets = tokens.next_if(
            |next| matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket),
        );
        let meta = match &brackets {
            Some(TokenTree::Group(group)) => group.stream(),
            _ => TokenStream::new(),
        };
        attribute.extend(brackets);
        attributes.push(RawAttribute { tokens: attribute, meta: Meta::new(meta) });
    }
    attributes
}

/// The attribute without the markers in it; `None` if nothing is left.
fn unmarked(attribute: RawAttribute, markers: &mut Vec<Marker>) -> Option<RawAttribute> {
    if let Some(kind) = marker_kind(&attribute.meta) {
        markers.push(Marker { kind, meta: attribute.meta, condition: Condition::default() });
        return None;
    }
    if attribute.meta.name != "cfg_attr" {
        return Some(attribute);
    }
    let mut parts = attribute.meta.list().map(split_at_commas).unwrap_or_default().into_iter();
    let applies = parts.next().unwrap_or_default();
    let mut kept = Vec::new();
    let mut found = false;
    for part in parts {
        let meta = Meta::new(part.clone());
        match marker_kind(&meta) {
            Some(kind) => {
                let condition = Condition::default().and(applies.clone());
                markers.push(Marker { kind, meta, condition });
                found = true;
            }
            None => kept.push(part),
        }
    }
    match (found, kept.is_empty()) {
        (false, _) => Some(attribute),
        (true, true) => None,
        (true, false) => {
            let meta = quote!(cfg_attr(#applies, #(#kept),*));
            Some(RawAttribute { tokens: quote!(#[#meta]), meta: Meta::new(meta) })
        }
    }
}

fn marker_kind(meta: &Meta) -> Option<Kind> {
    [Kind::Command, Kind::Event, Kind::Upcaster].into_iter().find(|kind| meta.name == kind.marker())
}

/// The tokens up to the end of an item: its braces, or its semicolon.
fn item(tokens: &mut Tokens) -> Vec<TokenTree> {
    let mut item = Vec::new();
    let mut angles = Angles::default();
    for token in tokens {
        angles.see(&token);
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::Brace
                    && angles.are_closed()
                    && !ends_with_semicolon(&item)
            }
            _ => false,
        };
        item.push(token);
        if ends {
            break;
        }
    }
    item
}

/// The words that an item begins with, up to the first that tells its kind.
fn first_words(item: &[TokenTree]) -> impl Iterator<Item = &Ident> {
    let words = item.iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    });
    words.skip_while(|word| {
        ["pub", "crate", "default", "async", "unsafe", "safe", "extern"]
            .iter()
            .any(|skip| word == skip)
    })
}

fn is_method(item: &[TokenTree]) -> bool {
    let mut words = first_words(item);
    match words.next() {
        Some(word) if word == "fn" => true,
        Some(word) if word == "const" => words
            .find(|word| !["async", "unsafe", "extern"].iter().any(|skip| word == skip))
            .is_some_and(|word| word == "fn"),
        _ => false,
    }
}

fn ends_with_semicolon(item: &[TokenTree]) -> bool {
    !is_method(item)
        && first_words(item)
            .next()
            .is_some_and(|word| ["const", "type", "static", "use"].iter().any(|kind| word == kind))
}
