use std::error::Error;
use std::fmt;

use crate::{RepositoryError, RetryPolicy};

/// Why a handler failed.
///
/// A handler may fail with any error. This one says besides whether trying again can help.
///
/// ```
/// use es_core::subscription::{HandlerError, Retry};
///
/// fn charge(cents: &str) -> Result<u32, HandlerError> {
///     cents.parse().map_err(HandlerError::permanent)
/// }
/// assert_eq!(charge("ten").unwrap_err().retry(), Retry::Never);
/// ```
pub struct HandlerError {
    error: Box<dyn Error + Send + Sync>,
    retry: Retry,
}

/// Whether to try an event again that a handler failed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retry {
    /// As the subscriber's retry policy says.
    #[default]
    Again,
    /// As this one says, for errors of this kind.
    With(RetryPolicy),
    /// Not now: what becomes of the event is up to [`OnFailure`](super::OnFailure) at once.
    Never,
}

impl HandlerError {
    /// An error that may pass.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        match error.downcast::<HandlerError>() {
            Ok(error) => *error,
            Err(error) => HandlerError { error, retry: Retry::Again },
        }
    }

    /// An error that the next try would meet too.
    pub fn permanent(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        HandlerError { retry: Retry::Never, ..Self::new(error) }
    }

    /// An error after which the event is tried again as this policy says, whatever the subscriber's own is.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use es_core::RetryPolicy;
    /// use es_core::subscription::{HandlerError, Retry};
    ///
    /// /// A bank that says when it is closed.
    /// const CLOSED: RetryPolicy =
    ///     RetryPolicy::attempts(20).backoff(Duration::from_secs(1), Duration::from_secs(60));
    ///
    /// let closed = HandlerError::again_with(CLOSED, "the bank is closed");
    /// assert_eq!(closed.retry(), Retry::With(CLOSED));
    /// ```
    pub fn again_with(policy: RetryPolicy, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        HandlerError { retry: Retry::With(policy), ..Self::new(error) }
    }

    /// Whether to try again.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// The first error of this type among this one and those that led to it: also a [`StoreError`](crate::store::StoreError)
    /// or a [`Failure`](crate::Failure) of a repository, or a command handler's own error.
    ///
    /// An error of one's own shows what led to it by its `source`. One that is `#[error(transparent)]` passes over the error in
    /// it, and shows what led to that.
    pub fn find<E: Error + 'static>(&self) -> Option<&E> {
        let first: &(dyn Error + 'static) = &*self.error;
        std::iter::successors(Some(first), |&error| error.source()).find_map(|error| {
            // A refused command is no source of the repository's error, which prints as it.
            let refused = || error.downcast_ref::<RepositoryError<E>>()?.rejection();
            error.downcast_ref().or_else(refused)
        })
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerError")
            .field("error", &self.error)
            .field("retry", &self.retry)
            .finish()
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for HandlerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// What an event handler of a subscriber returns: nothing, or a `Result` of nothing and an error.
#[diagnostic::on_unimplemented(
    message = "an event handler of a subscriber can't return `{Self}`",
    label = "neither nothing nor `Result<(), _>`",
    note = "return nothing where it can't fail, else `Result<(), E>`; what it leads to it does through the context, as in `cx.update(&repository, id, command).await?`"
)]
pub trait HandlerOutput {
    /// The outcome.
    ///
    /// # Errors
    /// What the handler failed with.
    fn outcome(self) -> Result<(), HandlerError>;
}

impl HandlerOutput for () {
    fn outcome(self) -> Result<(), HandlerError> {
        Ok(())
    }
}

impl<E: HandlerFailure> HandlerOutput for Result<(), E> {
    fn outcome(self) -> Result<(), HandlerError> {
        self.map_err(E::into_handler_error)
    }
}

/// What an event handler of a subscriber can fail with: everything that `?` turns into a `Box<dyn Error + Send + Sync>`.
#[diagnostic::on_unimplemented(
    message = "an event handler of a subscriber can't fail with `{Self}`",
    label = "`{Self}` isn't an error",
    note = "implement `std::error::Error` for it (`#[derive(thiserror::Error)]`), or use a type such as `anyhow::Error` or `HandlerError`"
)]
pub trait HandlerFailure {
    /// As the error that tells whether to try again.
    fn into_handler_error(self) -> HandlerError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> HandlerFailure for E {
    fn into_handler_error(self) -> HandlerError {
        HandlerError::new(self)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Failure;
    use crate::store::StoreError;

    #[test]
    fn a_handler_error_keeps_what_it_says_of_retrying_when_it_is_wrapped() {
        let error: Box<dyn Error + Send + Sync> = HandlerError::permanent("no such room").into();
        let error = error.into_handler_error();
        assert_eq!(error.retry(), Retry::Never);
        assert_eq!(error.to_string(), "no such room");
        assert_eq!("full".into_handler_error().retry(), Retry::Again);
    }

    #[test]
    fn an_error_is_found_among_those_that_led_to_it() {
        #[derive(Debug, thiserror::Error)]
        #[error("no bill: {0}")]
        struct NoBill(#[source] StoreError);

        let error = HandlerError::new(NoBill(StoreError::Unsupported("wings")));
        assert!(error.find::<NoBill>().is_some());
        assert!(matches!(error.find::<StoreError>(), Some(StoreError::Unsupported("wings"))));
        assert!(error.find::<fmt::Error>().is_none());
    }

    #[test]
    fn what_a_repository_failed_with_is_found() {
        #[derive(Debug, thiserror::Error)]
        enum Mine {
            #[error("no bill: {0}")]
            Named(#[source] RepositoryError<fmt::Error>),
            #[error(transparent)]
            Transparent(#[from] Failure),
        }

        let away = || Failure::Store(StoreError::Unavailable(Arc::from(Box::from("away"))));
        let errors = [
            HandlerError::new(away()),
            HandlerError::new(RepositoryError::<fmt::Error>::from(away())),
            HandlerError::new(Mine::Named(away().into())),
            HandlerError::new(Mine::from(away())),
        ];
        for error in &errors {
            let found = error.find::<StoreError>();
            assert!(matches!(found, Some(StoreError::Unavailable(_))), "{error:?}");
        }
        for error in &errors[..3] {
            assert!(error.find::<Failure>().is_some(), "{error:?}");
        }
        assert_eq!(errors[1].to_string(), "the database can't be reached: away");
    }

    #[test]
    fn a_refused_command_is_found_and_reported_once() {
        let error = RepositoryError::Rejected(StoreError::Unsupported("wings"));
        assert!(error.source().is_none());
        let error = HandlerError::new(error);
        assert!(matches!(error.find::<StoreError>(), Some(StoreError::Unsupported("wings"))));
        assert!(error.find::<Failure>().is_none());
    }
}
