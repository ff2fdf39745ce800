//! Instances of WMI classes, as `wmic path CLASS get /format:list` writes them: `Property=value` a line, blank lines
//! between instances. Lists are `{"a","b"}`; some versions write `&` as `&amp;`.

use super::registry::Key;

/// Instances and properties that are kept of one class.
const INSTANCES: usize = 50_000;
const PROPERTIES: usize = 1_000;

/// One instance of a class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instance {
    properties: Vec<(String, String)>,
}

/// Reads the instances of a text.
pub fn instances(text: &str) -> Vec<Instance> {
    let mut instances = Vec::new();
    let mut open = Instance::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_matches('\r');
        if line.trim().is_empty() {
            finish(&mut open, &mut instances);
        } else if let Some((name, value)) = line.split_once('=').filter(|(name, _)| is_name(name))
            && open.properties.len() < PROPERTIES
        {
            open.properties.push((name.to_owned(), unescaped(value)));
        }
    }
    finish(&mut open, &mut instances);
    instances
}

fn finish(open: &mut Instance, instances: &mut Vec<Instance>) {
    let instance = std::mem::take(open);
    if !instance.properties.is_empty() && instances.len() < INSTANCES {
        instances.push(instance);
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

impl Instance {
    /// A property as it is written; none when it is empty.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// A text, without blanks around it and unless it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim).filter(|text| !text.is_empty())
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// A number that is written with its sign although it has none: WMI's numbers of 32 bits.
    pub fn unsigned(&self, name: &str) -> Option<u32> {
        let number: i64 = self.text(name)?.parse().ok()?;
        u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).ok()
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The members of a list.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let Some(inner) = self.text(name).and_then(|text| text.strip_prefix('{')?.strip_suffix('}')) else {
            return Vec::new();
        };
        inner.split(',').map(|member| member.trim().trim_matches('"')).filter(|member| !member.is_empty()).collect()
    }

    /// A date of WMI (`20140401000000.000000+000`) as `YYYY-MM-DD`.
    pub fn date(&self, name: &str) -> Option<String> {
        compact_date(self.text(name)?)
    }
}

/// `20140401…` as `2014-04-01`.
pub(super) fn compact_date(text: &str) -> Option<String> {
    let date = format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?);
    Some(date).filter(|date| airlock_model::dates::is_date(date))
}

/// The first of several sources that knows a text.
pub(super) fn either<'a>(
    instance: Option<&'a Instance>,
    property: &str,
    key: Option<&'a Key>,
    value: &str,
) -> Option<&'a str> {
    instance.and_then(|instance| instance.text(property)).or_else(|| key.and_then(|key| key.text(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_between_blank_lines() {
        let text = "\u{feff}\r\r\n\r\r\nName=A &amp; B \r\r\nEmpty=\r\r\nOn=TRUE\r\r\nSerial=-2\r\r\nList={\"x\",\"y\"}\r\r\n\r\r\n\
                    # a remark = none\nName=C\nInstallDate=20140401000000.000000+000\n";
        let found = instances(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].raw("Name"), found[0].text("Name")), (Some("A & B "), Some("A & B")));
        assert_eq!((found[0].text("Empty"), found[0].flag("On")), (None, Some(true)));
        assert_eq!((found[0].unsigned("Serial"), found[0].number("Serial")), (Some(0xffff_fffe), None));
        assert_eq!(found[0].list("List"), ["x", "y"]);
        assert_eq!(found[1].date("InstallDate").as_deref(), Some("2014-04-01"));
    }

    #[test]
    fn garbage_gives_nothing() {
        assert!(instances("no instance\n=x\n\u{0}=1\n").is_empty());
        assert_eq!(compact_date("20141301"), None);
        assert_eq!(compact_date("2014é"), None);
    }
}
