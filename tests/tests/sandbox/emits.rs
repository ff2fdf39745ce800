//! Rows that do not fit are left out with a note; texts lose what a terminal would obey.

use airlock_gate::calls::Level;
use airlock_gate::ports::Reporter;
use airlock_model::Value;
use airlock_native::Collected;
use airlock_tests::rig::Rig;
use std::io;
use std::sync::{Arc, Mutex};

fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

#[test]
fn what_does_not_fit_is_left_out_and_said() {
    let rig = Rig::new();
    let run = rig.run("odd");
    assert_eq!(run.ended, Ok(()));
    let said: Vec<String> = run.left.log.iter().map(|(_, line)| line.clone()).collect();
    let answer = |what: &str| {
        let line = said.iter().find_map(|line| line.strip_prefix(&format!("{what}: ")));
        line.unwrap_or_else(|| panic!("nothing of {what} in {said:#?}"))
    };
    assert!(answer("no section").contains("no section is named \"no_such_section\""));
    assert!(answer("twice").contains("twice"));
    assert!(answer("short row").contains("1 values do not make rows of 2 fields"));
    assert!(answer("long row").contains("3 values do not make rows of 2 fields"));
    assert!(answer("values without fields").contains("1 values do not make rows of 0 fields"));
    assert!(answer("outside").contains("outside the table's 2"));
    assert!(answer("far outside").contains("outside the table's 2"));
    assert!(answer("half a letter").contains("not UTF-8"));
    for fine in ["no field", "wrong type", "below zero", "bytes", "no date", "nothing", "no rows", "no name"] {
        assert_eq!(answer(fine), "ok", "{fine}");
    }
    for about in [
        "softwares.\"no_such_field\"",
        "softwares.filesize",
        "softwares.version",
        "softwares.install_date",
        "a row without name",
    ] {
        assert!(run.left.notes.iter().any(|note| note.contains(about)), "{about}: {:#?}", run.left.notes);
    }
    // Of each of the five rows with one senseless value, the rest is kept.
    let rows = run.left.report.rows("softwares");
    assert_eq!(rows.len(), 5, "{rows:#?}");
    assert!(rows.iter().all(|row| row.len() == 1 && row.text("name") == Some("kept")), "{rows:#?}");
    rig.goes_on();
}

#[test]
fn nothing_that_a_terminal_obeys_gets_into_the_report() {
    let run = Rig::new().run("escapes");
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.left.report.rows("softwares")[0].text("name"), Some("a]0;ownedb[2Jc31mde"));
    for (section, rows) in run.left.report.sections() {
        for (field, value) in rows.iter().flat_map(airlock_model::Row::iter) {
            let texts = match value {
                Value::Texts(texts) => texts.clone(),
                other => vec![other.to_text()],
            };
            assert!(texts.iter().all(|t| is_plain(t)), "{}.{field}: {value:?}", section.name);
        }
    }
    assert!(run.left.notes.iter().all(|note| is_plain(note)), "{:?}", run.left.notes);
    assert!(run.left.notes.iter().any(|note| note.contains("no such field")), "{:?}", run.left.notes);
    // The host quotes the section's name back to the task.
    let answer = &run.left.log.last().unwrap().1;
    assert!(answer.contains("no section is named") && is_plain(answer), "{answer:?}");
}

#[test]
fn nothing_that_a_terminal_obeys_gets_into_our_log() {
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let written = Written::default();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer({
        let written = written.clone();
        move || written.clone()
    });
    tracing::subscriber::with_default(log.finish(), || {
        let collected = Collected::new(Box::new(()));
        collected.log(Level::Warn, "a\u{1b}[2Jb\r\n\u{9b}31mc\u{7}");
        let section = airlock_model::schema::section("softwares").unwrap();
        collected.emit(section, vec![airlock_model::Row::new().with("\u{1b}[2Jfield", "\u{1b}[31m")]);
    });
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().count(), 2, "{text:?}");
    assert!(text.lines().all(is_plain), "{text:?}");
}
