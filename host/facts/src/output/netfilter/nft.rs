//! `nft -j list ruleset` (libnftables-json(5)).

use super::{Chain, Rules};
use serde_json::{Map, Value};

/// The rules; none when the text is not the tool's.
pub fn rules(text: &str) -> Option<Rules> {
    let document: Value = serde_json::from_str(text).ok()?;
    let mut rules = Rules::default();
    for item in document.get("nftables")?.as_array()? {
        if let Some(chain) = item.get("chain") {
            let incoming = said(chain, "hook") == Some("input") && said(chain, "type") == Some("filter");
            let known = rules.chain(&full_name(chain, "name")?);
            known.incoming = incoming;
            known.drops |= said(chain, "policy") == Some("drop");
        } else if let Some(rule) = item.get("rule") {
            let table = full_name(rule, "chain")?;
            let table = table.rsplit_once('/').map_or("", |(table, _)| table).to_owned();
            let chain = rules.chain(&full_name(rule, "chain")?);
            verdicts(rule.get("expr").unwrap_or(&Value::Null), &table, chain);
        } else if let Some(map) = item.get("map") {
            // A map of verdicts is looked up by rules of its table: what it may decide counts where it is used.
            let chain = rules.chain(&format!("{}@", full_name(map, "name")?));
            let table = full_name(map, "name")?;
            let table = table.rsplit_once('/').map_or("", |(table, _)| table).to_owned();
            verdicts(map.get("elem").unwrap_or(&Value::Null), &table, chain);
        }
    }
    Some(rules)
}

/// `inet/filter/input`: chains are told apart by family and table too.
fn full_name(item: &Value, name: &str) -> Option<String> {
    Some(format!("{}/{}/{}", said(item, "family")?, said(item, "table")?, said(item, name)?))
}

fn said<'a>(item: &'a Value, name: &str) -> Option<&'a str> {
    item.get(name)?.as_str()
}

/// Takes every verdict of an expression, however deep it stands in it: the parser of JSON bounds how deep that is.
fn verdicts(expression: &Value, table: &str, chain: &mut Chain) {
    match expression {
        Value::Array(list) => list.iter().for_each(|one| verdicts(one, table, chain)),
        Value::Object(object) => of_object(object, table, chain),
        // A map of verdicts by its name.
        Value::String(name) if name.starts_with('@') => {
            chain.jumps.insert(format!("{table}/{}@", name.trim_start_matches('@')));
        }
        _ => {}
    }
}

fn of_object(object: &Map<String, Value>, table: &str, chain: &mut Chain) {
    for (name, value) in object {
        match name.as_str() {
            "drop" | "reject" => chain.drops = true,
            "jump" | "goto" => {
                if let Some(target) = said(value, "target") {
                    chain.jumps.insert(format!("{table}/{target}"));
                }
            }
            _ => verdicts(value, table, chain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(policy: &str, expression: &str) -> bool {
        let text = format!(
            r#"{{"nftables":[{{"metainfo":{{"version":"1.0"}}}},{{"table":{{"family":"inet","name":"f"}}}},
            {{"chain":{{"family":"inet","table":"f","name":"in","type":"filter","hook":"input","policy":"{policy}"}}}},
            {{"chain":{{"family":"inet","table":"f","name":"lab"}}}},
            {{"map":{{"family":"inet","table":"f","name":"m","map":"verdict","elem":[["lo",{{"drop":null}}]]}}}},
            {{"rule":{{"family":"inet","table":"f","chain":"lab","expr":[{{"drop":null}}]}}}},
            {{"rule":{{"family":"inet","table":"f","chain":"in","expr":{expression}}}}}]}}"#
        );
        rules(&text).unwrap().filters()
    }

    #[test]
    fn what_keeps_packets_away() {
        assert!(!with("accept", r#"[{"match":{"right":"lo"}},{"accept":null}]"#));
        assert!(with("drop", "[]"));
        assert!(with("accept", r#"[{"reject":{"type":"tcp reset"}}]"#));
        assert!(with("accept", r#"[{"jump":{"target":"lab"}}]"#));
        assert!(with("accept", r#"[{"vmap":{"key":1,"data":{"set":[[1,{"goto":{"target":"lab"}}]]}}}]"#));
        assert!(with("accept", r#"[{"vmap":{"key":1,"data":"@m"}}]"#));
        assert!(!with("accept", r#"[{"jump":{"target":"in"}}]"#));
    }

    #[test]
    fn other_texts_are_no_rules() {
        for text in ["", "[]", "{}", "{\"nftables\":7}", "{\"nftables\":[{\"chain\":{}}]}"] {
            assert_eq!(rules(text), None, "{text}");
        }
        assert!(!rules("{\"nftables\":[]}").unwrap().filters());
        assert_eq!(rules(&"[".repeat(10_000)), None);
    }
}
