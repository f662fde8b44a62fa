//! No input makes a macro panic, and the user's item always comes back.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::quote;

use crate::output::{Output, flatten};
use crate::{aggregate, aggregate_id, command, event, event_subscriber, marker};

const WORDS: &[&str] = &[
    "impl",
    "fn",
    "self",
    "Self",
    "mut",
    "async",
    "unsafe",
    "extern",
    "const",
    "type",
    "pub",
    "crate",
    "dyn",
    "where",
    "for",
    "as",
    "struct",
    "enum",
    "union",
    "use",
    "static",
    "ref",
    "in",
    "super",
    "Account",
    "Opened",
    "command",
    "event",
    "services",
    "id",
    "events",
    "commands",
    "vis",
    "snapshot",
    "every",
    "strategy",
    "memento",
    "keep",
    "with_append",
    "alias",
    "version",
    "from",
    "cfg",
    "cfg_attr",
    "not",
    "command_handler",
    "event_handler",
    "aggregate_id",
    "CommandContext",
    "EventContext",
    "EventHandlerContext",
    "Transaction",
    "lanes",
    "start",
    "end",
    "on_failure",
    "park",
    "inline",
    "transient",
    "Result",
    "Option",
    "u8",
    "str",
    "doc",
];

const PUNCTUATION: &[char] =
    &['#', '!', '&', '<', '>', '-', '=', ',', ';', ':', '.', '\'', '?', '+', '*', '|', '@', '$'];

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::string("name")),
        Just(Literal::string("")),
        Just(Literal::string("a\u{7}")),
        Just(Literal::u32_unsuffixed(1)),
        Just(Literal::u8_suffixed(0)),
        Just(Literal::character('x')),
    ]
}

fn token() -> impl Strategy<Value = TokenTree> {
    let word = (prop::sample::select(WORDS), any::<bool>()).prop_map(|(word, raw)| {
        let can_be_raw = !["self", "Self", "crate", "super"].contains(&word);
        TokenTree::Ident(if raw && can_be_raw {
            Ident::new_raw(word, Span::call_site())
        } else {
            Ident::new(word, Span::call_site())
        })
    });
    let punctuation =
        (prop::sample::select(PUNCTUATION), any::<bool>()).prop_map(|(char, joint)| {
            TokenTree::Punct(Punct::new(char, if joint { Spacing::Joint } else { Spacing::Alone }))
        });
    prop_oneof![6 => word, 4 => punctuation, 1 => literal().prop_map(TokenTree::Literal)]
}

fn tokens() -> impl Strategy<Value = TokenStream> {
    let leaf = prop::collection::vec(token(), 0..12).prop_map(TokenStream::from_iter);
    leaf.prop_recursive(4, 64, 8, |inner| {
        let group = (0..4_usize, inner).prop_map(|(delimiter, inner)| {
            let delimiters =
                [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];
            TokenTree::Group(Group::new(delimiters[delimiter], inner))
        });
        prop::collection::vec(prop_oneof![token(), group], 0..8).prop_map(TokenStream::from_iter)
    })
}

/// A change of a token stream, at places that are counted through all its groups.
#[derive(Debug, Clone)]
enum Change {
    Delete(usize),
    Duplicate(usize),
    SwapWithNext(usize),
    Insert(usize, String),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        any::<usize>().prop_map(Change::Delete),
        any::<usize>().prop_map(Change::Duplicate),
        any::<usize>().prop_map(Change::SwapWithNext),
        (any::<usize>(), prop::sample::select(WORDS))
            .prop_map(|(at, word)| Change::Insert(at, word.to_owned())),
    ];
    prop::collection::vec(change, 1..6)
}

fn count(tokens: &TokenStream) -> usize {
    let of_token = |token| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(of_token).sum()
}

fn changed(tokens: TokenStream, change: &Change) -> TokenStream {
    let at = match change {
        Change::Delete(at)
        | Change::Duplicate(at)
        | Change::SwapWithNext(at)
        | Change::Insert(at, _) => at % count(&tokens).max(1),
    };
    change_at(tokens, at, change)
}

fn change_at(tokens: TokenStream, mut at: usize, change: &Change) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    for index in 0..trees.len() {
        if at == 0 {
            match change {
                Change::Delete(_) => drop(trees.remove(index)),
                Change::Duplicate(_) => trees.insert(index, trees[index].clone()),
                Change::SwapWithNext(_) if index + 1 < trees.len() => trees.swap(index, index + 1),
                Change::SwapWithNext(_) => {}
                Change::Insert(_, word) => {
                    trees.insert(index, Ident::new(word, Span::call_site()).into());
                }
            }
            break;
        }
        at -= 1;
        if let TokenTree::Group(group) = &trees[index] {
            let inside = count(&group.stream());
            if at < inside {
                trees[index] =
                    Group::new(group.delimiter(), change_at(group.stream(), at, change)).into();
                break;
            }
            at -= inside;
        }
    }
    trees.into_iter().collect()
}

fn valid_block() -> TokenStream {
    quote! {
        /// An account.
        #[cfg(unix)]
        impl Account {
            pub const LIMIT: Vec<u8> = { 3 };
            #[command_handler]
            pub async fn open(command: OpenAccount, cx: &CommandContext<Self>) -> Result<Opened, Refused> {
                body
            }
            #[es_core::command_handler]
            #[cfg(feature = "x")]
            fn deposit<'a>(&'a self, Deposit { amount, .. }: &Deposit, rates: &dyn Rates) -> Vec<Deposited>
            where
                Self: Sized,
            { body }
            #[event_handler]
            fn opened(event: Opened) -> Self { body }
            #[cfg_attr(feature = "x", event_handler, inline)]
            fn deposited(&mut self, event: &events::Deposited, _: &EventContext<'_>) { body }
            #[event_handler]
            fn closed(self, event: Closed) -> Self { body }
            fn other<T: Into<u8>>(x: T) -> impl Fn(u8) -> u8 { body }
        }
    }
}

fn valid_arguments() -> TokenStream {
    quote!(type = "account", id = Id<Self>, services = dyn Rates, commands = AccountCommand, vis = pub(crate))
}

fn valid_subscriber() -> TokenStream {
    quote! {
        /// Letters.
        #[cfg(unix)]
        impl Letters<Paper> {
            pub const LIMIT: u8 = { 3 };
            #[event_handler]
            async fn opened(&self, cx: EventHandlerContext<'_, Opened>) { body }
            #[es_core::event_handler]
            #[cfg(feature = "x")]
            pub async fn closed(
                self: &Self,
                cx: es_core::EventHandlerContext<'_, events::Closed>,
                tx: &mut Transaction,
            ) -> Result<(), Refused> { body }
            #[cfg_attr(feature = "x", event_handler, inline)]
            async fn deposited(&self, _: Cx<'_, Deposited>) -> Result<(), Refused> { body }
            fn other<T: Into<u8>>(x: T) -> impl Fn(u8) -> u8 { body }
        }
    }
}

fn valid_subscription() -> TokenStream {
    quote!(
        id = "letters",
        lanes = 2,
        partitions = 8,
        batch = 3,
        start = end,
        on_failure = park,
        crate = a::b
    )
}

fn valid_type() -> TokenStream {
    quote! {
        #[derive(Debug)]
        #[event(type = "x", alias = "y", alias = "z", version = 2, crate = a::b)]
        #[command(type = "x")]
        pub struct Opened { pub owner: String }
    }
}

/// What markers consist of, also those in a `cfg_attr`, and what so may be missing from the item that comes back.
fn may_vanish(text: &str) -> bool {
    let words =
        ["#", "!", "[", "]", "(", ")", ":", ",", "=", "es_core", "feature", "\"x\"", "inline"];
    words.contains(&text) || WORDS.contains(&text) || text.starts_with("r#")
}

/// The item comes back whole but for markers.
fn check(item: &TokenStream, output: &Output) {
    let (before, after) = (flatten(item), flatten(&output.item));
    let has_markers = before.iter().any(|word| word.ends_with("_handler"));
    if !has_markers {
        assert_eq!(before, after);
    }
    let mut rest = after.iter().peekable();
    for text in &before {
        if rest.next_if_eq(&text).is_none() {
            assert!(may_vanish(text), "`{text}` is lost");
        }
    }
    assert_eq!(rest.next(), None, "something was added");
}

fn run_all(arguments: &TokenStream, item: &TokenStream) {
    check(item, &aggregate::expand(arguments.clone(), item.clone()));
    check(item, &event_subscriber::expand(arguments.clone(), item.clone()));
    let marked = marker::expand("command_handler", arguments.clone(), item.clone());
    assert!(!marked.errors.is_empty() || marked.item.is_empty());
    for derive in [command::derive, event::derive, aggregate_id::derive] {
        let output = derive(item.clone());
        assert!(output.item.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_tokens(arguments in tokens(), item in tokens()) {
        run_all(&arguments, &item);
    }

    #[test]
    fn arbitrary_members(arguments in tokens(), members in tokens()) {
        run_all(&arguments, &quote!(impl Account { #members }));
    }

    #[test]
    fn arbitrary_attributes(arguments in tokens()) {
        run_all(&arguments, &quote!(#[event(#arguments)] #[command(#arguments)] struct A(u8);));
    }

    #[test]
    fn almost_valid_blocks(in_arguments in changes(), in_block in changes()) {
        let arguments = in_arguments.iter().fold(valid_arguments(), changed);
        let block = in_block.iter().fold(valid_block(), changed);
        run_all(&arguments, &block);
    }

    #[test]
    fn almost_valid_subscribers(in_arguments in changes(), in_block in changes()) {
        let arguments = in_arguments.iter().fold(valid_subscription(), changed);
        let block = in_block.iter().fold(valid_subscriber(), changed);
        run_all(&arguments, &block);
    }

    #[test]
    fn almost_valid_types(in_type in changes()) {
        run_all(&quote!(), &in_type.iter().fold(valid_type(), changed));
    }
}

#[test]
fn the_valid_inputs_are_valid() {
    let output = aggregate::expand(valid_arguments(), valid_block());
    assert_eq!(output.messages(), [""; 0]);
    check(&valid_block(), &output);
    assert!(!output.item.to_string().contains("_handler"));
    let output = event_subscriber::expand(valid_subscription(), valid_subscriber());
    assert_eq!(output.messages(), [""; 0]);
    check(&valid_subscriber(), &output);
    assert!(!output.item.to_string().contains("_handler"));
    for derive in [command::derive, event::derive] {
        assert_eq!(derive(valid_type()).messages(), [""; 0]);
    }
}
