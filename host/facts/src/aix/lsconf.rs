//! The configuration of the system, from `lsconf` (prtconf): `Name: value` lines, then parts with a title.
//!
//! What follows the part on paging space is drawn as tables, which other tools say better; it is left out.

const MOST: usize = 1024;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lsconf {
    pub values: Vec<(String, String)>,
    /// `Network Information`, `Paging Space Information`.
    pub parts: Vec<(String, Vec<(String, String)>)>,
}

impl Lsconf {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub fn read(text: &str) -> Lsconf {
    let mut said = Lsconf::default();
    for line in text.lines().take(MOST) {
        let Some((name, value)) = line.split_once(':') else {
            match line.trim() {
                "Volume Groups Information" => break,
                "" => {}
                title => said.parts.push((title.to_owned(), Vec::new())),
            }
            continue;
        };
        let pair = (name.trim().to_owned(), value.trim().to_owned());
        match said.parts.last_mut() {
            Some((_, values)) => values.push(pair),
            None => said.values.push(pair),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_belong_to_the_title_above_them() {
        let said = read(
            "System Model: LAB,1\nLPAR Info: 1 one:two\n \nNetwork Information\n\tHost Name: alpha\n \nVolume Groups Information\n====\nrootvg:\n",
        );
        assert_eq!(said.get("LPAR Info"), Some("1 one:two"));
        assert_eq!(said.parts.len(), 1);
        assert_eq!(said.parts[0].1[0], ("Host Name".to_owned(), "alpha".to_owned()));
        assert_eq!(read(""), Lsconf::default());
    }
}
