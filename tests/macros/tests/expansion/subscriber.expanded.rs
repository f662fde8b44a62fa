// What the macros write for the types in subscriber.rs.

// `OrderHistory`

const _: () = {
    #[automatically_derived]
    impl ::es_core::EventSubscriber for OrderHistory {
        const ID: &'static str = "order-history";
        const HANDLERS: &'static [::es_core::subscription::HandlerInfo] = &[
            ::es_core::__private::handler(::es_core::subscription::HandlerInfo {
                number: 0,
                handler: "created",
                ..<OrderCreated as ::es_core::__private::Delivered>::HANDLER
            }),
            ::es_core::__private::handler(::es_core::subscription::HandlerInfo {
                number: 1,
                handler: "approved",
                ..<OrderApproved as ::es_core::__private::Delivered>::TRANSACTIONAL
            }),
            #[cfg(test)]
            ::es_core::__private::handler(::es_core::subscription::HandlerInfo {
                number: 2,
                handler: "rejected",
                ..<OrderRejected as ::es_core::__private::Delivered>::HANDLER
            }),
        ];
        const OPTIONS: ::es_core::subscription::SubscriberOptions = ::es_core::subscription::SubscriberOptions::new()
            .lanes(8)
            .partitions(32)
            .batch(500)
            .start(::es_core::subscription::Start::End)
            .on_failure(::es_core::subscription::OnFailure::Park);
        async fn deliver(
            &self,
            handler: ::core::primitive::u32,
            delivery: ::es_core::subscription::Delivery<'_>,
        ) -> ::core::result::Result<(), ::es_core::subscription::HandlerError> {
            match handler {
                0 => {
                    let context = <OrderCreated as ::es_core::__private::Delivered>::context(
                        delivery,
                    )?;
                    ::es_core::subscription::HandlerOutput::outcome(
                        self.created(context).await,
                    )
                }
                1 => {
                    let (context, transaction) = <OrderApproved as ::es_core::__private::Delivered>::transactional(
                        delivery,
                    )?;
                    ::es_core::subscription::HandlerOutput::outcome(
                        self
                            .approved(
                                context,
                                <Transaction as ::es_core::__private::HandlersTransaction>::of(
                                    transaction,
                                ),
                            )
                            .await,
                    )
                }
                #[cfg(test)]
                2 => {
                    let context = <OrderRejected as ::es_core::__private::Delivered>::context(
                        delivery,
                    )?;
                    ::es_core::subscription::HandlerOutput::outcome(
                        self.rejected(context).await,
                    )
                }
                _ => ::es_core::__private::no_handler::<Self>(handler),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::__private::HandlerOf<OrderCreated> for OrderHistory {}
    #[automatically_derived]
    impl ::es_core::__private::HandlerOf<OrderApproved> for OrderHistory {}
    #[cfg(test)]
    #[automatically_derived]
    impl ::es_core::__private::HandlerOf<OrderRejected> for OrderHistory {}
    const INFO: ::es_core::subscription::SubscriberInfo = ::es_core::subscription::SubscriberInfo {
        id: <OrderHistory as ::es_core::EventSubscriber>::ID,
        rust_type: ::core::concat!(::core::module_path!(), "::OrderHistory"),
        inline: false,
        handlers: <OrderHistory as ::es_core::EventSubscriber>::HANDLERS,
    };
    ::es_core::__private::submit! {
        INFO
    }
};

// `OpenOrders`

const _: () = {
    #[automatically_derived]
    impl ::es_core::EventSubscriber for OpenOrders {
        const ID: &'static str = "open-orders";
        const HANDLERS: &'static [::es_core::subscription::HandlerInfo] = &[
            ::es_core::__private::handler(::es_core::subscription::HandlerInfo {
                number: 0,
                handler: "created",
                ..<OrderCreated as ::es_core::__private::Delivered>::TRANSACTIONAL
            }),
        ];
        const OPTIONS: ::es_core::subscription::SubscriberOptions = ::es_core::subscription::SubscriberOptions::new();
        async fn deliver(
            &self,
            handler: ::core::primitive::u32,
            delivery: ::es_core::subscription::Delivery<'_>,
        ) -> ::core::result::Result<(), ::es_core::subscription::HandlerError> {
            match handler {
                0 => {
                    let (context, transaction) = <OrderCreated as ::es_core::__private::Delivered>::transactional(
                        delivery,
                    )?;
                    ::es_core::subscription::HandlerOutput::outcome(
                        self
                            .created(
                                context,
                                <Transaction as ::es_core::__private::HandlersTransaction>::of(
                                    transaction,
                                ),
                            )
                            .await,
                    )
                }
                _ => ::es_core::__private::no_handler::<Self>(handler),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::subscription::InlineSubscriber for OpenOrders {}
    #[automatically_derived]
    impl ::es_core::__private::HandlerOf<OrderCreated> for OpenOrders {}
    const INFO: ::es_core::subscription::SubscriberInfo = ::es_core::subscription::SubscriberInfo {
        id: <OpenOrders as ::es_core::EventSubscriber>::ID,
        rust_type: ::core::concat!(::core::module_path!(), "::OpenOrders"),
        inline: true,
        handlers: <OpenOrders as ::es_core::EventSubscriber>::HANDLERS,
    };
    ::es_core::__private::submit! {
        INFO
    }
};
