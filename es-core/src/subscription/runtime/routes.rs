use crate::registry::{self, AggregateInfo, EventInfo};
use crate::store::FeedFilter;
use crate::subscription::HandlerInfo;

/// Which stored events of which aggregates lead to which handlers of a subscriber.
#[derive(Debug, Clone)]
pub(crate) struct Routes {
    routes: Vec<Route>,
}

#[derive(Debug, Clone)]
struct Route {
    aggregate: AggregateInfo,
    /// Each under the name that its event has now.
    handlers: Vec<HandlerInfo>,
}

/// An event of an aggregate, and the handlers that it leads to.
pub(super) struct Routed<'r> {
    pub(super) entity_type: &'static str,
    pub(super) event: &'static EventInfo,
    pub(super) handlers: Vec<&'r HandlerInfo>,
}

impl Routes {
    /// The ways to these handlers from the aggregates of this program, and others that are known.
    pub(crate) fn to(handlers: &[HandlerInfo], known: &[AggregateInfo]) -> Self {
        let aggregates = registry::aggregates().into_iter().chain(known).copied();
        let aggregates: Vec<AggregateInfo> = aggregates.collect();
        let is_emitted = |handler| aggregates.iter().any(|aggregate| emits(aggregate, handler));
        let routes = aggregates.iter().map(|aggregate| {
            let handlers = handlers.iter().filter_map(|handler| match is_emitted(handler) {
                true => emits(aggregate, handler).then_some(*handler),
                false => under_its_name_of_today(aggregate, handler),
            });
            Route { aggregate: *aggregate, handlers: handlers.collect() }
        });
        Routes { routes: routes.filter(|route| !route.handlers.is_empty()).collect() }
    }

    /// Every name under which the events are stored that the handlers want, those of older versions too.
    pub(crate) fn filter(&self) -> FeedFilter {
        FeedFilter::only(self.routes.iter().flat_map(|Route { aggregate, handlers }| {
            let names = handlers.iter().flat_map(|handler| {
                aggregate.stored_names(handler.event_type).into_iter().chain([handler.event_type])
            });
            names.map(|name| (aggregate.entity_type, name))
        }))
    }

    /// The events that lead to handlers.
    pub(super) fn events(&self) -> impl Iterator<Item = Routed<'_>> {
        let events = self.routes.iter().flat_map(|route| {
            let events = route.aggregate.events.iter();
            events.map(move |event| (route, event))
        });
        let routed = events.map(|(Route { aggregate, handlers }, event)| {
            let handlers = handlers.iter().filter(|handler| handler.event_type == event.event_type);
            Routed { entity_type: aggregate.entity_type, event, handlers: handlers.collect() }
        });
        routed.filter(|routed| !routed.handlers.is_empty())
    }

    /// The aggregate of a stored event, if a handler may want the event.
    pub(crate) fn aggregate(&self, entity_type: &str) -> Option<&AggregateInfo> {
        self.route(entity_type).map(|route| &route.aggregate)
    }

    /// The handler of an event, by the name that it has now.
    pub(crate) fn handler(&self, entity_type: &str, event_type: &str) -> Option<&HandlerInfo> {
        let handlers = &self.route(entity_type)?.handlers;
        handlers.iter().find(|handler| handler.event_type == event_type)
    }

    /// Whether an aggregate of this program has the event of a handler.
    pub(crate) fn leads_to(&self, handler: &HandlerInfo) -> bool {
        let mut handlers = self.routes.iter().flat_map(|route| &route.handlers);
        handlers.any(|known| known.number == handler.number)
    }

    fn route(&self, entity_type: &str) -> Option<&Route> {
        self.routes.iter().find(|route| route.aggregate.entity_type == entity_type)
    }
}

/// What is known of an aggregate that isn't in the registry.
#[cfg(feature = "conformance")]
pub(crate) fn info_of<A: crate::Aggregate>() -> AggregateInfo {
    AggregateInfo {
        entity_type: A::TYPE,
        rust_type: std::any::type_name::<A>(),
        commands: &[],
        events: A::EVENTS,
        upcasters: A::UPCASTERS,
    }
}

/// The handler of an event that the aggregate has under another name now. Another event may have the older one elsewhere, so
/// this is for an event that no aggregate has.
fn under_its_name_of_today(
    aggregate: &AggregateInfo,
    handler: &HandlerInfo,
) -> Option<HandlerInfo> {
    let event_type = aggregate.current_name(handler.event_type)?;
    (event_type != handler.event_type).then_some(HandlerInfo { event_type, ..*handler })
}

fn emits(aggregate: &AggregateInfo, handler: &HandlerInfo) -> bool {
    aggregate.events.iter().any(|event| event.event == handler.event)
}
