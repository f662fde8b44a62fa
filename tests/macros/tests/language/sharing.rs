//! What two aggregates of one module share.

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Clone, Deserialize, Command)]
pub struct Tag(pub String);

/// Both aggregates have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Tagged(pub String);

#[derive(Debug, Default)]
pub struct Photo {
    tags: Vec<String>,
}

#[derive(Debug, Default)]
pub struct Film {
    last: String,
}

#[aggregate(commands = PhotoCommand)]
impl Photo {
    #[command_handler]
    fn tag(&self, command: Tag) -> Tagged {
        Tagged(command.0)
    }

    #[event_handler]
    fn tagged(&mut self, event: Tagged) {
        self.tags.push(event.0);
    }
}

#[aggregate(commands = FilmCommand)]
impl Film {
    #[command_handler]
    fn tag(&self, command: &Tag) -> Result<Tagged, String> {
        if command.0.is_empty() { Err("no tag".to_owned()) } else { Ok(Tagged(command.0.clone())) }
    }

    #[event_handler]
    fn tagged(&mut self, event: Tagged) {
        self.last = event.0;
    }
}

/// Something that is both a command and an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Command, Event)]
pub struct Noted(pub u8);

#[derive(Debug, Default)]
pub struct Notebook(u8);

#[aggregate]
impl Notebook {
    #[command_handler]
    fn note(command: Noted) -> Noted {
        command
    }

    #[event_handler]
    fn noted(&mut self, event: &Noted) {
        self.0 = event.0;
    }
}

#[test]
fn two_aggregates_share_an_event_and_a_command() {
    given::<Photo>(Tagged("a".into()))
        .when(Tag("b".into()))
        .then(Tagged("b".into()))
        .then_state(|photo| assert_eq!(photo.tags, ["a", "b"]));
    given::<Film>(Tagged("a".into()))
        .when(Tag("b".into()))
        .then(Tagged("b".into()))
        .then_state(|film| assert_eq!(film.last, "b"));
    given::<Film>(Tagged("a".into())).when(Tag(String::new())).then_error("no tag".to_owned());
}

#[tokio::test]
async fn streams_of_two_aggregates_under_one_id_are_two() {
    let store = MemoryEventStore::new();
    let photos = AggregateRepository::<Photo>::new(store.clone());
    let films = AggregateRepository::<Film>::new(store);
    let photo = Id::<Photo>::new();
    let missing = films.find(&photo.uuid().into()).await;
    assert!(missing.is_err());
    assert!(photos.find(&photo).await.is_err());
}

#[tokio::test]
async fn one_type_may_be_a_command_and_an_event() {
    let notebooks = AggregateRepository::<Notebook>::new(MemoryEventStore::new());
    assert_eq!(notebooks.save(Noted(3)).await.unwrap().0, 3);
}

#[test]
fn both_enums_hold_the_shared_types() {
    assert_eq!(PhotoEvent::from(Tagged("a".into())).clone(), Tagged("a".into()).into());
    let (PhotoCommand::Tag(photo), FilmCommand::Tag(film)) =
        (PhotoCommand::from(Tag("a".into())), FilmCommand::from(Tag("a".into())));
    assert_eq!(photo.0, film.0);
}
