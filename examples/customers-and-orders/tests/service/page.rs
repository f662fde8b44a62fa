//! The page, in a browser.

use crate::support::browser::Browser;
use crate::support::place::Place;
use crate::support::program::Program;

#[tokio::test]
async fn the_page_shows_customers_orders_events_and_progress() {
    let place = Place::sqlite().await;
    let mut program = Program::on(&place);
    let browser = Browser::start().await;
    browser.open(program.address()).await;
    browser.until_text("[data-testid=stream-state]", |state| state == "live").await;

    // What is wrong is said where it was entered, by the page and by the service.
    browser.click("customer-submit").await;
    browser.until_text("[data-field=name]", |error| error == "A name.").await;
    browser.until_text("[data-field=credit_limit]", |error| error.contains("25.50")).await;
    browser.enter("customer-name", "Ada").await;
    browser.enter("customer-limit", "99999999999999").await;
    browser.click("customer-submit").await;
    browser.until_text("[data-testid=problem]", |text| text.contains("credit_limit")).await;
    browser.until_text("[data-field=credit_limit]", |text| text.contains("exact in JSON")).await;

    browser.enter("customer-limit", "100.50").await;
    browser.click("customer-submit").await;
    browser.until_text("[data-testid=customers] li", |row| row.contains("100.50")).await;

    browser.enter("order-total", "60").await;
    browser.click("order-submit").await;
    let approved = "[data-testid=orders] li[data-state=approved]";
    browser.until_text(approved, |row| row.contains("Ada") && row.contains("60.00")).await;
    browser.until_text("[data-testid=customers] li", |row| row.contains("40.50")).await;

    browser.enter("order-total", "40,51").await;
    browser.click("order-submit").await;
    let rejected = "[data-testid=orders] li[data-state=rejected]";
    browser.until_text(rejected, |row| row.contains("insufficient credit")).await;

    browser.press(&format!("{approved} [data-testid=cancel]")).await;
    browser.find("[data-testid=orders] li[data-state=cancelled]").await;
    browser.until_text("[data-testid=customers] li", |row| row.contains("0.00 reserved")).await;

    for event in ["CreditReleased", "OrderCancelled", "OrderRejected", "OrderApproved"] {
        browser.find(&format!("[data-testid=timeline] li[data-type={event}]")).await;
    }
    for subscriber in ["credit-reservation", "order-approval", "order-history"] {
        let row = format!("[data-testid=subscribers] li[data-id={subscriber}]");
        browser.until_text(&row, |row| row.contains("up to date")).await;
    }

    // After a restart it goes on, and shows each event once.
    let address = program.address().to_owned();
    program.kill();
    browser.until_text("[data-testid=stream-state]", |state| state == "reconnecting").await;
    let program = Program::at(&address, &place);
    browser.until_text("[data-testid=stream-state]", |state| state == "live").await;
    program.client().customer(700).await;
    browser.until_text("[data-testid=customers] li", |row| row.contains("7.00")).await;
    browser.find("[data-testid=timeline] li:nth-child(10)").await;
    assert_eq!(browser.count("[data-testid=timeline] li").await, 10);
    browser.close().await;
}

#[tokio::test]
async fn the_chosen_customer_stays_chosen() {
    let place = Place::sqlite().await;
    let program = Program::on(&place);
    let browser = Browser::start().await;
    browser.open(program.address()).await;
    for name in ["Ada", "Bela"] {
        browser.enter("customer-name", name).await;
        browser.enter("customer-limit", "100").await;
        browser.click("customer-submit").await;
        browser.until_text("[data-testid=customers] li", |row| row.contains(name)).await;
    }

    // The newest stands first, and Ada was there before her.
    let ada = browser.find("[data-testid=order-customer] option:last-child").await;
    ada.click().await.unwrap();
    for total in ["1.00", "2.00"] {
        browser.enter("order-total", total).await;
        browser.click("order-submit").await;
        browser.until_text("[data-testid=orders] li", |row| row.contains(total)).await;
        browser.until_text("[data-testid=orders] li", |row| row.contains("Ada")).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn the_subscribers_are_seen_at_once() {
    let place = Place::sqlite().await;
    let program = Program::on(&place);
    let client = program.client();
    for _ in 0..9 {
        let ada = client.customer(100).await;
        client.order(&ada, 60).await;
    }
    let browser = Browser::start().await;
    browser.resize(1280, 900).await;
    browser.open(program.address()).await;
    browser.find("[data-testid=orders] li:nth-child(9)").await;
    browser.find("[data-testid=subscribers] li:nth-child(3)").await;
    let bottom = browser.bottom("subscribers").await;
    assert!(bottom < 300.0, "they end at {bottom}");
    browser.close().await;
}
