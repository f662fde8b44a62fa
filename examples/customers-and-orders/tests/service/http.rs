//! The program, driven over HTTP on each database.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::on_each_database;
use crate::support::place::Place;
use crate::support::program::Program;

on_each_database!(
    an_order_within_the_credit_is_approved,
    an_order_beyond_the_credit_is_rejected,
    an_order_of_nobody_is_rejected,
    a_cancelled_order_gives_its_credit_back,
    a_repeated_request_is_done_once,
    a_text_that_no_list_can_show_is_refused,
    a_list_shows_the_change_that_its_token_names,
    the_history_tells_what_an_order_follows_from,
    lists_come_in_pages,
    the_stream_goes_on_where_a_client_was,
    a_client_that_saw_more_than_there_is_begins_anew,
    the_progress_of_each_subscriber_is_shown,
    what_was_stored_is_there_after_a_restart,
);

async fn an_order_within_the_credit_is_approved(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let ada = client.customer(10_000).await;
    let order = client.order(&ada, 6_000).await;

    let shown = client.order_in("approved", &order).await;
    let expected = json!({
        "id": order, "customer_id": ada, "total": 6_000,
        "state": "approved", "reason": null, "version": 2,
    });
    assert_eq!(shown, expected);
    let customer = client.get(&format!("/customers/{ada}")).await.body;
    assert_eq!((&customer["reserved"], &customer["version"]), (&json!(6_000), &json!(2)));

    // The lists show the same, a moment later.
    client.until("/orders", |list| list["orders"] == json!([expected])).await;
    client.until("/customers", |list| list["customers"] == json!([customer])).await;
    client
        .until(&format!("/customers/{ada}/orders"), |list| list["orders"] == json!([expected]))
        .await;
}

async fn an_order_beyond_the_credit_is_rejected(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let ada = client.customer(10_000).await;
    let order = client.order(&ada, 10_001).await;
    let shown = client.order_in("rejected", &order).await;
    assert_eq!(shown["reason"], "insufficient_credit");
    let customer = client.get(&format!("/customers/{ada}")).await.body;
    assert_eq!(customer["reserved"], 0);
}

async fn an_order_of_nobody_is_rejected(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let order = client.order("01934b0e-0000-7000-8000-000000000000", 1).await;
    let shown = client.order_in("rejected", &order).await;
    assert_eq!(shown["reason"], "unknown_customer");
}

async fn a_cancelled_order_gives_its_credit_back(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let ada = client.customer(10_000).await;
    let first = client.order(&ada, 10_000).await;
    client.order_in("approved", &first).await;

    let cancellation = format!("/orders/{first}/cancellation");
    let cancelled = client.post(&cancellation, Value::Null).await;
    assert_eq!((cancelled.status.as_u16(), &cancelled.body["state"]), (200, &json!("cancelled")));
    client.until(&format!("/customers/{ada}"), |customer| customer["reserved"] == 0).await;
    let second = client.order(&ada, 10_000).await;
    client.order_in("approved", &second).await;

    let again = client.post(&cancellation, Value::Null).await;
    assert_eq!(again.problem(409), "the order is cancelled already");
}

async fn a_repeated_request_is_done_once(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let new = json!({ "name": "Ada", "credit_limit": 10_000 });
    let first = client.post_with_key("/customers", "key-1", new.clone()).await;
    let ada = first.created();
    assert_eq!(first.header("location"), format!("/customers/{ada}"));
    assert_eq!(first.header("idempotency-replayed"), "");

    let again = client.post_with_key("/customers", "key-1", new).await;
    assert_eq!((again.created(), again.header("idempotency-replayed")), (ada.clone(), "true"));
    let other = json!({ "name": "Bela", "credit_limit": 10_000 });
    let other = client.post_with_key("/customers", "key-1", other).await;
    assert!(other.problem(422).contains("new key"));

    let new = json!({ "customer_id": ada, "total": 1_000 });
    let order = client.post_with_key("/orders", "key-2", new.clone()).await.created();
    client.order_in("approved", &order).await;
    assert_eq!(client.post_with_key("/orders", "key-2", new).await.created(), order);

    let cancellation = format!("/orders/{order}/cancellation");
    for replayed in ["", "true"] {
        // It is another request than the one that created the order.
        let answer = client.post_with_key(&cancellation, "key-2", Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["state"], "cancelled");
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    let customer = client.until(&format!("/customers/{ada}"), |ada| ada["reserved"] == 0).await;
    assert_eq!(customer["version"], 3, "created, reserved once, released once");
}

async fn a_text_that_no_list_can_show_is_refused(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    for name in ["A\0da", "\0", "Ada\nLovelace", "\u{7f}", "Ada\u{85}King"] {
        let new = json!({ "name": name, "credit_limit": 100 });
        let answer = client.post("/customers", new).await;
        answer.problem(422);
        assert_eq!(answer.body["errors"][0]["field"], "name", "{name:?}: {}", answer.body);
    }

    // Other texts that clients send are read as ids, or are no part of a list.
    let key = "no NUL, but \u{2}";
    let key = client.request(Method::POST, "/customers").header("Idempotency-Key", key.to_owned());
    assert!(key.build().is_err(), "HTTP has no such header");
    let token = r#"{"entity_type":"Customer\u0000","entity_id":"\u0000","version":1}"#;
    let list = client.request(Method::GET, "/customers").header("Consistency-Token", token);
    Answer::to(list).await.unwrap().problem(400);
    client.get("/customers/%00").await.problem(400);
    client.customer(100).await;
    client.until("/customers", |list| list["customers"][0]["credit_limit"] == 100).await;
}

async fn a_list_shows_the_change_that_its_token_names(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    for n in 1..=20 {
        let new = json!({ "name": format!("Customer {n}"), "credit_limit": n });
        let created = client.post("/customers", new).await;
        let list = client
            .request(Method::GET, "/customers?limit=1")
            .header("Consistency-Token", created.header("consistency-token"));
        let list = Answer::to(list).await.unwrap();
        assert_eq!(list.body["customers"][0]["id"], created.body["id"]);
    }
}

async fn the_history_tells_what_an_order_follows_from(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let ada = client.customer(10_000).await;
    let order = client.order(&ada, 6_000).await;
    client.order_in("approved", &order).await;

    let history = client.get(&format!("/orders/{order}/events")).await.body;
    let [created, approved] = &history["events"].as_array().unwrap()[..] else {
        panic!("{history}")
    };
    assert_eq!(created["event_type"], "OrderCreated");
    assert_eq!(created["data"], json!({ "customer_id": ada, "total": 6_000 }));
    assert_eq!(
        (&approved["event_type"], &approved["version"]),
        (&json!("OrderApproved"), &json!(2))
    );
    assert_eq!(approved["metadata"]["correlation_id"], created["event_id"]);
}

async fn lists_come_in_pages(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(client.customer(100).await);
    }
    ids.reverse();
    client
        .until("/customers", |list| list["customers"].as_array().is_some_and(|all| all.len() == 7))
        .await;
    let (mut found, mut path) = (Vec::new(), "/customers?limit=3".to_owned());
    loop {
        let page = client.get(&path).await.body;
        let customers = page["customers"].as_array().unwrap();
        found.extend(customers.iter().map(|customer| customer["id"].as_str().unwrap().to_owned()));
        match page["next"].as_i64() {
            Some(next) => path = format!("/customers?limit=3&before={next}"),
            None => break,
        }
    }
    assert_eq!(found, ids);
}

async fn the_stream_goes_on_where_a_client_was(place: &Place) {
    let mut program = Program::on(place);
    let ada = program.client().customer(10_000).await;
    let mut stream = Stream::open(&program, "/events?last=1", None).await;
    let created = stream.next().await;
    assert_eq!(created["event_type"], "CustomerCreated");
    assert_eq!(created["data"], json!({ "name": "Ada", "credit_limit": 10_000 }));
    assert_eq!((&created["entity_id"], &created["version"]), (&json!(ada), &json!(1)));
    let order = program.client().order(&ada, 6_000).await;
    let placed = stream.next().await;
    assert_eq!(
        (&placed["event_type"], &placed["entity_id"]),
        (&json!("OrderCreated"), &json!(order))
    );

    // A client that is still there doesn't keep it from ending.
    assert!(program.terminate().success());
    let program = Program::on(place);
    let seen = placed["position"].as_u64();
    let mut stream = Stream::open(&program, "/events?last=1", seen).await;
    let mut types = Vec::new();
    while types.len() < 2 {
        types.push(stream.next().await["event_type"].as_str().unwrap().to_owned());
    }
    assert_eq!(types, ["CreditReserved", "OrderApproved"]);
}

/// It was a client of another database, or of this one before a backup of it was restored.
async fn a_client_that_saw_more_than_there_is_begins_anew(place: &Place) {
    let program = Program::on(place);
    let ada = program.client().customer(10_000).await;
    for seen in [1_000_000, u64::MAX] {
        let mut stream = Stream::open(&program, "/events?last=1", Some(seen)).await;
        assert_eq!(stream.next().await["entity_id"], ada);
    }
}

async fn the_progress_of_each_subscriber_is_shown(place: &Place) {
    let program = Program::on(place);
    let client = program.client();
    let ada = client.customer(10_000).await;
    let order = client.order(&ada, 6_000).await;
    client.order_in("approved", &order).await;

    let caught_up = |list: &Value| {
        let subscribers = list["subscribers"].as_array();
        subscribers.is_some_and(|all| all.iter().all(|one| one["lag_events"] == 0))
    };
    let shown = client.until("/subscribers", caught_up).await;
    let subscribers = shown["subscribers"].as_array().unwrap();
    let ids: Vec<_> = subscribers.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["credit-reservation", "order-approval", "order-history"]);
    for subscriber in subscribers {
        assert_eq!((&subscriber["members"], &subscriber["paused"]), (&json!(1), &json!(false)));
        assert_eq!(
            (&subscriber["waiting_events"], &subscriber["last_error"]),
            (&json!(0), &Value::Null)
        );
        assert!(subscriber["position"].as_u64() >= Some(4), "{subscriber}");
    }
}

async fn what_was_stored_is_there_after_a_restart(place: &Place) {
    let mut program = Program::on(place);
    let ada = program.client().customer(10_000).await;
    let order = program.client().order(&ada, 6_000).await;
    program.kill();

    let program = Program::on(place);
    let client = program.client();
    client.order_in("approved", &order).await;
    let list = client.until("/orders", |list| list["orders"][0]["version"] == 2).await;
    assert_eq!(list["orders"].as_array().map(Vec::len), Some(1));
}

/// A client of the stream of events.
struct Stream {
    response: reqwest::Response,
    received: String,
}

impl Stream {
    async fn open(program: &Program, path: &str, last_event_id: Option<u64>) -> Self {
        let mut request = program.client().request(Method::GET, path);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream { response, received: String::new() }
    }

    /// The next message, whose id is the position in it.
    async fn next(&mut self) -> Value {
        loop {
            if let Some((message, rest)) = self.received.split_once("\n\n") {
                let field = |name| message.lines().find_map(|line| line.strip_prefix(name));
                let (id, data) = (field("id: "), field("data: "));
                let data: Option<Value> = data.map(|data| serde_json::from_str(data).unwrap());
                let id = id.map(str::to_owned);
                self.received = rest.to_owned();
                if let Some(data) = data {
                    assert_eq!(id, Some(data["position"].to_string()));
                    return data;
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.received.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn a_request_that_is_wrong_is_told_what_is_wrong() {
    let place = Place::sqlite().await;
    let program = Program::on(&place);
    let client = program.client();

    let wrong = json!({ "name": "  ", "credit_limit": 9_007_199_254_740_992_u64 });
    let answer = client.post("/customers", wrong).await;
    answer.problem(422);
    let fields: Vec<_> = answer.body["errors"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&fields[0]["field"], &fields[1]["field"]),
        (&json!("name"), &json!("credit_limit"))
    );
    assert!(fields[1]["message"].as_str().unwrap().contains("9007199254740991"));

    let negative = json!({ "name": "Ada", "credit_limit": -1 });
    assert!(client.post("/customers", negative).await.problem(422).contains("credit_limit"));
    let unknown = json!({ "name": "Ada", "credit_limit": 1, "vip": true });
    assert!(client.post("/customers", unknown).await.problem(422).contains("vip"));
    for (body, field) in [
        (json!({ "name": "Ada" }), "credit_limit"),
        (json!({ "name": 7, "credit_limit": 1 }), "name"),
        (json!({ "name": "Ada", "credit_limit": 1, "vip": true }), "vip"),
    ] {
        let answer = client.post("/customers", body).await;
        let detail = answer.problem(422);
        assert!(!detail.contains("line"), "{detail}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.body);
    }
    let list = client.post("/customers", json!(["Ada", 100])).await;
    assert!(list.problem(422).contains("object"));
    let nothing = json!({ "customer_id": "01934b0e-0000-7000-8000-000000000000", "total": 0 });
    assert_eq!(client.post("/orders", nothing).await.problem(422), "total: more than 0");

    let no_json = client
        .request(Method::POST, "/orders")
        .body("{")
        .header("Content-Type", "application/json");
    Answer::to(no_json).await.unwrap().problem(400);
    let no_type = client.request(Method::POST, "/orders").body("{}");
    Answer::to(no_type).await.unwrap().problem(415);
    let no_key = client.request(Method::POST, "/orders").header("Idempotency-Key", "");
    assert!(Answer::to(no_key).await.unwrap().problem(400).contains("Idempotency-Key"));
    let no_token = client.request(Method::GET, "/orders").header("Consistency-Token", "7");
    assert!(Answer::to(no_token).await.unwrap().problem(400).contains("Consistency-Token"));

    client.get("/orders/7").await.problem(400);
    client.get("/orders/01934b0e-0000-7000-8000-000000000000").await.problem(404);
    client.get("/orders?limit=0").await.problem(422);
    client.get("/orders?after=7").await.problem(400);
    client.get("/nowhere").await.problem(404);
    Answer::to(client.request(Method::DELETE, "/orders")).await.unwrap().problem(405);
}

#[tokio::test]
async fn the_openapi_document_describes_each_path() {
    let place = Place::sqlite().await;
    let program = Program::on(&place);
    let document = program.client().get("/openapi.json").await.body;
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/customers",
            "/customers/{id}",
            "/customers/{id}/orders",
            "/events",
            "/orders",
            "/orders/{id}",
            "/orders/{id}/cancellation",
            "/orders/{id}/events",
            "/subscribers",
        ]
    );
    let named: Vec<_> = document["components"]["schemas"].as_object().unwrap().keys().collect();
    assert!(named.iter().any(|name| *name == "Problem"), "{named:?}");

    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            let answers = &described["responses"];
            let has = |status: &str| answers[status].is_object();
            assert!(has("400") && has("500"), "{method} {path}: {answers}");
            assert!(answers["503"]["headers"]["Retry-After"].is_object(), "{method} {path}");
            let takes_fields = described["requestBody"].is_object();
            let is_list = described["parameters"].to_string().contains("\"limit\"");
            assert_eq!((has("413"), has("415")), (takes_fields, takes_fields), "{method} {path}");
            assert_eq!(has("422"), takes_fields || is_list, "{method} {path}");
        }
    }
    let schemas = &document["components"]["schemas"];
    for name in ["Customer", "Customers", "Order", "Orders", "Subscriber"] {
        let fields = schemas[name]["properties"].as_object().unwrap().len();
        assert_eq!(schemas[name]["required"].as_array().map(Vec::len), Some(fields), "{name}");
    }
    let states = json!(["pending", "approved", "rejected", "cancelled"]);
    assert_eq!(schemas["OrderState"]["enum"], states);
    assert_eq!(
        schemas["RejectionReason"]["enum"],
        json!(["insufficient_credit", "unknown_customer"])
    );
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for database in ["sqlite::memory:", "sqlite://:memory:", "sqlite://orders?mode=memory"] {
        // One that takes it is ended after that time.
        let output = std::process::Command::new("timeout")
            .args(["20", env!("CARGO_BIN_EXE_customers-and-orders")])
            .args(["--listen", "127.0.0.1:0", "--database", database])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("in memory") && said.contains("sqlite://FILE"), "{said}");
    }
}

#[tokio::test]
async fn a_taken_address_is_an_error_that_names_it() {
    let place = Place::sqlite().await;
    let program = Program::on(&place);
    let taken = program.address().strip_prefix("http://").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_customers-and-orders"))
        .args(["--listen", taken, "--database", &place.url()])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(taken), "{said}");
}
