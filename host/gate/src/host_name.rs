//! What a name of a host looks like, wherever a server or an owner gives one: labels of letters, digits, `-` and `_` with dots
//! between them (RFC 952, RFC 1123, 2.1). Nothing else gets as far as a resolver, and nothing that another program could take
//! for an option or for a number that stands for an address.

/// Characters of a name, and of a label of it (RFC 1035, 2.3.4).
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// An error in words where it is none. A dot at the end is part of a name.
pub fn check_host_name(text: &str) -> Result<(), String> {
    let refused = |why: &str| Err(format!("{:?} is no name of a host: {why}", airlock_model::short_line(text, 60)));
    let bare = text.strip_suffix('.').unwrap_or(text);
    if bare.is_empty() || bare.len() > LONGEST {
        return refused("it has between 1 and 253 characters");
    }
    let mut last = "";
    for label in bare.split('.') {
        if label.is_empty() || label.len() > LONGEST_LABEL {
            return refused("its parts have between 1 and 63 characters");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return refused("no part begins or ends with -");
        }
        if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return refused("it has letters, digits, - and _");
        }
        last = label;
    }
    // 010.1.0.1, 10.1, 167837697, 0x0a010001: some programs read addresses in them.
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    let is_hex = last.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"))
        && last.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit());
    if is_number || is_hex {
        return refused("its last part is a number");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_names() {
        for text in
            ["switch", "sw1.example", "sw-1.core.example.", "xn--bcher-kva.example", "_x.example", "3com", "1.example"]
        {
            assert_eq!(check_host_name(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn ne_10_what_another_program_could_obey_is_no_name() {
        let long = format!("{}.example", "a".repeat(64));
        for text in [
            "-oProxyCommand=touch /tmp/x",
            "-oProxyCommand",
            "a.-b",
            "a-.b",
            "h -oProxyCommand=x",
            "$(id)",
            "h;id",
            "h\n",
            "user@h",
            "h/../x",
            "[::1]",
            "h:22",
            "",
            ".",
            "a..b",
            "010.1.0.1",
            "167837697",
            "10.1",
            "0x0a010001",
            "bücher.example",
            long.as_str(),
        ] {
            assert!(check_host_name(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_name_begins_as_an_option_does(text in "\\PC{0,40}") {
            if check_host_name(&text).is_ok() {
                prop_assert!(!text.starts_with('-') && !text.contains(|c: char| c.is_whitespace() || "=;|&$`'\"/\\@".contains(c)));
            }
        }
    }
}
