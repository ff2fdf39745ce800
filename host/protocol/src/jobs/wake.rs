//! `WAKEONLAN`: machines that are to be woken, by their MAC addresses.

use super::{Job, JobError, network};
use crate::answers::lenient::member;
use airlock_model::{Note, Notes, shown};

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
        match mac(&text) {
            Some(mac) => drop(found.insert(mac)),
            None => notes.add(format!("MAC: {} is no address of six bytes, left out", shown(&text))),
        }
    }
    if found.is_empty() {
        return Err(JobError::Missing { what: "PARAM with a MAC", expected: "six bytes in hexadecimal" });
    }
    Ok((found.into_iter().collect(), notes.done()))
}

/// Six bytes in hexadecimal, with `:` or `-` between them or nothing.
fn mac(text: &str) -> Option<[u8; 6]> {
    let digits: String = match text.len() {
        12 => text.to_owned(),
        17 => {
            let parts: Vec<&str> = text.split([':', '-']).collect();
            parts.iter().all(|part| part.len() == 2).then(|| parts.concat())?
        }
        _ => return None,
    };
    let mut mac = [0; 6];
    for (at, byte) in mac.iter_mut().enumerate() {
        let two = digits.get(2 * at..2 * at + 2).filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(two, 16).ok()?;
    }
    Some(mac)
}
