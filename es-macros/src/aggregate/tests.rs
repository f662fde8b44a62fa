use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::messages;
use crate::output::Output;

fn block(members: TokenStream) -> Output {
    expand(quote!(), quote!(impl Account { #members }))
}

/// The first lines of the messages.
fn problems(output: &Output) -> Vec<String> {
    let messages = output.messages();
    messages.iter().filter_map(|message| message.lines().next()).map(str::to_owned).collect()
}

#[test]
fn all_errors_of_a_block_come_at_once() {
    let output = block(quote! {
        #[command_handler]
        fn open(&mut self, command: Open) -> Opened { body }
        #[event_handler]
        async fn opened(event: Opened) -> Self { body }
        #[event_handler]
        fn changed(&mut self) { body }
    });
    assert_eq!(
        problems(&output),
        [
            messages::COMMAND_MUT_SELF.lines().next().unwrap(),
            messages::ASYNC_EVENT_HANDLER.lines().next().unwrap(),
            "`changed` takes no event, so nothing says which event it handles",
        ]
    );
}

#[test]
fn what_has_errors_still_has_its_traits() {
    let output = block(quote! {
        #[command_handler]
        fn open(command: Open) -> Result<Opened, Refused> { body }
        #[event_handler]
        fn opened(&self, event: Opened) -> Self { body }
    });
    assert!(!output.errors.is_empty());
    let generated = output.generated.to_string();
    for part in
        ["Aggregate for Account", "Create < Open > for Account", "Evolve < Opened > for Account"]
    {
        assert!(generated.contains(part), "{part}");
    }
    // No events, so that no other error is about them, and the same error.
    assert!(generated.contains("Result < () , Refused >"));
    assert!(!generated.contains("submit"));
}

#[test]
fn bodies_are_not_read() {
    let output = block(quote! {
        #[event_handler]
        fn opened(event: Opened) -> Self { let x = self.; struct = }
    });
    assert_eq!(output.messages(), [""; 0]);
    assert!(output.item.to_string().contains("let x = self . ; struct ="));
}

#[test]
fn members_end_where_rust_ends_them() {
    let output = block(quote! {
        const A: [u8; 2] = { [1, 2] };
        type B = Vec<{ N }>;
        const fn c() -> Of<{ 1 < 2 }> { }
        some::macro_call! { #[command_handler] }
        other_macro!(#[command_handler]);
        pub(crate) unsafe extern "C" fn d(x: fn() -> Vec<Vec<u8>>) where Of<{ 3 }>: Sized, { }
        #[event_handler]
        fn e(event: E) -> Self { }
    });
    assert_eq!(output.messages(), [""; 0]);
    assert!(output.generated.to_string().contains("Evolve < E > for Account"));
    assert_eq!(output.item.to_string().matches("# [command_handler]").count(), 2);
}

#[test]
fn conditions_go_to_what_is_generated() {
    let output = expand(
        quote!(commands = AccountCommand),
        quote! {
            #[cfg(a)]
            impl Account {
                #[cfg(b)]
                #[cfg_attr(c, cfg(d), inline)]
                #[command_handler]
                fn open(command: Open) -> Opened { }
                #[cfg_attr(e, event_handler, inline)]
                fn opened(event: Opened) -> Self { }
            }
        },
    );
    assert_eq!(output.messages(), [""; 0]);
    let item = output.item.to_string();
    assert!(item.contains("# [cfg_attr (e , inline)] fn opened"), "{item}");
    assert!(item.contains("# [cfg (b)] # [cfg_attr (c , cfg (d) , inline)] fn open"), "{item}");
    let generated = output.generated.to_string();
    assert!(generated.contains("# [cfg (a)] const _ : () ="), "{generated}");
    let of_command = "# [cfg (all (b , any (not (c) , d)))]";
    assert!(
        generated
            .contains(&format!("{of_command} # [automatically_derived] impl :: es_core :: Create"))
    );
    assert!(generated.contains("type OpenedIfPresent = () ;"), "{generated}");
}

#[test]
fn handlers_with_conditions_may_exclude_each_other() {
    let output = block(quote! {
        #[cfg(a)]
        #[event_handler]
        fn opened(event: Opened) -> Self { }
        #[cfg(not(a))]
        #[event_handler]
        fn opened(event: &Opened) -> Self { }
    });
    assert_eq!(output.messages(), [""; 0]);
}

#[test]
fn arguments_that_are_not_known() {
    let output = expand(
        quote!(servces = Rates, snapshot(every = 3), type = "a", type = "b", vis, "x"),
        quote! {
            impl Account {
                #[event_handler]
                fn opened(event: Opened) -> Self { }
            }
        },
    );
    assert_eq!(
        problems(&output),
        [
            "`#[aggregate]` has no argument `servces`; did you mean `services`?",
            "`snapshot` isn't available in this version of `#[aggregate]`; leave it out",
            "`type` is given twice; leave one of the two out",
            "`vis` isn't given like this; write `vis = pub(crate)`",
            "the arguments of `#[aggregate]` are written `name = value`",
        ]
    );
}

#[test]
fn what_is_no_block_of_a_type() {
    let definition = quote!(
        struct Account(u64);
    );
    let not_an_impl = expand(quote!(), definition.clone());
    assert_eq!(
        problems(&not_an_impl),
        ["`#[aggregate]` works on the `impl` block with the handlers"]
    );
    assert_eq!(not_an_impl.item.to_string(), definition.to_string());

    let of_a_trait = expand(quote!(), quote!(impl Clone for Account {}));
    assert_eq!(problems(&of_a_trait), [messages::TRAIT_IMPL.lines().next().unwrap()]);

    let generic = expand(
        quote!(),
        quote!(
            impl<T> Account<T> {}
        ),
    );
    assert_eq!(problems(&generic), [messages::GENERIC_IMPL.lines().next().unwrap()]);
}
