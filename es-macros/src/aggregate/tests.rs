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
    let of_block = "# [cfg (a)] # [allow (unreachable_patterns)] const _ : () =";
    assert!(generated.contains(of_block), "{generated}");
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
        quote!(servces = Rates, type = "a", type = "b", vis, "x"),
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
            "`type` is given twice; leave one of the two out",
            "`vis` isn't given like this; write `vis = pub(crate)`",
            "the arguments of `#[aggregate]` are written `name = value`",
        ]
    );
}

/// What is said of a sound block with these arguments.
fn problems_of_arguments(arguments: TokenStream) -> Vec<String> {
    let block = quote! {
        impl Account {
            #[command_handler]
            fn open(command: Open) -> Opened { }
            #[event_handler]
            fn opened(event: Opened) -> Self { }
        }
    };
    problems(&expand(arguments, block))
}

#[test]
fn a_missing_comma_is_one_error() {
    assert_eq!(
        problems_of_arguments(quote!(type = "a" events = Happening commands = Request)),
        [
            "a comma is missing before `events`".to_owned(),
            "a comma is missing before `commands`".to_owned()
        ]
    );
    assert_eq!(problems_of_arguments(quote!(services = dyn Get<id = u8>)), [""; 0]);
}

#[test]
fn quotes_around_what_is_no_text() {
    assert_eq!(
        problems_of_arguments(quote!(id = "Uuid")),
        ["`id` isn't given like this; write `id = Type`, without quotes"]
    );
}

#[test]
fn names_of_enums_that_are_taken() {
    assert_eq!(
        problems_of_arguments(quote!(events = Account, commands = Account)),
        [
            "`events` names an enum that `#[aggregate]` writes, and `Account` is the aggregate itself",
            "`commands` names an enum that `#[aggregate]` writes, and `Account` is the aggregate itself",
        ]
    );
    assert_eq!(
        problems_of_arguments(quote!(events = Message, commands = Message)),
        [
            "`events` and `commands` name two enums that `#[aggregate]` writes, so they can't both be `Message`"
        ]
    );
}

#[test]
fn the_attribute_works_once() {
    let output = expand(
        quote!(),
        quote! {
            #[doc = "An account."]
            #[es_core::aggregate(commands = Request)]
            impl Account {
                #[event_handler]
                fn opened(event: Opened) -> Self { }
            }
        },
    );
    assert_eq!(problems(&output), [messages::REPEATED_AGGREGATE]);
    assert!(!output.item.to_string().contains("aggregate"));
    assert!(output.item.to_string().contains("An account."));
}

#[test]
fn the_command_comes_before_the_services() {
    let output = expand(
        quote!(services = dyn Rates),
        quote! {
            impl Account {
                #[command_handler]
                fn open(rates: &dyn Rates, command: Open) -> Opened { }
                #[event_handler]
                fn opened(event: Opened) -> Self { }
            }
        },
    );
    assert_eq!(problems(&output), [messages::services_first("dyn Rates")]);
    assert!(output.generated.to_string().contains("Create < Open > for Account"));
}

#[test]
fn an_event_handler_takes_nothing_else() {
    for extra in [quote!(&u64), quote!(&CommandContext<Self>), quote!(&Self), quote!(&(u8, u8))] {
        let output = block(quote! {
            #[event_handler]
            fn opened(event: Opened, extra: #extra) -> Self { }
        });
        let said = messages::EXTRA_EVENT_PARAMETER.lines().next().unwrap();
        assert_eq!(problems(&output), [said], "{extra}");
    }
    let renamed = block(quote! {
        #[event_handler]
        fn opened(event: Opened, cx: &Cx) -> Self { }
    });
    assert_eq!(renamed.messages(), [""; 0]);
}

#[test]
fn arguments_of_markers() {
    let output = block(quote! {
        #[command_handler(deletes)]
        fn open(command: Open) -> Opened { }
        #[event_handler(deletes)]
        fn closed(&mut self, event: Closed) { }
        #[event_handler(deletes)]
        fn opened(event: Opened) -> Self { }
        #[event_handler = deletes]
        fn left(&mut self, event: Left) { }
        #[event_handler(delets)]
        fn gone(&mut self, event: Gone) { }
    });
    assert_eq!(
        problems(&output),
        [
            "`#[command_handler]` takes no arguments: the method's signature says it all",
            "an event that starts the state can't delete the entity: there is nothing to delete yet",
            "the arguments of `#[event_handler]` stand in parentheses: `#[event_handler(name = value)]`",
            "`#[event_handler]` has no argument `delets`; did you mean `deletes`?",
        ]
    );
}

#[test]
fn arguments_of_snapshots() {
    let block = |arguments: TokenStream| {
        let item = quote! {
            impl Account {
                #[event_handler]
                fn opened(event: Opened) -> Self { }
            }
        };
        expand(quote!(snapshot #arguments), item)
    };
    for (arguments, code) in [
        (quote!((every = 7)), ":: of_state (\"Account\") . every (7)"),
        (quote!((strategy = a::b)), ":: of_state (\"Account\") . strategy (a :: b)"),
        (
            quote!((every = 7, memento = m::Kept)),
            ":: of_memento :: < m :: Kept > (\"Kept\") . every (7)",
        ),
        (quote!((memento = Kept)), ":: of_memento :: < Kept > (\"Kept\")) ;"),
        (
            quote!((every = 7, memento = (u8,))),
            ":: of_memento :: < (u8 ,) > (\"(u8 ,)\") . every (7)",
        ),
        (
            quote!((every = 7, version = 2, keep = 3, with_append)),
            ". every (7) . version (2) . keep (3) . with_append ()",
        ),
    ] {
        let output = block(arguments);
        assert_eq!(output.messages(), [""; 0]);
        let generated = output.generated.to_string();
        assert!(generated.contains(code), "{code}: {generated}");
    }
    for (arguments, problem) in [
        (quote!(), "`snapshot` isn't given like this; write `snapshot(every = 100)`"),
        (quote!([every = 7]), "`snapshot` isn't given like this; write `snapshot(every = 100)`"),
        (quote!((every = 7)()), "`snapshot` isn't given like this; write `snapshot(every = 100)`"),
        (quote!((every = 7u64)), messages::SNAPSHOT_EVERY),
        (quote!((every = 7, keep = 0)), messages::SNAPSHOT_KEEP),
        (quote!((every = 7, version = 0)), messages::SNAPSHOT_VERSION),
        (quote!((every = 7, every = 8)), "`every` is given twice; leave one of the two out"),
        (quote!((every = 7, strategy = a)), messages::SNAPSHOT_TWICE.lines().next().unwrap()),
        (quote!(()), messages::SNAPSHOT_EMPTY.lines().next().unwrap()),
    ] {
        assert_eq!(problems(&block(arguments)), [problem]);
    }
}

#[test]
fn a_marker_on_nothing_is_left_to_the_compiler() {
    let output = block(quote! {
        #[event_handler]
        fn opened(event: Opened) -> Self { }
        #[event_handler]
    });
    assert_eq!(output.messages(), [""; 0]);
}

#[test]
fn stored_names_are_compared_at_their_places() {
    let output = block(quote! {
        #[event_handler]
        fn opened(event: Opened) -> Self { }
        #[cfg(a)]
        #[event_handler]
        fn frozen(&mut self, event: Frozen) { }
        #[event_handler]
        fn closed(&mut self, event: Closed) { }
    });
    assert_eq!(output.messages(), [""; 0]);
    let generated = output.generated.to_string();
    let usize = ":: core :: primitive :: usize";
    for check in [
        "# [cfg (a)] const _ : () = :: es_core :: __private :: assert_event (EVENTS , & [] , 1)",
        &format!("assert_event (EVENTS , & [] , 1 + :: core :: cfg ! (a) as {usize})"),
    ] {
        assert!(generated.contains(check), "{generated}");
    }
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

    let borrowing = expand(
        quote!(),
        quote!(
            impl<'a> Account<'a> {}
        ),
    );
    assert_eq!(problems(&borrowing), [messages::BORROWING_TYPE.lines().next().unwrap()]);
}
