//! `cargo xtask page`: the daemon's own page in a real browser (headless Chromium), narrow and wide, light and dark: nothing
//! sticks out, nothing is loaded from anywhere, no script runs, the browser complains of nothing, and its button works.

mod browser;

use crate::daemon::Daemon;
use anyhow::{Context, Result, bail};
use browser::{Browser, part};
use clap::Args;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct Options {
    /// The browser
    #[arg(long, default_value = "chromium")]
    browser: String,
    /// Keep pictures of the page in this folder
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
}

/// Names and words that are longer than a narrow page.
const SETTINGS: &str = r#"
[[server]]
name = "headquarters"
url = "http://127.0.0.1:1/a/very/long/path/that-nobody-would-ever-type-by-hand/but-some-server-has/front/inventory.php"
[[server]]
name = "branch-with-a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-for-ever"
url = "https://glpi.branch.example/"
"#;

/// What is looked at in the page, as one value.
const LOOK: &str = "({sticksOut: document.documentElement.scrollWidth - document.documentElement.clientWidth, \
    scripts: document.scripts.length, back: getComputedStyle(document.body).backgroundColor, \
    text: getComputedStyle(document.body).color, title: document.title, words: document.body.innerText})";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let Some(mut browser) = Browser::start(&options.browser)? else {
        eprintln!("NOT LOOKED AT: {} is not there; install it, or name another: --browser PROGRAM", options.browser);
        return Ok(ExitCode::SUCCESS);
    };
    let daemon = Daemon::ours(SETTINGS)?;
    let url = format!("http://{}/", daemon.address);
    wait_for_an_error(&daemon)?;
    let mut backs = Vec::new();
    for (width, height) in [(320, 900), (390, 1200), (1280, 1000), (2560, 1400)] {
        for scheme in ["light", "dark"] {
            let name = format!("{width}-{scheme}");
            let seen = browser.look(&url, width, height, scheme, LOOK).with_context(|| name.clone())?;
            check(&seen, &name)?;
            backs.push((scheme, part(&seen, "/back").as_str().unwrap_or_default().to_owned()));
            if let Some(folder) = &options.save {
                std::fs::create_dir_all(folder)?;
                std::fs::write(folder.join(format!("{name}.png")), browser.picture()?)?;
            }
        }
    }
    let of = |wanted: &str| backs.iter().find(|(scheme, _)| *scheme == wanted).map(|(_, back)| back.clone());
    if of("light") == of("dark") {
        bail!("light and dark look the same: {:?}", of("dark"));
    }
    let pressed = browser.press("button").context("pressing the button")?;
    if !part(&pressed, "/words").as_str().unwrap_or_default().contains("OK") {
        bail!("the button did not wake the daemon: {pressed}");
    }
    let strangers: Vec<&String> = browser.loaded.iter().filter(|loaded| !loaded.starts_with(&url)).collect();
    if !strangers.is_empty() || !browser.complaints.is_empty() {
        bail!("loaded from elsewhere: {strangers:?}; complaints: {:?}", browser.complaints);
    }
    println!(
        "8 views of the page, and its button: as they should be ({} loads, all of the daemon)",
        browser.loaded.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn check(seen: &Value, name: &str) -> Result<()> {
    if part(seen, "/sticksOut") != &json!(0) {
        bail!("{name}: {} pixels stick out at the right", part(seen, "/sticksOut"));
    }
    if part(seen, "/scripts") != &json!(0) {
        bail!("{name}: {} scripts", part(seen, "/scripts"));
    }
    if part(seen, "/back") == part(seen, "/text") {
        bail!("{name}: text and background are both {}", part(seen, "/back"));
    }
    let words = part(seen, "/words").as_str().unwrap_or_default();
    for expected in ["Targets", "headquarters", "What was refused", "Next"] {
        if !words.contains(expected) {
            bail!("{name}: {expected:?} is not in the page: {words}");
        }
    }
    Ok(())
}

/// The page is to have something to say: a server that is not reached.
fn wait_for_an_error(daemon: &Daemon) -> Result<()> {
    let ask = |path: &str| -> Result<String> {
        let mut stream = TcpStream::connect(daemon.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", daemon.address)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask("/now?target=headquarters")?;
    let began = Instant::now();
    while !ask("/")?.contains("class=\"wrong\"") {
        if began.elapsed() > Duration::from_secs(30) {
            bail!("the page does not say that a server is not reached:\n{}", ask("/")?);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
