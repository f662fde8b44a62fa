//! `fold replay|apply generated|by-hand EVENTS` folds so many events, for a tool that counts its instructions.

use std::error::Error;

use benches::fold;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [work, how, events] = words[..] else {
        return Err("usage: fold replay|apply generated|by-hand EVENTS".into());
    };
    let events = events.parse()?;
    let balance = match (work, how) {
        ("replay", "generated") => fold::replay_all_generated(events)?,
        ("replay", "by-hand") => fold::replay_all_by_hand(events)?,
        ("apply", "generated") => fold::apply_all_generated(events)?,
        ("apply", "by-hand") => fold::apply_all_by_hand(events)?,
        _ => return Err(format!("there is no {work} {how}").into()),
    };
    println!("{balance}");
    Ok(())
}
