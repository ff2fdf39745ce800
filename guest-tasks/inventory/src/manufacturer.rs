//! Makers under one name each: firmware and drives write the same maker in a dozen ways.

/// Names that stand for another, whole.
const EXACT: &[(&str, &str)] = &[
    ("GenuineIntel", "Intel"),
    ("AuthenticAMD", "AMD"),
    ("TMx86", "Transmeta"),
    ("TransmetaCPU", "Transmeta"),
    ("CyrixInstead", "Cyrix"),
    ("CentaurHauls", "VIA"),
    ("HygonGenuine", "Hygon"),
];

/// Words that are the maker wherever they stand in the text; written with a capital.
const CONTAINED: &[&str] = &[
    "broadcom",
    "compaq",
    "dell",
    "epson",
    "fujitsu",
    "hitachi",
    "ibm",
    "intel",
    "kingston",
    "matshita",
    "maxtor",
    "nvidia",
    "pioneer",
    "samsung",
    "sony",
    "supermicro",
    "toshiba",
    "transcend",
];

/// The same, but only as whole words: they are part of too many others.
const WORDS: &[&str] = &["lg", "nec"];

/// How model numbers and short names begin.
const PREFIXES: &[(&str, &str)] = &[
    ("APPLE", "Apple"),
    ("HPE", "Hewlett-Packard"),
    ("HP", "Hewlett-Packard"),
    ("HEWLETT", "Hewlett-Packard"),
    ("MM", "Hewlett-Packard"),
    ("HGST", "Hitachi"),
    ("HD", "Hitachi"),
    ("IC", "Hitachi"),
    ("HU", "Hitachi"),
    ("SEAGATE", "Seagate"),
    ("ST", "Seagate"),
    ("OPTIARC", "Sony"),
    ("WESTERN", "Western Digital"),
    ("WDC", "Western Digital"),
    ("WD", "Western Digital"),
    ("CT", "Crucial"),
    ("PNY", "PNY"),
];

/// The maker under its usual name; an unknown one unchanged.
pub fn canonical(maker: &str) -> String {
    known(maker).unwrap_or_else(|| maker.trim().to_owned())
}

/// The maker that a model's name gives away.
pub fn of_model(model: &str) -> Option<String> {
    known(model)
}

fn known(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((_, name)) = EXACT.iter().find(|(known, _)| *known == text) {
        return Some((*name).to_owned());
    }
    let lower = text.to_ascii_lowercase();
    let whole_word = |word: &str| lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word);
    let contained = CONTAINED.iter().find(|word| lower.contains(*word)).or(WORDS.iter().find(|word| whole_word(word)));
    if let Some(word) = contained {
        return Some(capitalised(word));
    }
    let upper = text.to_ascii_uppercase();
    PREFIXES.iter().find(|(prefix, _)| begins(&upper, prefix)).map(|(_, name)| (*name).to_owned())
}

/// Two letters begin a model number only when a digit or a space follows them, or nothing at all, or when a word goes on
/// that is long and has digits, as only model numbers are: `ST500DM002` and `HUS724040`, not `STEC`. Longer prefixes
/// speak for themselves.
fn begins(text: &str, prefix: &str) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else { return false };
    let word = text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_number = word.len() > 6 && word.bytes().filter(u8::is_ascii_digit).count() > 3;
    prefix.len() > 2 || is_number || rest.chars().next().is_none_or(|next| !next.is_ascii_alphabetic())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| std::iter::once(first.to_ascii_uppercase()).chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_each() {
        for (text, name) in [
            ("GenuineIntel", "Intel"),
            ("Intel(R) Corporation", "Intel"),
            ("SAMSUNG MZVLB512", "Samsung"),
            ("ST500DM002-1BD142", "Seagate"),
            ("WDC WD10EZEX", "Western Digital"),
            ("HL-DT-ST", "HL-DT-ST"),
            ("LG Electronics", "Lg"),
            ("algorithmics", "algorithmics"),
            ("HP", "Hewlett-Packard"),
            ("HUS724040ALA640", "Hitachi"),
            ("STEC", "STEC"),
            ("STEC ZeusIOPS 1234", "STEC ZeusIOPS 1234"),
            ("ACME", "ACME"),
            ("", ""),
        ] {
            assert_eq!(canonical(text), name, "{text}");
        }
    }
}
