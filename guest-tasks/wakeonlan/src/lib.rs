//! The wake-on-LAN task: a magic packet for each machine that a server names, by its hardware address.
//!
//! Frames and sockets are the host's. What the owner's policy refuses is counted and not tried for ever: a server that names
//! thousands of machines gets as many as it is granted.

use airlock_task::{Denial, Description, Error, Failure, Task, Unit, run, wake, words};
use serde::Deserialize;

/// Machines of one job.
const MOST: usize = 10_000;
/// Refusals in a row after which the rest of a job is left.
const REFUSALS: usize = 20;

struct WakeOnLan;

airlock_task::task!(WakeOnLan);

impl Task for WakeOnLan {
    fn describe() -> Description {
        Description {
            name: "wakeonlan".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "wakes machines up by their hardware addresses".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        let job = parse(&unit.job).map_err(Failure::BadJob)?;
        wake_all(&job.macs, wake::wake, |line| run::log(run::Level::Info, line))
    }
}

/// The job, as JSON: `{"macs": ["00:1b:21:3c:4d:5e"]}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub macs: Vec<String>,
}

/// Reads a job.
///
/// # Errors
/// What it is not, in words.
pub fn parse(text: &str) -> Result<Job, String> {
    let job: Job = serde_json::from_str(text).map_err(|error| format!("not a wake-on-LAN job: {error}"))?;
    match job.macs.len() {
        0 => Err("macs: nobody is to be woken".to_owned()),
        1..=MOST => Ok(job),
        many => Err(format!("macs: {many} of them; at most {MOST} in one job")),
    }
}

/// Wakes them one after the other. One that cannot be woken is no reason not to wake the next.
///
/// # Errors
/// The refusal, where nobody was woken for it; otherwise how many were not, and why the first of them was not.
pub fn wake_all(
    macs: &[String],
    mut wake: impl FnMut(&str) -> Result<String, Error>,
    mut say: impl FnMut(&str),
) -> Result<(), Failure> {
    let (mut woken, mut in_a_row) = (0, 0);
    let mut why: Option<String> = None;
    let mut denial: Option<Denial> = None;
    for mac in macs {
        match wake(mac) {
            Ok(sent) => {
                say(&sent);
                (woken, in_a_row) = (woken + 1, 0);
            }
            Err(error @ (Error::Cancelled | Error::Exhausted(_))) => return Err(error.into()),
            Err(error) => {
                why.get_or_insert_with(|| format!("{mac:.40}: {}", words(&error)));
                if let Error::Denied(refused) = error {
                    denial.get_or_insert(refused);
                    in_a_row += 1;
                }
            }
        }
        if in_a_row >= REFUSALS {
            say(&format!("{REFUSALS} refusals in a row: the rest of {} machines is left", macs.len()));
            break;
        }
    }
    match (why, denial) {
        (None, _) => Ok(()),
        (Some(_), Some(denial)) if woken == 0 => Err(Failure::Denied(denial)),
        (Some(why), _) => Err(Failure::Failed(format!("{woken} of {} were woken; {why}", macs.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_task::DenialReason;

    fn macs(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("0200000000{number:02x}")).collect()
    }

    fn refused() -> Error {
        Error::Denied(Denial { audit: 3, capability: "wol.send".to_owned(), reason: DenialReason::NotGranted })
    }

    #[test]
    fn a_job_is_a_list_of_addresses_and_nothing_else() {
        assert_eq!(parse(r#"{"macs": ["x"]}"#).unwrap().macs, ["x"]);
        let many = serde_json::json!({"macs": vec!["x"; MOST + 1]}).to_string();
        for text in ["", "{}", r#"{"macs": []}"#, r#"{"macs": ["x"], "port": 7}"#, r#"{"macs": [7]}"#, &many] {
            assert!(parse(text).is_err(), "{text:.60}");
        }
    }

    #[test]
    fn each_is_woken_and_one_that_fails_holds_nobody_up() {
        let mut said = Vec::new();
        let all = wake_all(&macs(3), |mac| Ok(format!("{mac} sent")), |line| said.push(line.to_owned()));
        assert!(all.is_ok() && said.len() == 3);
        let mut tried = 0;
        let some = wake_all(
            &macs(3),
            |_| {
                tried += 1;
                if tried == 1 { Err(Error::Failed("no wire".to_owned())) } else { Ok(String::new()) }
            },
            |_| {},
        );
        let Err(Failure::Failed(why)) = some else { panic!() };
        assert!(why.starts_with("2 of 3 were woken") && why.contains("no wire"), "{why}");
    }

    #[test]
    fn refusals_end_a_long_job() {
        let mut tried = 0;
        let mut wake = |granted: usize| {
            tried = 0;
            let end = wake_all(
                &macs(200),
                |_| {
                    tried += 1;
                    if tried <= granted { Ok(String::new()) } else { Err(refused()) }
                },
                |_| {},
            );
            (end, tried)
        };
        let (Err(Failure::Denied(denial)), REFUSALS) = wake(0) else { panic!() };
        assert_eq!(denial.audit, 3);
        let (Err(Failure::Failed(why)), 25) = wake(5) else { panic!() };
        assert!(why.starts_with("5 of 200 were woken"), "{why}");
    }
}
