use crate::registry::{self, AggregateInfo};
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
    handlers: Vec<HandlerInfo>,
}

impl Routes {
    /// The ways to these handlers from the aggregates of this program, and others that are known.
    pub(crate) fn to(handlers: &[HandlerInfo], known: &[AggregateInfo]) -> Self {
        let route = |aggregate: AggregateInfo| {
            let handlers = handlers.iter().copied().filter(|handler| emits(&aggregate, handler));
            Route { aggregate, handlers: handlers.collect() }
        };
        let linked = registry::aggregates().into_iter();
        let routes = linked.chain(known).copied().map(route);
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
        self.routes.iter().any(|route| emits(&route.aggregate, handler))
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

fn emits(aggregate: &AggregateInfo, handler: &HandlerInfo) -> bool {
    aggregate.events.iter().any(|event| event.event == handler.event)
}
