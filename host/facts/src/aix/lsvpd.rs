//! The vital product data, from `lsvpd`: lines of two-letter keywords, a record for each part of the machine.
//!
//! A record begins with `*FC ????????`; what stands before the first one is of the tool and the system. Where a keyword
//! comes several times in a record the last one counts, except that an empty one says nothing.
//! Keywords with a digit are for the maker's own use and left out.

use std::collections::BTreeMap;

const MOST: usize = 65_536;

/// The values of one part, by keyword.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<String, String>);

impl Record {
    pub fn get(&self, keyword: &str) -> Option<&str> {
        self.0.get(keyword).map(String::as_str)
    }

    /// What the part is: `System VPD`, `Memory DIMM`.
    pub fn description(&self) -> &str {
        self.get("DS").unwrap_or_default()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(keyword, value)| (keyword.as_str(), value.as_str()))
    }
}

pub fn records(text: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for line in text.lines() {
        let Some((keyword, value)) = line.strip_prefix('*').and_then(|line| line.split_at_checked(2)) else { continue };
        let value = value.trim();
        if keyword == "FC" && value.starts_with('?') {
            if records.len() == MOST {
                break;
            }
            records.push(Record::default());
        } else if let Some(last) = records.last_mut()
            && !value.is_empty()
            && keyword.bytes().all(|b| b.is_ascii_uppercase())
        {
            last.0.insert(keyword.to_owned(), value.to_owned());
        }
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_hold_the_last_value_of_a_keyword() {
        let found = records(
            "*VC 5.0\n*TM LAB,1\n*FC ????????\n*DS System VPD\n*CL one\n*CL two  \n*FC 1-2\n*SN \n*Z0 0A1B\n*FC ????????\n*é\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].description(), "System VPD");
        assert_eq!(found[0].get("CL"), Some("two"));
        assert_eq!(found[0].get("FC"), Some("1-2"));
        assert_eq!((found[0].get("SN"), found[0].get("Z0")), (None, None));
        assert_eq!(found[1], Record::default());
    }
}
