//! Every function of the host, with everything that somebody might not have thought of.

use airlock_task::snmp::{Session, sysobject};
use airlock_task::{Error, facts, files, http, probe, process, run};

fn texts() -> Vec<String> {
    let odd = [
        "",
        " ",
        "/",
        "//",
        ".",
        "..",
        "/..",
        "/../..",
        "\0",
        "/\0",
        "a\nb",
        "\r\n",
        "\u{1b}[2J",
        "\u{202e}abc",
        "\u{feff}",
        "\u{fffd}",
        "é",
        "🦀",
        "%",
        "%s%n",
        "%00",
        "%2e%2e",
        "\\\\host\\share",
        "C:\\x",
        "/dev/null",
        "/proc/self/mem",
        "~",
        "$(id)",
        "`id`",
        "; id",
        "'",
        "\"",
        "{}",
        "[]",
        "null",
        "-1",
        "0",
        "9223372036854775808",
        "NaN",
        "1e999",
        "http://",
        "https://[",
        "http://a:99999/",
        "http://[::1]/",
        "http://user@h/",
        "1.3.6",
        "1..3",
        ".1",
        "1.3.99999999999",
        "10.0.0.1",
        "[::1]:161",
        "hardware",
        "Hardware",
    ];
    let mut all: Vec<String> = odd.iter().map(|text| (*text).to_owned()).collect();
    all.push("x".repeat(100_000));
    all.push("/".repeat(5000));
    all.push("a/".repeat(3000));
    all.push("\u{10ffff}".repeat(1000));
    all
}

const NUMBERS: [u64; 6] = [0, 1, 1 << 20, u32::MAX as u64, i64::MAX as u64, u64::MAX];

/// Calls them all; what they answer is of no interest, only that there is somebody left to answer.
pub(crate) fn all() {
    let mut calls = 0_u32;
    let mut count = |answer: Result<(), Error>| {
        let _ = answer;
        calls += 1;
    };
    for text in &texts() {
        count(facts::read(text).map(drop));
        count(facts::expect(&[text.clone(), text.clone()]));
        count(files::stat(text).map(drop));
        count(files::list(text).map(drop));
        count(files::hash(text, text).map(drop));
        count(files::hash("/opt/acme/a.txt", text).map(drop));
        count(files::make_dir(text));
        count(files::remove(text));
        for number in NUMBERS {
            count(files::read(text, number, u32::try_from(number).unwrap_or(u32::MAX)).map(drop));
            count(files::write(text, number, text.as_bytes()));
        }
        count(process::run(text, &[]).map(drop));
        count(process::run("echo", &[(text, text), (text, "")]).map(drop));
        count(http::get(text).map(drop));
        let header = http::Header { name: text.clone(), value: text.clone() };
        let url = "http://203.0.113.5/".to_owned();
        let request =
            http::Request { method: http::Method::Put, url, headers: vec![header], body: text.clone().into_bytes() };
        count(http::send(&request).map(drop));
        count(probe::expect(text));
        count(probe::reach(text).map(drop));
        count(sysobject(text).map(drop));
        count(Session::open(text).map(drop));
        count(Session::open("10.1.0.7").and_then(|session| session.get(std::slice::from_ref(text))).map(drop));
        for number in NUMBERS {
            let max = u32::try_from(number).unwrap_or(u32::MAX);
            count(Session::open("10.1.0.7").and_then(|session| session.walk(text, max)).map(drop));
            count(Session::open("10.1.0.7").and_then(|session| session.in_context(max)).map(drop));
        }
        let many = vec![text.clone(); 65];
        count(Session::open("10.1.0.7").and_then(|session| session.walk_many(&many, 9)).map(drop));
        count(
            Session::open("10.1.0.7")
                .and_then(|session| session.walk_many(many.get(..3).unwrap_or_default(), 9))
                .map(drop),
        );
        count(run::emit(text, vec![]));
        count(run::progress(u32::MAX, 0));
        run::log(run::Level::Debug, text);
    }
    let _ = probe::unavailable();
    for number in NUMBERS {
        count(run::random(u32::try_from(number).unwrap_or(u32::MAX)).map(drop));
    }
    run::log(run::Level::Info, &format!("{calls} calls"));
}
