//! Several instances share the work, and are killed at it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::client::{Answer, Client};
use crate::support::on_each_database;
use crate::support::place::Place;
use crate::support::program::Program;

const CUSTOMERS: usize = 5;
const CREDIT: u64 = 1_000;
const CLIENTS: usize = 6;
const ORDERS_OF_CLIENT: usize = 30;
const KILLS: usize = 6;

const STARTS: usize = 8;

on_each_database!(
    several_may_start_on_an_empty_database,
    each_order_is_decided_once_whoever_is_killed,
);

async fn several_may_start_on_an_empty_database(place: &Place) {
    let programs: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..STARTS).map(|_| scope.spawn(|| Program::on(place))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let ada = programs[0].client().customer(CREDIT).await;
    let other = programs[STARTS - 1].client();
    let shown = other.until("/customers", |list| list["customers"] != json!([])).await;
    assert_eq!(shown["customers"][0]["id"], ada);
}

async fn each_order_is_decided_once_whoever_is_killed(place: &Place) {
    let mut programs = [Program::on(place), Program::on(place), Program::on(place)];
    let instances = Instances::of(&programs);
    let mut customers = Vec::new();
    for _ in 0..CUSTOMERS {
        customers.push(instances.any(0).customer(CREDIT).await);
    }

    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(order(number, instances.clone(), customers.clone()));
    }
    for kill in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let victim = kill % programs.len();
        programs[victim].kill();
        programs[victim] = Program::on(place);
        instances.replace(victim, &programs[victim]);
    }
    let orders: Vec<String> = clients.join_all().await.into_iter().flatten().collect();

    let client = instances.any(0);
    let decided = client.until("/orders?limit=1000", |list| all_decided(list, orders.len())).await;
    let shown = decided["orders"].as_array().unwrap();
    for id in &orders {
        let order = client.get(&format!("/orders/{id}")).await.body;
        // Each of its events is in the view once, and there is one decision.
        assert_eq!(order["version"], 2, "{order}");
        assert!(shown.contains(&order), "the view doesn't show {order}");
    }
    let approved = |customer: &str| -> u64 {
        let of_customer = shown.iter().filter(|order| order["customer_id"] == customer);
        let approved = of_customer.filter(|order| order["state"] == "approved");
        approved.map(|order| order["total"].as_u64().unwrap()).sum()
    };
    let list = client.get("/customers").await.body;
    for id in &customers {
        let customer = client.get(&format!("/customers/{id}")).await.body;
        let reserved = customer["reserved"].as_u64().unwrap();
        assert!(reserved <= CREDIT && reserved == approved(id), "{customer}: {}", approved(id));
        assert!(list["customers"].as_array().unwrap().contains(&customer), "{customer}: {list}");
    }
    let refused = shown.iter().filter(|order| order["state"] == "rejected").count();
    assert!(refused > 0, "there was credit for all of them");
}

/// Places orders, each until some instance says that it is placed.
async fn order(number: usize, instances: Instances, customers: Vec<String>) -> Vec<String> {
    let mut orders = Vec::new();
    for n in 0..ORDERS_OF_CLIENT {
        let customer = &customers[(number + n) % customers.len()];
        let body = json!({ "customer_id": customer, "total": 40 + n });
        let key = format!("client {number}, order {n}");
        let mut attempt = number + n;
        orders.push(loop {
            let client = instances.any(attempt);
            let request = client.request(Method::POST, "/orders").header("Idempotency-Key", &key);
            match Answer::to(request.json(&body)).await {
                Ok(answer) if answer.status.is_success() => break answer.created(),
                Ok(answer) => assert!(answer.status.is_server_error(), "{}", answer.body),
                // It was killed.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
            attempt += 1;
        });
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    orders
}

fn all_decided(list: &Value, expected: usize) -> bool {
    let orders = list["orders"].as_array();
    orders.is_some_and(|orders| {
        orders.len() == expected
            && orders.iter().all(|order| order["state"] != "pending" && order["version"] == 2)
    })
}

/// The instances that run at the moment.
#[derive(Clone)]
struct Instances(Arc<Mutex<Vec<Client>>>);

impl Instances {
    fn of(programs: &[Program]) -> Self {
        Instances(Arc::new(Mutex::new(programs.iter().map(Program::client).collect())))
    }

    fn any(&self, number: usize) -> Client {
        let clients = self.0.lock().unwrap();
        clients[number % clients.len()].clone()
    }

    fn replace(&self, number: usize, program: &Program) {
        self.0.lock().unwrap()[number] = program.client();
    }
}
