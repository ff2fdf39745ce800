//! Licences of Adobe's programs, from the cache that they keep of them (`SLCache/…/cache.db`): a table of facts, each with
//! a domain, a subdomain, a key and a value.
//!
//! Serial numbers stand in it with every digit exchanged, by a table of digits for each of their 24 places.

mod sqlite;

use airlock_model::Row;
use std::collections::BTreeMap;

/// The table of the database.
const TABLE: &str = "domain_data";

/// Joins the parts of a subdomain or a key.
const JOINT: &str = "{|}";

/// More products than this are left out.
const MOST: usize = 10_000;

/// For each place of a serial number the digit that stands for 0, 1, 2 …
const DIGITS: [&[u8; 10]; 24] = [
    b"0000000001",
    b"5038647192",
    b"1456053789",
    b"2604371895",
    b"4753896210",
    b"8145962073",
    b"0319728564",
    b"7901235846",
    b"7901235846",
    b"0319728564",
    b"8145962073",
    b"4753896210",
    b"2604371895",
    b"1426053789",
    b"5038647192",
    b"3267408951",
    b"5038647192",
    b"2604371895",
    b"8145962073",
    b"7901235846",
    b"3267408951",
    b"1426053789",
    b"4753896210",
    b"0319728564",
];

/// Licences of the text that the SQLite shell prints of the table: `1 <> subdomain <> key <> value`.
pub fn of_text(text: &str) -> Vec<Row> {
    let mut products = Products::default();
    for line in text.lines() {
        let mut fields = line.splitn(4, " <> ").skip(1);
        if let (Some(subdomain), Some(key), Some(value)) = (fields.next(), fields.next(), fields.next()) {
            products.take(subdomain, key, value);
        }
    }
    products.rows()
}

/// Licences of the database itself; none of what is no such database.
pub fn of_database(file: &[u8]) -> Vec<Row> {
    let mut products = Products::default();
    for record in sqlite::table(file, TABLE).unwrap_or_default() {
        if let [_, subdomain, key, value] = record.as_slice() {
            products.take(subdomain, key, value);
        }
    }
    products.rows()
}

/// What is known of each product, by its name.
#[derive(Default)]
struct Products(BTreeMap<String, Product>);

#[derive(Default)]
struct Product {
    key: Option<String>,
    fullname: Option<String>,
    components: Vec<String>,
}

impl Products {
    fn take(&mut self, subdomain: &str, key: &str, value: &str) {
        let name = subdomain.split(JOINT).next().unwrap_or_default();
        let key = key.split(JOINT).next().unwrap_or_default();
        match key {
            "SN" => {
                if let (Some(serial), Some(product)) = (serial(value), self.product(name)) {
                    product.key = Some(serial);
                }
            }
            "ALM_LicInfo_EpicAppName" => {
                if let Some(product) = self.product(name) {
                    product.fullname = Some(value.to_owned());
                }
            }
            // The product by whose licence this one runs.
            "FLMap" => {
                if let Some(product) = self.product(value)
                    && product.components.len() < MOST
                {
                    product.components.push(name.to_owned());
                }
            }
            _ => {}
        }
    }

    fn product(&mut self, name: &str) -> Option<&mut Product> {
        (self.0.len() < MOST || self.0.contains_key(name)).then(|| self.0.entry(name.to_owned()).or_default())
    }

    /// Only products with a number of their own are licensed.
    fn rows(self) -> Vec<Row> {
        let licensed = self.0.into_iter().filter(|(_, product)| product.key.is_some());
        licensed.map(|(name, product)| product.row(name)).collect()
    }
}

impl Product {
    fn row(mut self, name: String) -> Row {
        self.components.sort_unstable();
        self.components.dedup();
        let mut row = Row::new();
        row.set("name", name)
            .maybe("fullname", self.fullname)
            .maybe("key", self.key)
            .set("components", self.components.join("/"));
        row
    }
}

/// A serial number in its own digits, in groups of four.
pub(crate) fn serial(stored: &str) -> Option<String> {
    let stored = stored.trim();
    if stored.len() != DIGITS.len() {
        return None;
    }
    let mut serial = String::with_capacity(29);
    for (at, (digit, digits)) in stored.chars().zip(DIGITS).enumerate() {
        if at > 0 && at % 4 == 0 {
            serial.push('-');
        }
        let digit = usize::try_from(digit.to_digit(10)?).ok()?;
        serial.push(char::from(*digits.get(digit)?));
    }
    Some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_with_a_number_are_licensed() {
        let text = "1 <> Suite{|}en_GB <> SN <> 000000000000000000000000\n\
                    1 <> Suite <> ALM_LicInfo_EpicAppName{|}7 <> The Suite <> 9\n\
                    1 <> Draw{|}en_GB <> FLMap <> Suite\n1 <> Base{|}en_GB <> FLMap <> Suite\n\
                    1 <> Other <> SN <> 12\n1 <> Other <> FLMap\nnothing\n";
        let suite = Row::new()
            .with("name", "Suite")
            .with("fullname", "The Suite <> 9")
            .with("key", "0512-4807-7084-2153-5287-3140")
            .with("components", "Base/Draw");
        assert_eq!(of_text(text), [suite]);
        assert!(of_text("").is_empty() && of_database(b"").is_empty());
    }

    #[test]
    fn only_24_digits_are_a_number() {
        assert_eq!(serial("00000000000000000000000x"), None);
        assert_eq!(serial("٣٣٣٣٣٣٣٣٣٣٣٣"), None);
    }
}
