//! SN-08: texts that want to be something else. A text goes through the whole of it: the device's bytes, what the tasks make of
//! them, a row of the report, the document for the server, a line on a terminal.

use super::{SYS_NAME, name, settings, snmp};
use airlock_gate::calls;
use airlock_mib::{Syntax, value};
use airlock_tests::snmp_device::{OCTETS, Objects, SnmpDevice, tlv};

/// What a device calls itself, and what is left of it.
fn told(bytes: &[u8]) -> Option<String> {
    let objects = Objects::default().with(&SYS_NAME, &tlv(OCTETS, bytes));
    let device = SnmpDevice::start(move |asked| vec![objects.honest(asked)]);
    let Ok(calls::Syntax::Octets(read)) = name(&snmp(settings()), &device) else { panic!("no text") };
    // The bytes themselves are the task's to judge: it gets them as they are.
    assert_eq!(read, bytes);
    value::text(&Syntax::Octets(read))
}

#[test]
fn sn_08_texts_are_texts_and_nothing_else() {
    let long = "A".repeat(255);
    for bytes in [
        &b"\"><script>alert(1)</script>"[..],
        b"\x1b[2J\x1b]0;owned\x07",
        b"=cmd|'/c calc'!A0",
        b"]]>&lt;!DOCTYPE x [<!ENTITY a \"b\">]>",
        b"\xff\xfe\x80name\xc3\x28",
        b"name\0behind",
        "a\u{202e}b\u{feff}c\u{2028}d".as_bytes(),
        b"\r\n\r\nHTTP/1.1 200 OK",
        long.as_bytes(),
    ] {
        let Some(text) = told(bytes) else { continue };
        let obeyed = |c: char| c.is_control() && c != '\n';
        assert!(!text.chars().any(obeyed) && text.len() <= 4 * bytes.len(), "{bytes:?}: {text:?}");
    }
}

#[test]
fn sn_08_twin_an_ordinary_name_is_word_for_word() {
    for text in ["sw-cellar-1.example.org", "Küche, 2. Stock", "プリンタ", "a <b> & \"c\""] {
        let expected = text.replace('"', "");
        let found = told(text.as_bytes()).unwrap();
        assert!(found == text || found == expected, "{text}: {found}");
    }
}
