//! Adapters, from `lsdev -Cc adapter -F "name:type:description"` (lsdev), and what they say of cards and controllers.

use airlock_model::Row;

const MOST: usize = 16_384;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// `ent0`.
    pub name: String,
    /// The number of the card, or a word: `14108902`, `IBM,l-lan`.
    pub kind: String,
    pub description: String,
}

pub fn adapters(text: &str) -> Vec<Adapter> {
    let adapter = |line: &str| {
        let mut fields = line.splitn(3, ':').map(str::trim);
        let (name, kind, description) = (fields.next()?, fields.next()?, fields.next()?);
        let [name, kind, description] = [name, kind, description].map(str::to_owned);
        (!name.is_empty()).then_some(Adapter { name, kind, description })
    };
    text.lines().filter_map(adapter).take(MOST).collect()
}

impl Adapter {
    fn says(&self, words: &[&str]) -> bool {
        let description = self.description.to_ascii_lowercase();
        words.iter().any(|word| description.contains(word))
    }
}

/// The section `controllers`.
pub fn controllers(adapters: &[Adapter]) -> Vec<Row> {
    adapters
        .iter()
        .map(|one| Row::new().with("name", one.name.as_str()).with("type", one.description.as_str()))
        .collect()
}

/// The section `slots`.
pub fn slots(adapters: &[Adapter]) -> Vec<Row> {
    let row = |one: &Adapter| {
        let row = Row::new().with("name", one.name.as_str()).with("designation", one.kind.as_str());
        row.with("description", one.description.as_str())
    };
    adapters.iter().map(row).collect()
}

/// The section `videos`.
pub fn videos(adapters: &[Adapter]) -> Vec<Row> {
    of(adapters, &["graphics", "vga", "video"], "chipset")
}

/// The section `sounds`.
pub fn sounds(adapters: &[Adapter]) -> Vec<Row> {
    of(adapters, &["audio", "sound"], "description")
}

/// The section `modems`.
pub fn modems(adapters: &[Adapter]) -> Vec<Row> {
    of(adapters, &["modem"], "description")
}

fn of(adapters: &[Adapter], words: &[&str], field: &'static str) -> Vec<Row> {
    let named = adapters.iter().filter(|one| one.says(words));
    named.map(|one| Row::new().with("name", one.name.as_str()).with(field, one.description.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adapters_are_sorted_by_what_they_say() {
        let found =
            adapters("ent0:14:Lab Ethernet: fast\nlab0:15:LAB Graphics Adapter\npaud0:16:Lab Audio\n:x:y\nnothing\n");
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].description, "Lab Ethernet: fast");
        assert_eq!(videos(&found)[0].text("name"), Some("lab0"));
        assert_eq!(sounds(&found)[0].text("name"), Some("paud0"));
        assert!(modems(&found).is_empty());
        assert_eq!(slots(&found)[0].text("designation"), Some("14"));
        assert_eq!(controllers(&found).len(), 3);
    }
}
