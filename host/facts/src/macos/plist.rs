//! Property lists in XML (plist(5)), as `system_profiler -xml`, `diskutil -plist` and `ioreg -a` print them.
//!
//! Binary property lists are refused: they give nothing.

use crate::output::xml::Element;

/// A value of a property list.
#[derive(Debug, Clone, PartialEq)]
pub enum Plist {
    /// Without blanks around it.
    Text(String),
    Integer(i64),
    Real(f64),
    Boolean(bool),
    /// As it is written: `2024-02-26T05:47:45Z`.
    Date(String),
    /// In base64, as it is written.
    Data(String),
    List(Vec<Plist>),
    /// In the order of the text.
    Dict(Vec<(String, Plist)>),
}

impl Plist {
    /// The value of a document; none when it is no property list.
    pub fn parse(text: &str) -> Option<Self> {
        let root = Element::parse(text.trim_start_matches('\u{feff}'))?;
        if root.name == "plist" { value(root.elements().first()?) } else { None }
    }

    /// The member of a dictionary.
    pub fn get(&self, key: &str) -> Option<&Plist> {
        match self {
            Plist::Dict(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a member, without blanks around it and unless it is empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Plist::Text(text) | Plist::Date(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Plist::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The members of a list that is a member; empty when there is none.
    pub fn list(&self, key: &str) -> &[Plist] {
        match self.get(key) {
            Some(Plist::List(list)) => list,
            _ => &[],
        }
    }

    /// What system_profiler(8) lists of a data type: the `_items` of the first of its reports that is of this type.
    pub fn items(&self, data_type: &str) -> &[Plist] {
        match self {
            Plist::List(reports) => reports
                .iter()
                .find(|report| report.text("_dataType") == Some(data_type))
                .map(|report| report.list("_items"))
                .unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Depth and number are bounded by the reader of XML. What no property list has is left out.
fn value(element: &Element) -> Option<Plist> {
    let text = element.text().unwrap_or_default();
    Some(match element.name.as_str() {
        "string" => Plist::Text(text.to_owned()),
        "integer" => Plist::Integer(text.parse().ok()?),
        "real" => Plist::Real(text.parse().ok()?),
        "true" => Plist::Boolean(true),
        "false" => Plist::Boolean(false),
        "date" => Plist::Date(text.to_owned()),
        "data" => Plist::Data(text.split_whitespace().collect()),
        "array" => Plist::List(element.elements().iter().filter_map(value).collect()),
        "dict" => {
            let mut members = Vec::new();
            let mut key = None;
            for child in element.elements() {
                if child.name == "key" {
                    key = Some(child.text().unwrap_or_default().to_owned());
                } else if let (Some(key), Some(value)) = (key.take(), value(child)) {
                    members.push((key, value));
                }
            }
            Plist::Dict(members)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value() {
        let text = "<plist version=\"1.0\"><dict><key>a</key><string> x </string><key>n</key><integer>-3</integer>\
            <key>r</key><real>1.5</real><key>b</key><true/><key>d</key><date>2020-01-02T03:04:05Z</date>\
            <key>l</key><array><string>y</string><false/></array><key>o</key><odd/><key>q</key><data> YQ==\n</data>\
            </dict></plist>";
        let plist = Plist::parse(text).unwrap();
        assert_eq!(plist.text("a"), Some("x"));
        assert_eq!(plist.integer("n"), Some(-3));
        assert_eq!(plist.get("r"), Some(&Plist::Real(1.5)));
        assert_eq!(plist.get("b"), Some(&Plist::Boolean(true)));
        assert_eq!(plist.text("d"), Some("2020-01-02T03:04:05Z"));
        assert_eq!(plist.list("l"), [Plist::Text("y".to_owned()), Plist::Boolean(false)]);
        assert_eq!(plist.get("o"), None);
        assert_eq!(plist.get("q"), Some(&Plist::Data("YQ==".to_owned())));
    }

    #[test]
    fn what_is_no_property_list_is_none() {
        for text in ["", "bplist00", "<a/>", "<plist/>", "<plist><dict>"] {
            assert_eq!(Plist::parse(text), None, "{text}");
        }
        assert!(Plist::parse("<plist><array/></plist>").unwrap().items("SPUSBDataType").is_empty());
    }
}
