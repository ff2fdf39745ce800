//! LG: logs, terminals and reports. Whatever a server or a device says, it begins no line of its own, is obeyed by no
//! terminal, is cut where it is too long, brings no secret of a URL along, and is only text in a page.

use airlock_gate::audit::Question;
use airlock_gate::redact::without_url_secrets;
use airlock_gate::{AuditLog, Record};
use airlock_model::{is_obeyed, one_line, short_line, visible};
use airlock_native::{AuditFile, AuditReader, Folders, Sent};
use airlock_tests::machine::Machine;
use airlock_tests::program::{Airlock, program};
use std::fs;
use std::process::{Command, Stdio};

/// What a hostile text may hold: lines, controls of both kinds, the clipboard, a link, the direction of text.
const TRICKS: &[&str] = &[
    "ok\n[error] agent compromised",
    "ok\r[error] agent compromised",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{9b}31m\u{9d}52;c;eA==\u{9c}\u{90}q\u{85}next",
    "a\u{7f}\u{8}\u{b}\u{c}\0b",
    "\u{202e}gnp.exe\u{202c}\u{2066}x\u{2069}\u{2067}y\u{2068}z\u{202a}\u{202b}\u{202d}",
    "\u{200e}\u{200f}\u{61c}x\u{2028}line\u{2029}paragraph\u{feff}\u{206a}",
    "tag\u{e0041}\u{e007f}",
];

/// The characters of a trick that must not be shown, but for ends of lines.
fn is_harmless(text: &str) -> bool {
    !text.chars().any(|c| is_obeyed(c) && c != '\n')
}

fn record(text: &str) -> Record {
    let mut record = Record::now();
    record.set("decision", "deny").set("code", "NO_GRANT").set("why", text).set("server", text).set("task", text);
    record
        .set("verb", "files.read")
        .set("n", 1)
        .set("run", text)
        .set("ask", serde_json::json!({"path": text, text: text}));
    record
}

/// A log with a record of each trick, in the folder of a program's state.
fn log_of(airlock: &Airlock, texts: &[&str]) -> std::path::PathBuf {
    let folders = Folders::new(Some(airlock.vardir())).unwrap();
    let log = AuditFile::of(&folders).unwrap();
    for text in texts {
        log.write(record(text)).unwrap();
        log.write(Record::event("policy refused", serde_json::json!({"why": text}))).unwrap();
    }
    folders.audit().unwrap()
}

/// A machine whose every word is a trick.
fn machine(text: &str) -> Machine {
    let machine = Machine::workstation();
    let name = text.replace(['\0', '/'], "");
    machine.write("proc/sys/kernel/hostname", format!("{name}\n"));
    let packages = machine.text("var/lib/dpkg/status");
    machine.write("var/lib/dpkg/status", packages.replace("Package: editor", &format!("Package: {name}")));
    machine.write("etc/os-release", format!("NAME=\"{name}\"\nPRETTY_NAME=\"{name}\"\nID=debian\n"));
    machine
}

#[test]
fn lg_01_a_text_begins_no_line_in_the_audit_the_log_or_an_error() {
    let airlock = Airlock::new();
    let path = log_of(&airlock, TRICKS);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2 * TRICKS.len());
    assert!(text.chars().all(|c| !is_obeyed(c) || c == '\n'), "{text:?}");
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(record["hash"].is_string(), "{line}");
    }
    let verified = AuditReader::new(&path).verify(&[]).unwrap().unwrap();
    assert_eq!(verified.records, 2 * TRICKS.len() as u64);
    // In a table a record is a line, too; in an error what comes from outside is set in.
    let shown = airlock.done(&["audit", "show"]).stdout;
    assert_eq!(shown.lines().count(), 1 + 2 * TRICKS.len(), "{shown}");
    assert!(!shown.lines().any(|line| line.starts_with("[error]")), "{shown}");
    for trick in TRICKS.iter().filter(|trick| !trick.contains('\0')) {
        let output = airlock.run(&["task", "inspect", &format!("./{trick}.wasm")]);
        assert!(!output.status.success());
        for line in output.stderr.lines().skip(1) {
            assert!(line.starts_with("  "), "{:?}", output.stderr);
        }
        assert!(is_harmless(&output.stderr), "{:?}", output.stderr);
        let machine = machine(trick);
        let output = airlock.done(&["--debug", "--debug", "inventory", "--machine", machine.argument()]);
        let levels = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
        for line in output.stderr.lines() {
            assert!(levels.iter().any(|level| line.trim_start().starts_with(level)), "{line:?}");
        }
    }
}

#[test]
fn lg_01_twin_ordinary_text_is_kept_word_for_word() {
    let airlock = Airlock::new();
    let words = r#"C:\Users\Zoë "quoted" <a@b> שלום 日本語 [error] 100 %"#;
    let path = log_of(&airlock, &[words]);
    let question = Question { last: 1, only_denied: true, ..Question::default() };
    let found = AuditReader::new(&path).decided(&question).unwrap();
    assert_eq!(found[0].text("why"), Some(words));
    assert_eq!(found[0].record["ask"]["path"], words);
    assert!(airlock.done(&["audit", "show", "--denied"]).stdout.contains(words));
}

/// Runs a command of the program under a terminal of its own, with script(1).
fn on_a_terminal(airlock: &Airlock, arguments: &[&str]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let vardir = airlock.vardir().to_str().unwrap();
    let words = [program().to_str().unwrap(), "--vardir", vardir];
    let line: Vec<String> = words.iter().chain(arguments).map(|word| quoted(word)).collect();
    let output = Command::new("script")
        .args(["-qec", &line.join(" "), "/dev/null"])
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .output()
        .expect("script(1), of bsdutils, gives a terminal");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What our own colours, our own bar and the terminal's own ends of lines leave behind.
fn without_ours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let (before, code) = rest.split_at(at);
        let end = code[2..].find(|c: char| !c.is_ascii_digit() && c != ';').map_or(code.len(), |end| end + 2);
        // Colours (m), and of the bar: the start of the line (`[1G`), up (A), clearing of a line (K).
        let letter = code[end..].chars().next().unwrap_or(' ');
        out.push_str(before);
        if !matches!(letter, 'm' | 'K' | 'A' | 'G') {
            out.push_str(&code[..end]);
        }
        rest = code.get(end + letter.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
    out.replace("\r\n", "\n").replace('\r', "")
}

#[test]
fn lg_02_nothing_is_obeyed_by_a_terminal() {
    let airlock = Airlock::new();
    log_of(&airlock, TRICKS);
    let ledger = Sent::new(&Folders::new(Some(airlock.vardir())).unwrap());
    let document = format!("{{\"content\":{{\"softwares\":[{}]}}}}", serde_json::json!({"name": TRICKS.concat()}));
    ledger.record("hq", "inventory", &TRICKS.concat(), b"{}").unwrap();
    ledger.record("hq", "inventory", &TRICKS.concat(), document.as_bytes()).unwrap();
    let mut commands: Vec<Vec<String>> = [
        &["audit", "show"][..],
        &["audit", "show", "--json"],
        &["audit", "tail"],
        &["audit", "tail", "--json"],
        &["audit", "verify"],
        &["sent"],
        &["sent", "--json"],
        &["sent", "--diff"],
        &["sent", "--diff", "--json"],
    ]
    .iter()
    .map(|words| words.iter().map(|word| (*word).to_owned()).collect())
    .collect();
    let trick = TRICKS[2..].concat();
    let machine = machine(&trick);
    for format in ["--json", "--xml", "--html"] {
        let words = ["--debug", "inventory", "--machine", machine.argument(), format];
        commands.push(words.iter().map(|word| (*word).to_owned()).collect());
    }
    commands.push(vec!["task".into(), "inspect".into(), format!("./{}.wasm", trick.replace('\0', ""))]);
    for command in commands {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let seen = without_ours(&on_a_terminal(&airlock, &words));
        let bad = seen.chars().find(|c| is_obeyed(*c) && !matches!(c, '\n' | '\t'));
        assert_eq!(bad, None, "{words:?}: {seen:?}");
        assert!(!seen.trim().is_empty(), "{words:?}");
        // And where nobody watches.
        let output = airlock.run(&words);
        assert!(is_harmless(&output.stdout.replace('\t', " ")), "{words:?}: {:?}", output.stdout);
        assert!(is_harmless(&output.stderr), "{words:?}: {:?}", output.stderr);
    }
}

#[test]
fn lg_02_twin_other_languages_and_our_own_colours_are_shown() {
    for text in ["שלום עולם", "ᠠᠢ", "می\u{200c}خواهم", "👩\u{200d}💻", "naïve – “quoted”"]
    {
        assert_eq!((visible(text).as_str(), one_line(text).as_ref()), (text, text));
    }
    let airlock = Airlock::new();
    let machine = machine("שלום");
    let seen = on_a_terminal(&airlock, &["--debug", "inventory", "--machine", machine.argument()]);
    assert!(seen.contains("\u{1b}[34mDEBUG\u{1b}[0m"), "colours for people: {seen:?}");
    assert!(seen.contains("שלום"), "{seen:?}");
}

#[test]
fn lg_03_a_message_without_end_is_cut_and_what_is_missing_is_said() {
    let huge = "x".repeat(100 << 20);
    assert!(short_line(&huge, 4096).ends_with("… (truncated 104853504 bytes)"));
    let line = record(&huge).line();
    assert!(line.len() < 64 << 10 && line.contains("truncated 104853504 bytes"), "{}", line.len());
    let airlock = Airlock::new();
    log_of(&airlock, &[&huge]);
    for words in [&["audit", "show"][..], &["audit", "show", "--json"], &["audit", "tail"]] {
        let output = airlock.done(words);
        assert!(
            output.stdout.len() < 256 << 10 && output.stdout.contains("truncated"),
            "{words:?}: {}",
            output.stdout.len()
        );
    }
    // As long as one argument can be.
    let output = airlock.run(&["task", "inspect", &format!("./{}.wasm", "y".repeat(120_000))]);
    assert!(!output.status.success());
    assert!(output.stderr.len() < 20_000 && output.stderr.contains("(truncated "), "{}", output.stderr.len());
}

#[test]
fn lg_03_twin_a_long_message_that_fits_is_whole() {
    let long = format!("begin {} end", "word ".repeat(700));
    assert_eq!(short_line(&long, 4096), long);
    let line = record(&long).line();
    assert!(line.contains(&long) && !line.contains("truncated"), "{line}");
}

const CANARY: &str = "hunter2-9F3kQ7-canary";

/// Where a secret may stand in a URL.
fn urls() -> Vec<String> {
    let password = format!("user:{CANARY}@host.example");
    vec![
        format!("https://{password}/"),
        format!("https://{CANARY}@host.example:8443/path"),
        format!("HTTPS://{password}:443/a?b=c#d"),
        format!("ftp://{password}/x"),
        format!("socks5://{password}:1080"),
        format!("ldaps://cn=admin:{CANARY}@host.example/"),
        format!("https://user:{CANARY}/with?odd#marks@host.example/"),
        format!("https://user:p@{CANARY}@host.example/"),
        format!("https://host.example/?token={CANARY}"),
        format!("https://host.example/x?a=1&X-Amz-Signature={CANARY}&b=2"),
        format!("https://host.example/x;session={CANARY}"),
        format!("https://host.example/cb#access_token={CANARY}"),
        format!("https://host.example/?%61pi_key={CANARY}"),
        format!("error: GET https://{password}/x failed, then http://{password}/y"),
        format!("(https://{password}/)"),
    ]
}

#[test]
fn lg_04_secrets_of_urls_reach_no_log_no_error_no_audit_and_no_ledger() {
    for url in urls() {
        assert!(!without_url_secrets(&url).contains(CANARY), "{url}");
        assert!(!record(&url).line().contains(CANARY), "{url}");
    }
    let airlock = Airlock::new();
    let urls = urls();
    let path = log_of(&airlock, &urls.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!fs::read_to_string(path).unwrap().contains(CANARY));
    let ledger = Sent::new(&Folders::new(Some(airlock.vardir())).unwrap());
    for url in &urls {
        ledger.record("hq", "inventory", url, b"{}").unwrap();
        let output = airlock.run(&["--debug", "task", "inspect", url]);
        assert!(!output.status.success());
        assert!(!output.stderr.contains(CANARY), "{url}: {}", output.stderr);
    }
    for words in [&["audit", "show"][..], &["audit", "show", "--json"], &["sent"], &["sent", "--json"]] {
        let output = airlock.done(words);
        assert!(!output.stdout.contains(CANARY), "{words:?}: {}", output.stdout);
    }
}

#[test]
fn lg_04_twin_where_it_went_is_still_said() {
    for (url, clean) in [
        ("https://user:pw@host.example:8443/path?a=1", "https://***@host.example:8443/path?a=1"),
        ("https://host.example/?page=2&token=t&sort=name", "https://host.example/?page=2&token=***&sort=name"),
        ("https://host.example/user@2x.png", "https://host.example/user@2x.png"),
        ("ann@example.org wrote a=b", "ann@example.org wrote a=b"),
    ] {
        assert_eq!(without_url_secrets(url), clean);
    }
}

/// There is no CSV: what the program writes for people is a page.
#[test]
fn lg_05_a_page_takes_everything_for_text() {
    for trick in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "' onmouseover='alert(1)",
        "</td></table><iframe src=//evil>",
        "&lt;script&gt;",
        "=HYPERLINK(\"http://evil\",\"x\")",
        "<!--",
        "]]>",
        "\u{202e}<b>",
    ] {
        let machine = machine(trick);
        let page = Airlock::new().done(&["inventory", "--html", "--machine", machine.argument()]).stdout;
        let body = page.split_once("<body>").unwrap().1;
        for tag in ["<script", "<img", "<svg", "<iframe", "<b>", "<!--"] {
            assert!(!body.contains(tag), "{trick}: {tag}");
        }
        assert!(!body.contains("onmouseover='") && !body.contains("onload=alert(1)>"), "{trick}");
        assert!(page.contains("default-src 'none'"));
        assert!(is_harmless(&page), "{trick}");
    }
}

#[test]
fn lg_05_twin_what_looks_like_markup_is_read_as_it_is() {
    let machine = machine("a < b & \"c\" =1+1");
    let page = Airlock::new().done(&["inventory", "--html", "--machine", machine.argument()]).stdout;
    assert!(page.contains("a &lt; b &amp; "), "{}", &page[..2000.min(page.len())]);
    assert!(page.contains("=1+1"));
}
