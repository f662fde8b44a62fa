use es_core::store::FeedFilter;

use super::Common;

/// What a statement asks for, so that it needn't return what is known.
pub(crate) enum Wanted<'f> {
    /// Events of these types of one aggregate, as most subscribers want them.
    OfOne { entity_type: &'f str, event_types: Vec<&'f str> },
    /// The types of the filter, or all events.
    Any,
}

impl<'f> Wanted<'f> {
    pub(crate) fn of(filter: &'f FeedFilter) -> Self {
        let Some(types) = filter.types() else { return Wanted::Any };
        let Some((entity_type, _)) = types.clone().next() else { return Wanted::Any };
        if types.clone().any(|(other, _)| other != entity_type) {
            return Wanted::Any;
        }
        // The feed shows no pseudo events, whoever asks for them.
        let event_types = types.map(|(_, event_type)| event_type);
        let event_types = event_types.filter(|event_type| !event_type.starts_with('$')).collect();
        Wanted::OfOne { entity_type, event_types }
    }

    pub(crate) fn common(&self) -> Common<'f> {
        match self {
            Wanted::OfOne { entity_type, event_types } => Common {
                entity_type: Some(entity_type),
                event_type: match event_types[..] {
                    [event_type] => Some(event_type),
                    _ => None,
                },
            },
            Wanted::Any => Common::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The aggregate, its events, and what is common.
    fn wanted(types: &[(&str, &str)]) -> (Option<String>, Vec<String>, Option<String>) {
        let filter = FeedFilter::only(types.iter().copied());
        let wanted = Wanted::of(&filter);
        let event_types = match &wanted {
            Wanted::OfOne { event_types, .. } => event_types.iter().map(ToString::to_string),
            Wanted::Any => return (None, Vec::new(), None),
        };
        let Common { entity_type, event_type } = wanted.common();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        (owned(entity_type), event_types.collect(), owned(event_type))
    }

    #[test]
    fn what_is_of_one_aggregate_is_known_to_be() {
        let a = Some("A".to_owned());
        let one = Some("1".to_owned());
        assert_eq!(wanted(&[("A", "1")]), (a.clone(), vec!["1".to_owned()], one.clone()));
        assert_eq!(wanted(&[("A", "1"), ("A", "$2")]), (a.clone(), vec!["1".to_owned()], one));
        let both = vec!["1".to_owned(), "2".to_owned()];
        assert_eq!(wanted(&[("A", "2"), ("A", "1")]), (a.clone(), both, None));
        assert_eq!(wanted(&[("A", "$1")]), (a, vec![], None));
        assert_eq!(wanted(&[("A", "1"), ("B", "1")]), (None, vec![], None));
        assert_eq!(wanted(&[]), (None, vec![], None));
        assert!(matches!(Wanted::of(&FeedFilter::all()), Wanted::Any));
    }
}
