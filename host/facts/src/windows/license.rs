//! Office licences, from the keys below `…\Microsoft\Office\VERSION\Registration`.

mod key;

pub use key::product_key;

use super::registry::Key;
use super::text::wide;
use airlock_model::Row;

/// Rows of the section `licenseinfos`: of a key of a product, or of those in it.
pub fn rows(registration: &Key) -> Vec<Row> {
    let alone = std::iter::once(registration).chain(registration.keys());
    alone.filter_map(|product| row(product, registration)).collect()
}

fn row(product: &Key, registration: &Key) -> Option<Row> {
    let secret = product.bytes("DigitalProductID");
    let name = product.text("ProductNameNonQualified").or_else(|| product.text("ProductNameVersion"));
    if secret.is_none() && name.is_none() {
        return None;
    }
    let said = |names: &[&str]| names.iter().find_map(|name| product.text(name));
    // What was bought has a key of its own beside what is installed.
    let bought = secret.and_then(activation).and_then(|id| registration.key(&format!("{{{id}}}"))?.text("ProductName"));
    let mut row = Row::new();
    row.maybe("name", name)
        .maybe("fullname", bought.or_else(|| said(&["ProductName", "ConvertToEdition", "ProductNameBrand"])))
        .maybe("productid", product.text("ProductID"))
        .maybe("key", secret.and_then(product_key))
        .maybe("update", product.text("SPLevel"))
        .maybe("trial", product.number("TrialType").map(|kind| kind != 0))
        .maybe("oem", product.number("OEM").map(|oem| oem != 0));
    let components = components(product);
    if !components.is_empty() {
        row.set("components", components.join("/"));
    }
    Some(row)
}

/// The identifier of what was bought, in the longer form of `DigitalProductID`.
fn activation(id: &[u8]) -> Option<String> {
    Some(wide(id.get(136..264)?)).filter(|id| id.len() == 36)
}

/// The programs of a suite: they have two names each, with and without the year.
fn components(product: &Key) -> Vec<&str> {
    let programs = product.named("NameVersion").filter(|name| *name != "Product");
    let mut programs: Vec<&str> = programs.filter(|name| product.value(&format!("{name}Name")).is_some()).collect();
    programs.sort_unstable();
    programs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_with_its_programs() {
        let registration = Key::parse(
            "[H\\Registration]\n[H\\Registration\\{1}]\n\"ProductNameNonQualified\"=\"Suite\"\n\"WordName\"=\"W\"\n\
             \"WordNameVersion\"=\"W 1\"\n\"AccessName\"=\"A\"\n\"AccessNameVersion\"=\"A 1\"\n\"OtherNameVersion\"=\"O\"\n\
             \"TrialType\"=dword:00000000\n\"OEM\"=\"1\"\n[H\\Registration\\{2}]\n\"x\"=\"y\"\n",
        );
        let rows = rows(&registration.unwrap());
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("name"), rows[0].text("components")), (Some("Suite"), Some("Access/Word")));
        assert_eq!(rows[0].get("trial"), Some(&false.into()));
    }

    #[test]
    fn what_was_bought_has_a_key_of_its_own() {
        let id = "01234567-89ab-cdef-0123-456789abcdef";
        let bytes = [0; 136].into_iter().chain(id.encode_utf16().flat_map(u16::to_le_bytes)).chain([0; 60]);
        let digits: Vec<String> = bytes.map(|byte| format!("{byte:02x}")).collect();
        let registration = Key::parse(&format!(
            "[H\\R\\{{1}}]\n\"DigitalProductID\"=hex:{}\n\"ConvertToEdition\"=\"Most\"\n[H\\R\\{{{id}}}]\n\"ProductName\"=\"Less\"\n",
            digits.join(",")
        ));
        assert_eq!(rows(&registration.unwrap())[0].text("fullname"), Some("Less"));
    }
}
