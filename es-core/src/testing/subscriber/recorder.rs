use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::{Position, StoreError};
use crate::subscription::{
    Deliver, Delivery, EntityKey, EventSubscriber, HandlerError, HandlerInfo, SubscriberOptions,
};

/// A subscriber, and each call of its handlers.
pub(super) struct Recorder<S> {
    pub(super) subscriber: S,
    /// Whether each event is delivered again after it was handled.
    redelivers: AtomicBool,
    calls: Mutex<Vec<Call>>,
}

/// A call of a handler.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) position: Position,
    entity: EntityKey,
    event_type: String,
    handler: u32,
    method: &'static str,
    began: Instant,
    ended: Option<Instant>,
    pub(super) result: CallResult,
}

#[derive(Clone, PartialEq)]
pub(super) enum CallResult {
    AtWork,
    Handled,
    Redelivered,
    Failed(String),
}

impl<S: EventSubscriber> Recorder<S> {
    pub(super) fn of(subscriber: S) -> Self {
        Recorder { subscriber, redelivers: AtomicBool::new(false), calls: Mutex::default() }
    }

    pub(super) fn redelivers(&self, redelivers: bool) {
        self.redelivers.store(redelivers, Relaxed);
    }

    pub(super) fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        // A call is recorded whole, or not at all.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a call begins, and returns its number.
    fn begin(&self, handler: u32, delivery: &Delivery<'_>) -> usize {
        let known = S::HANDLERS.iter().find(|known| known.number == handler);
        let mut calls = self.calls();
        calls.push(Call {
            position: delivery.position.unwrap_or_default(),
            entity: EntityKey::new(delivery.raw.entity_type, delivery.raw.entity_id),
            event_type: delivery.raw.event_type.to_owned(),
            handler,
            method: known.map_or("?", |&HandlerInfo { handler, .. }| handler),
            began: Instant::now(),
            ended: None,
            result: CallResult::AtWork,
        });
        calls.len() - 1
    }

    fn end(&self, number: usize, handled: Result<(), HandlerError>) -> Result<(), HandlerError> {
        let mut calls = self.calls();
        let again = handled.is_ok() && self.redelivers.load(Relaxed) && {
            let call = &calls[number];
            !calls.iter().any(|other| other.result == CallResult::Redelivered && other.is_as(call))
        };
        let call = &mut calls[number];
        call.ended = Some(Instant::now());
        match handled {
            Err(error) => {
                call.result = CallResult::Failed(error.to_string());
                Err(error)
            }
            Ok(()) if again => {
                call.result = CallResult::Redelivered;
                Err(lost())
            }
            Ok(()) => {
                call.result = CallResult::Handled;
                Ok(())
            }
        }
    }
}

/// What became of a call that the store never heard of: no fault of the event, which is delivered again.
fn lost() -> HandlerError {
    HandlerError::new(StoreError::Unavailable(Arc::from(Box::from("a redelivery was asked for"))))
}

#[diagnostic::do_not_recommend]
impl<S: EventSubscriber> EventSubscriber for Arc<Recorder<S>> {
    const ID: &'static str = S::ID;
    const HANDLERS: &'static [HandlerInfo] = S::HANDLERS;
    const OPTIONS: SubscriberOptions = S::OPTIONS;

    async fn deliver(&self, handler: u32, delivery: Delivery<'_>) -> Result<(), HandlerError> {
        let number = self.begin(handler, &delivery);
        let handled = Deliver::deliver(&self.subscriber, handler, delivery).await;
        self.end(number, handled)
    }
}

impl Call {
    /// Whether both are of one event and handler.
    fn is_as(&self, other: &Call) -> bool {
        self.position == other.position && self.handler == other.handler
    }

    /// When something happened last.
    pub(super) fn latest(&self) -> Instant {
        self.ended.unwrap_or(self.began)
    }

    pub(super) fn ended_before(&self, moment: Instant) -> bool {
        self.ended.is_some_and(|ended| ended < moment)
    }

    /// How long this call waited after the last one of its event and handler had failed, of the calls before it.
    pub(super) fn waited(&self, before: &[Call]) -> Option<Duration> {
        let last = before.iter().rfind(|call| call.is_as(self))?;
        match last.result {
            CallResult::Failed(_) => Some(self.began - last.ended?),
            _ => None,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { method, event_type, entity, .. } = self;
        write!(f, "`{method}` on {event_type} of {} `{}`: ", entity.entity_type, entity.entity_id)?;
        match &self.result {
            CallResult::AtWork => f.write_str("is still at work"),
            CallResult::Handled => f.write_str("handled it"),
            CallResult::Redelivered => f.write_str("handled it, before the redelivery"),
            CallResult::Failed(error) => write!(f, "failed: {error}"),
        }
    }
}
