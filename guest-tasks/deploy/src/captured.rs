//! Jobs that were captured with what an agent told their server: this task tells the same, line by line.
//!
//! The captures are no part of the project: a folder of exchanges, `AIRLOCK_CAPTURES`, else `../shared/captures/glpi10`
//! beside it. Where there is none, that is said, and the stories of this crate are what there is.

#![allow(clippy::disallowed_methods, reason = "a test that reads files")]

use crate::fixture::Fixture;
use crate::machine::{Line, Outcome, Step};
use crate::run;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

/// What one line says, with numbers as servers get them: 0 is not sent.
type Told = (String, String, String, String, String, String);

struct Exchange {
    query: BTreeMap<String, String>,
    answer: String,
}

/// The exchanges of a phase, in their order.
fn phase(name: &str) -> Option<Vec<Exchange>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/captures/glpi10");
    let folder = env::var_os("AIRLOCK_CAPTURES").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("no captures in {}: not compared with them", folder.display());
        return None;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_string_lossy().contains(&format!("-{name}-")));
    files.sort();
    Some(files.iter().filter_map(|file| exchange(&String::from_utf8_lossy(&fs::read(file).unwrap()))).collect())
}

fn exchange(text: &str) -> Option<Exchange> {
    let path = text.lines().find_map(|line| line.strip_prefix("GET "))?.split(' ').next()?;
    let query = path.split_once('?')?.1;
    let query =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (decoded(k), decoded(v))).collect();
    let answer = text.split_once("### ---- response body").and_then(|(_, rest)| rest.split_once('\n'));
    Some(Exchange { query, answer: answer.map(|(_, body)| body.to_owned()).unwrap_or_default() })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn captured(exchanges: &[Exchange]) -> Vec<Told> {
    let lines = exchanges.iter().filter(|one| one.query.get("action").is_some_and(|action| action == "setStatus"));
    let of = |one: &Exchange, key: &str| one.query.get(key).cloned().unwrap_or_default();
    let told = |one| {
        (
            of(one, "currentStep"),
            of(one, "status"),
            of(one, "msg"),
            of(one, "sha512"),
            of(one, "actionnum"),
            of(one, "checknum"),
        )
    };
    lines.map(told).collect()
}

fn ours(line: &Line) -> Told {
    let step = match line.step {
        Some(Step::Checking) => "checking",
        Some(Step::Downloading) => "downloading",
        Some(Step::Prepare) => "prepare",
        Some(Step::Processing) => "processing",
        None => "",
    };
    let number = |number: Option<u32>| number.filter(|n| *n > 0).map(|n| n.to_string()).unwrap_or_default();
    let status = line.status.clone().unwrap_or_default();
    let file = line.file.clone().unwrap_or_default();
    (step.to_owned(), status, line.message.clone(), file, number(line.action), number(line.check))
}

/// A machine like the one of the capture: what it had, and what its commands wrote.
fn machine(answer: &Value, captured: &[Told]) -> Fixture {
    let mut machine = Fixture { free: 1000, ..Fixture::default() };
    machine
        .archives
        .insert("bundle.tar.gz".into(), vec![("two.txt".into(), "2".into()), ("dir/one.txt".into(), "1".into())]);
    for (digest, file) in answer["associatedFiles"].as_object().unwrap() {
        let there = captured.iter().any(|line| line.3 == *digest && line.2.ends_with("already downloaded"));
        for part in file["multiparts"].as_array().unwrap() {
            let part = part.as_str().unwrap().to_owned();
            // The stand-in for a digest of this machine is its text, over and over.
            let text = digest.clone();
            if there {
                machine.store.insert(part, text);
            } else {
                machine.mirrors.insert(part, (0, text));
            }
        }
    }
    let hello = answer["jobs"][0]["checks"][3]["value"].as_str().unwrap();
    machine.put("/srv/lab/deploytest/src/hello.txt", hello);
    for action in answer["jobs"][0]["actions"].as_array().unwrap() {
        let Some(command) = action.get("cmd") else { continue };
        let (name, exec) = (command["name"].as_str().unwrap(), command["exec"].as_str().unwrap());
        let mut said = captured.iter().filter_map(|line| line.2.strip_prefix(&format!("{name}: ")));
        let stdout: String = said
            .by_ref()
            .skip(3)
            .take_while(|line| !line.starts_with("-----"))
            .map(|line| format!("{line}\n"))
            .collect();
        let code = if exec.contains("exit 3") { 3 } else { 0 };
        machine
            .commands
            .insert(exec.into(), Ok(Outcome { exit_code: Some(code), stdout: stdout.into(), stderr: vec![] }));
    }
    machine
}

/// What was told then, and what is told now.
fn both(name: &str) -> Option<(Vec<Told>, Vec<Told>)> {
    let exchanges = phase(name)?;
    let expected = captured(&exchanges);
    let answers = exchanges.iter().filter(|one| one.query.get("action").is_some_and(|action| action == "getJobs"));
    let answer = answers
        .filter_map(|one| serde_json::from_str::<Value>(&one.answer).ok())
        .find(|answer| answer.get("associatedFiles").is_some())
        .unwrap();
    let mut machine = machine(&answer, &expected);
    run(&mut machine, &json!({ "job": answer["jobs"][0], "files": answer["associatedFiles"] }).to_string());
    Some((expected, machine.told.iter().map(ours).collect()))
}

#[test]
fn jobs_that_succeed_fail_and_skip_are_told_alike() {
    for name in ["D-jobs-on-pluginurl-first", "E-jobs-on-pluginurl-second-deployfail", "F-deployskip"] {
        let Some((expected, told)) = both(name) else { return };
        assert!(expected.len() > 8, "{name}: {expected:?}");
        assert_eq!(told, expected, "{name}");
    }
}

#[test]
fn of_another_agent_only_the_words_of_some_lines_differ() {
    let Some((mut expected, mut told)) = both("I-fusioninv-jobs") else { return };
    // A folder that is there, a file that is not, and the words for an exit status.
    for lines in [&mut expected, &mut told] {
        lines.retain(|line| {
            let own = ["make dir: Directory", "remove: ", "run: exit status is ok", "run: ok, got expected"];
            !own.iter().any(|own| line.2.starts_with(own))
        });
    }
    assert!(expected.len() > 30, "{expected:?}");
    assert_eq!(told, expected);
}
