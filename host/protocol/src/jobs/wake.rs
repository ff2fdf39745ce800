//! `WAKEONLAN`: machines that are to be woken, by their MAC addresses.

use super::{Job, JobError, network};
use crate::answers::lenient::member;
use airlock_model::{Note, Notes, mac_address, shown};

/// The most machines of one job.
const MOST: usize = 10_000;

/// The addresses of a job, each once, and notes on what is none.
pub fn wake_on_lan(job: &Job) -> Result<(Vec<[u8; 6]>, Vec<Note>), JobError> {
    if job.task != "WAKEONLAN" {
        return Err(JobError::Task { expected: "WAKEONLAN", found: shown(&job.task) });
    }
    let elements = network::elements(job, "PARAM");
    if elements.len() > MOST {
        return Err(JobError::Many { what: "PARAM", count: elements.len(), most: MOST });
    }
    let mut notes = Notes::default();
    let mut found = std::collections::BTreeSet::new();
    for said in elements.iter().filter_map(|element| element.as_object()) {
        let text = member(said, "MAC").unwrap_or_default();
        match mac_address(&text) {
            Some(mac) => drop(found.insert(mac)),
            None => notes.add(format!("MAC: {} is no address of six bytes, left out", shown(&text))),
        }
    }
    if found.is_empty() {
        return Err(JobError::Missing { what: "PARAM with a MAC", expected: "six bytes in hexadecimal" });
    }
    Ok((found.into_iter().collect(), notes.done()))
}
