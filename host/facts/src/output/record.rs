//! Lines of `name : value`, as many tools print them.

/// What one thing is said to have, in the order of the lines.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Record {
    fields: Vec<(String, String)>,
}

/// More lines than any tool has for one thing; the rest is not kept.
const MOST: usize = 512;

impl Record {
    /// The value of a name, without blanks around it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim)
    }

    /// The value of a name as it stands, for tables of fixed columns.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.trim_end() == name).map(|(_, value)| value.as_str())
    }

    /// Names and values as they were printed: some tools leave blanks before the colon.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Adds a line; the last one of a name counts. True when it was one with a name and a value.
    pub(super) fn add(&mut self, line: &str) -> bool {
        let Some((name, value)) = pair(line) else { return false };
        if let Some((_, old)) = self.fields.iter_mut().find(|(known, _)| known == name) {
            value.clone_into(old);
        } else if self.fields.len() < MOST {
            self.fields.push((name.to_owned(), value.to_owned()));
        }
        true
    }
}

/// Name and value of a line, taken apart at its first colon. One blank after the colon belongs to the colon.
pub(super) fn pair(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let (name, value) = (name.trim_start(), value.strip_prefix(' ').unwrap_or(value).trim_end());
    (!name.trim_end().is_empty() && !value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_name_counts() {
        let mut record = Record::default();
        for line in ["  Name : one", "Name : two ", "Port-0 :", "no colon", ": nothing", "Data:   x : y"] {
            record.add(line);
        }
        assert_eq!(record.get("Name"), Some("two"));
        assert_eq!((record.raw("Data"), record.get("Data")), (Some("  x : y"), Some("x : y")));
        assert_eq!(record.fields().count(), 2);
        for number in 0..2 * MOST {
            record.add(&format!("n{number}: 1"));
        }
        assert_eq!(record.fields().count(), MOST);
    }
}
