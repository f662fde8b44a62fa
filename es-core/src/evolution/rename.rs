use serde_json::Value;

/// Gives a field of an object another name, for an `#[upcaster]`. What had that name before is lost.
///
/// Returns whether there was such a field: without one, and where the JSON isn't an object, nothing is changed.
///
/// ```
/// use es_core::evolution::rename_field;
/// use serde_json::json;
///
/// let mut json = json!({ "amount": 300, "to": "Ann" });
/// assert!(rename_field(&mut json, "amount", "cents"));
/// assert_eq!(json, json!({ "cents": 300, "to": "Ann" }));
/// assert!(!rename_field(&mut json, "amount", "cents"));
/// ```
pub fn rename_field(json: &mut Value, field: &str, name: &str) -> bool {
    let Value::Object(fields) = json else { return false };
    let Some((mut key, value)) = fields.remove_entry(field) else { return false };
    name.clone_into(&mut key);
    fields.insert(key, value);
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rename_field;

    #[test]
    fn only_the_name_of_a_field_changes() {
        let mut json = json!({ "amount": [1, 2], "cents": "older", "to": null });
        assert!(rename_field(&mut json, "amount", "cents"));
        assert_eq!(json, json!({ "cents": [1, 2], "to": null }));
        assert!(rename_field(&mut json, "to", "to"));
        assert_eq!(json, json!({ "cents": [1, 2], "to": null }));
        assert!(!rename_field(&mut json, "from", "to"));
        assert_eq!(json, json!({ "cents": [1, 2], "to": null }));
    }

    #[test]
    fn what_is_no_object_has_no_field() {
        for mut json in [json!(null), json!(["amount"]), json!("amount")] {
            let before = json.clone();
            assert!(!rename_field(&mut json, "amount", "cents"));
            assert_eq!(json, before);
        }
    }
}
