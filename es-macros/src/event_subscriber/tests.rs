use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::messages;
use crate::output::Output;

fn block(members: TokenStream) -> Output {
    expand(quote!(id = "letters"), quote!(impl Letters { #members }))
}

/// The first lines of the messages.
fn problems(output: &Output) -> Vec<String> {
    let messages = output.messages().into_iter();
    messages.filter_map(|message| message.lines().next().map(str::to_owned)).collect()
}

#[test]
fn a_block_with_errors_is_still_a_subscriber() {
    let output = block(quote! {
        #[event_handler]
        fn opened(&self, cx: EventHandlerContext<'_, Opened>) { body }
    });
    assert_eq!(problems(&output), [messages::SUBSCRIBER_ASYNC]);
    assert!(!output.item.to_string().contains("event_handler"));
    let generated = output.generated.to_string();
    assert!(generated.contains("EventSubscriber for Letters"), "{generated}");
    assert!(!generated.contains("submit"), "{generated}");
}

#[test]
fn a_handler_keeps_its_number_where_conditions_remove_others() {
    let output = block(quote! {
        #[cfg(a)]
        #[event_handler]
        async fn opened(&self, cx: EventHandlerContext<'_, Opened>) { }
        #[event_handler]
        async fn closed(&self, cx: EventHandlerContext<'_, Closed>) { }
    });
    assert_eq!(output.messages(), [""; 0]);
    let generated = output.generated.to_string();
    assert!(generated.contains("number : 1 , handler : \"closed\""), "{generated}");
    assert!(generated.contains("# [cfg (a)] 0 => {"), "{generated}");
    assert!(generated.contains(" 1 => {"), "{generated}");
}

#[test]
fn handlers_with_conditions_may_exclude_each_other() {
    let output = block(quote! {
        #[cfg(a)]
        #[event_handler]
        async fn opened(&self, cx: EventHandlerContext<'_, Opened>) { }
        #[cfg(not(a))]
        #[event_handler]
        async fn opened(&self, cx: EventHandlerContext<'_, Opened>, tx: &mut Transaction) { }
    });
    assert_eq!(output.messages(), [""; 0]);
}

#[test]
fn the_context_may_have_another_name() {
    let output = block(quote! {
        #[event_handler]
        async fn opened(&self, cx: Cx<'_, Opened>) { }
    });
    assert_eq!(output.messages(), [""; 0]);
}

#[test]
fn bodies_are_not_read() {
    let output = block(quote! {
        #[event_handler]
        async fn opened(&self, cx: EventHandlerContext<'_, Opened>) { let x = self.; struct = }
    });
    assert_eq!(output.messages(), [""; 0]);
    assert!(output.item.to_string().contains("let x = self . ; struct ="));
}

#[test]
fn the_attribute_works_once() {
    let output = expand(
        quote!(id = "letters"),
        quote! {
            #[es_core::event_subscriber(id = "others")]
            impl Letters {
                #[event_handler]
                async fn opened(&self, cx: EventHandlerContext<'_, Opened>) { }
            }
        },
    );
    assert_eq!(problems(&output), [messages::REPEATED_SUBSCRIBER]);
    assert!(!output.item.to_string().contains("event_subscriber"));
}
