// What the macros write for the types in derives.rs.

// `Rename`

#[automatically_derived]
impl ::es_core::Command for Rename {
    const TYPE: &'static str = "Rename";
}

// `Lock`

#[automatically_derived]
impl ::es_core::Command for Lock {
    const TYPE: &'static str = "user.lock";
}

// `Renamed`

#[automatically_derived]
impl ::es_core::Event for Renamed {
    const TYPE: &'static str = "Renamed";
}
#[automatically_derived]
impl<A: ::es_core::Evolve<Renamed>> ::es_core::IntoEvents<A> for Renamed {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<Renamed>> ::es_core::Decision<A> for Renamed {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(
        self,
        events: &mut ::es_core::Events<A>,
    ) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

// `UserWasLocked`

#[automatically_derived]
impl ::es_core::Event for UserWasLocked {
    const TYPE: &'static str = "user.locked";
    const ALIASES: &'static [&'static str] = &["UserLocked", "Locked"];
    const VERSION: u32 = 3;
}
#[automatically_derived]
impl<A: ::es_core::Evolve<UserWasLocked>> ::es_core::IntoEvents<A> for UserWasLocked {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<UserWasLocked>> ::es_core::Decision<A> for UserWasLocked {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(
        self,
        events: &mut ::es_core::Events<A>,
    ) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

// `A`

#[automatically_derived]
impl ::es_core::Event for A {
    const TYPE: &'static str = "A";
}
#[automatically_derived]
impl<B: ::es_core::Evolve<A>> ::es_core::IntoEvents<B> for A {
    fn into_events(self, events: &mut ::es_core::Events<B>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<B: ::es_core::Evolve<A>> ::es_core::Decision<B> for A {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(
        self,
        events: &mut ::es_core::Events<B>,
    ) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

// `UserId`

#[automatically_derived]
impl ::core::fmt::Display for UserId {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(&self.0, f)
    }
}
#[automatically_derived]
impl ::core::str::FromStr for UserId {
    type Err = <es_core::Uuid as ::core::str::FromStr>::Err;
    fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
        ::core::result::Result::Ok(Self {
            0: <es_core::Uuid as ::core::str::FromStr>::from_str(text)?,
        })
    }
}
#[automatically_derived]
impl ::es_core::AggregateId for UserId {}
#[automatically_derived]
impl ::es_core::GeneratedId for UserId
where
    for<'a> UserId: ::es_core::__private::GeneratedAs<es_core::Uuid>,
{
    fn generate() -> Self {
        Self {
            0: <Self as ::es_core::__private::GeneratedAs<es_core::Uuid>>::generate(),
        }
    }
    fn derive(name: &[u8]) -> Self {
        Self {
            0: <Self as ::es_core::__private::GeneratedAs<es_core::Uuid>>::derive(name),
        }
    }
}

// `Email`

#[automatically_derived]
impl ::core::fmt::Display for Email {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(&self.text, f)
    }
}
#[automatically_derived]
impl ::core::str::FromStr for Email {
    type Err = <String as ::core::str::FromStr>::Err;
    fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
        ::core::result::Result::Ok(Self {
            text: <String as ::core::str::FromStr>::from_str(text)?,
        })
    }
}
#[automatically_derived]
impl ::es_core::AggregateId for Email {}
#[automatically_derived]
impl ::es_core::GeneratedId for Email
where
    for<'a> Email: ::es_core::__private::GeneratedAs<String>,
{
    fn generate() -> Self {
        Self {
            text: <Self as ::es_core::__private::GeneratedAs<String>>::generate(),
        }
    }
    fn derive(name: &[u8]) -> Self {
        Self {
            text: <Self as ::es_core::__private::GeneratedAs<String>>::derive(name),
        }
    }
}
