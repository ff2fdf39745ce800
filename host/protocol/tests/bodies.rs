//! Bodies: what is packed opens to what it was, servers' labels are wrong in the ways that they are, bombs are refused.

#![allow(clippy::unwrap_used, reason = "a test's helpers too")]

use airlock_protocol::bodies::{BodyError, Coding, Format, Limits, Opened, open, pack};
use proptest::prelude::*;

const PACKED: [Coding; 2] = [Coding::Zlib, Coding::Gzip];

fn label(coding: Coding) -> Option<&'static str> {
    Some(coding.content_type(Format::Xml))
}

fn opened(label: Option<&str>, body: &[u8]) -> Opened {
    open(label, body, &Limits::default()).unwrap()
}

#[test]
fn labels_that_lie_do_no_harm() {
    let text = b"<REPLY/>";
    for coding in PACKED {
        let body = pack(text, coding);
        for label in [None, Some("text/html; charset=UTF-8"), Some("application/xml"), label(coding)] {
            assert_eq!(opened(label, &body), Opened { bytes: text.to_vec(), coding, before: 0, after: 0 });
        }
    }
    for label in ["application/x-compressed", "application/x-compress-zlib", "application/x-compress-gzip"] {
        let plain = Opened { bytes: text.to_vec(), coding: Coding::Plain, before: 0, after: 0 };
        assert_eq!(opened(Some(label), text), plain);
        assert_eq!(opened(Some(label), b"").bytes, b"");
    }
}

#[test]
fn words_before_and_bytes_after_are_counted() {
    for coding in PACKED {
        let body = [b"Warning: \x1f\x8b\x08 x\x78\x9c y\n", &pack(b"{}", coding)[..], b"\n\0rest"].concat();
        let opened = opened(label(coding), &body);
        assert_eq!(opened, Opened { bytes: b"{}".to_vec(), coding, before: 19, after: 6 });
    }
    let page = [b"<br />Notice\n", &pack(b"{}", Coding::Zlib)[..]].concat();
    assert_eq!(opened(label(Coding::Zlib), &page).bytes, b"{}");
    // Not labelled as packed: a page is a page.
    assert_eq!(opened(Some("text/html"), &page).coding, Coding::Plain);
}

#[test]
fn what_is_not_a_document_is_named() {
    let error = open(label(Coding::Zlib), b"it \x1b[31mworks", &Limits::default()).unwrap_err();
    let words = error.to_string();
    assert!(matches!(error, BodyError::Neither { .. }));
    assert!(words.contains("application/x-compress-zlib") && words.contains("works"), "{words}");
    assert!(!words.contains('\x1b'), "{words:?}");
    let error = open(Some("application/x-br"), b"xxxx", &Limits::default()).unwrap_err();
    assert_eq!(error, BodyError::Coding { label: "application/x-br".to_owned() });
}

#[test]
fn a_body_that_breaks_off_is_damaged() {
    for coding in PACKED {
        let body = pack(&b"some text that is long enough ".repeat(20), coding);
        for cut in [1, 3, body.len() / 2] {
            let error = open(label(coding), &body[..body.len() - cut], &Limits::default()).unwrap_err();
            assert!(matches!(error, BodyError::Damaged { .. }), "{coding:?} {cut} {error:?}");
        }
        let mut wrong = body.clone();
        let at = wrong.len() - 5;
        wrong[at] ^= 1;
        assert!(matches!(open(label(coding), &wrong, &Limits::default()), Err(BodyError::Damaged { .. })));
    }
}

#[test]
fn bombs_are_refused_and_honest_answers_are_not() {
    let limits = Limits { bytes: 8 << 20, ratio: 200 };
    for coding in PACKED {
        let bomb = pack(&vec![b'A'; 64 << 20], coding);
        assert_eq!(
            open(label(coding), &bomb, &limits),
            Err(BodyError::Size { most: 8 << 20 }),
            "200 times of that is more than the size"
        );
        let bomb = pack(&vec![b'A'; 8 << 20], coding);
        assert!(matches!(open(label(coding), &bomb, &limits), Err(BodyError::Ratio { .. })));
        // Small and repetitive is honest.
        assert_eq!(
            open(label(coding), &pack(&vec![b' '; Limits::SMALL], coding), &limits).unwrap().bytes.len(),
            1 << 20
        );
        // 4 MiB that pack 20 to 1.
        let mut number = 1_u32;
        let honest: Vec<u8> = (0..4 << 20)
            .map(|at: u32| {
                number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if at.is_multiple_of(32) { (number >> 24) as u8 } else { b'x' }
            })
            .collect();
        assert_eq!(open(label(coding), &pack(&honest, coding), &limits).unwrap().bytes, honest);
    }
    let plain = vec![b'{'; (8 << 20) + 1];
    assert_eq!(open(None, &plain, &limits), Err(BodyError::Size { most: 8 << 20 }));
    assert_eq!(open(None, &plain[1..], &limits).unwrap().bytes.len(), 8 << 20);
}

proptest! {
    #[test]
    fn what_is_packed_opens_to_what_it_was(text: Vec<u8>, after: [u8; 3]) {
        for coding in PACKED {
            let body = [pack(&text, coding), after.to_vec()].concat();
            let expected = Opened { bytes: text.clone(), coding, before: 0, after: 3 };
            prop_assert_eq!(open(label(coding), &body, &Limits::default()), Ok(expected));
        }
    }

    #[test]
    fn any_bytes_end_in_an_answer_or_an_error(body: Vec<u8>, label in "(application/(x-compress(-zlib|-gzip|ed)?|x-gzip)|text/html|)") {
        if let Ok(opened) = open(Some(&label), &body, &Limits::default()) {
            prop_assert!(opened.before <= body.len() && opened.after <= body.len());
        }
    }
}
