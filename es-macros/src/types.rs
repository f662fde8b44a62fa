//! Questions about types that the user wrote.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Lifetime, Path, Type, TypeImplTrait, TypeReference};

/// The type without the invisible groups of `macro_rules!` and without parentheses.
pub(crate) fn peel(mut ty: &Type) -> &Type {
    loop {
        match ty {
            Type::Group(group) => ty = &group.elem,
            Type::Paren(paren) => ty = &paren.elem,
            _ => return ty,
        }
    }
}

/// The path of a type that is nothing but a path.
pub(crate) fn path(ty: &Type) -> Option<&Path> {
    match peel(ty) {
        Type::Path(path) => Some(&path.path),
        _ => None,
    }
}

/// The last name in the path of a type: `Opened` for `events::Opened`.
pub(crate) fn last_name(ty: &Type) -> Option<&Ident> {
    path(ty)?.segments.last().map(|segment| &segment.ident)
}

pub(crate) fn is_self(ty: &Type) -> bool {
    path(ty).is_some_and(|path| path.is_ident("Self"))
}

/// Whether a type is one of those that the language has, by name.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    const NAMES: [&str; 17] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8",
        "u16", "u32", "u64", "u128", "usize",
    ];
    path(ty).is_some_and(|path| NAMES.iter().any(|name| path.is_ident(name)))
}

pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(peel(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// The tokens as a person would type them on one line.
pub(crate) fn text(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    write_text(tokens.to_token_stream(), &mut text);
    text.trim_end().to_owned()
}

fn write_text(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write_text(group.stream(), text);
                text.truncate(text.trim_end().len());
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' | ';' => {
                    text.push(punct.as_char());
                    text.push(' ');
                }
                character @ ('=' | '+') => {
                    text.push(' ');
                    text.push(character);
                    text.push(' ');
                }
                character => text.push(character),
            },
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                if text.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == '>')
                {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
            }
        }
    }
}

/// The tokens with `replacement` for every `Self`, for places where `Self` is another type.
pub(crate) fn without_self(tokens: impl ToTokens, replacement: &TokenStream) -> TokenStream {
    tokens
        .to_token_stream()
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => replacement.clone(),
            TokenTree::Group(group) => {
                let mut replaced =
                    Group::new(group.delimiter(), without_self(group.stream(), replacement));
                replaced.set_span(group.span());
                TokenTree::Group(replaced).into()
            }
            token => token.into(),
        })
        .collect()
}

/// The first `impl Trait` in a type.
pub(crate) fn find_impl_trait(ty: &Type) -> Option<TypeImplTrait> {
    #[derive(Default)]
    struct Find(Option<TypeImplTrait>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_type_impl_trait(&mut self, found: &'ast TypeImplTrait) {
            self.0.get_or_insert_with(|| found.clone());
        }
    }
    let mut find = Find::default();
    find.visit_type(ty);
    find.0
}

/// The first lifetime in a type that isn't `'static` and that the type doesn't bind itself, written or left out.
pub(crate) fn find_borrow(ty: &Type) -> Option<Span> {
    #[derive(Default)]
    struct Find(Option<Span>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if lifetime.ident != "static" {
                self.0.get_or_insert_with(|| lifetime.span());
            }
        }

        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if reference.lifetime.is_none() {
                self.0.get_or_insert(reference.and_token.span);
            }
            syn::visit::visit_type_reference(self, reference);
        }

        // Lifetimes in the types of functions are their own.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }

        fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
            if bound.lifetimes.is_none() {
                syn::visit::visit_trait_bound(self, bound);
            }
        }
    }
    let mut find = Find::default();
    find.visit_type(ty);
    find.0
}
