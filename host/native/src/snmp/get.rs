//! The values of some names. What a device cannot answer together is asked in parts, what it answers in part is asked again;
//! what it has no readable value for is said.

use super::link::Trouble;
use super::oid;
use super::pdu::{self, Kind, NO_SUCH_NAME, Pdu, TOO_BIG};
use super::session::Session;
use airlock_gate::calls::{Syntax, VarBind, Walked};

/// Notes that are written out; of further ones, how many they are.
const MOST_NOTES: usize = 5;
/// So many names are asked for in parts where a device says nothing to all of them.
const FEW: usize = 8;

/// What an answer has of the names that were asked for.
struct Page {
    status: i64,
    /// Of the name that the status is about, from 0 on.
    at: Option<usize>,
    /// By the names' places; no value where it could not be read, and whether it was too long.
    values: Vec<(usize, Option<Syntax>, bool)>,
}

fn read(pdu: &Pdu<'_>, names: &[&[u8]]) -> Page {
    let at = usize::try_from(pdu.index).ok().and_then(|index| index.checked_sub(1)).filter(|at| *at < names.len());
    let mut page = Page { status: pdu.status, at, values: vec![] };
    if pdu.status == 0 {
        for (place, (bind, name)) in pdu.binds().zip(names).enumerate() {
            match bind {
                Ok(bind) if bind.name == *name => page.values.push((place, bind.value(), bind.is_cut())),
                // Another name than was asked for: what follows is anybody's guess.
                _ => break,
            }
        }
    }
    page
}

pub(super) async fn get(session: &mut Session, oids: &[String], vlan: Option<u32>) -> Result<Walked, Trouble> {
    let names: Vec<Vec<u8>> = oids
        .iter()
        .map(|oid| oid::parse(oid).map(|arcs| oid::encode(&arcs)))
        .collect::<Option<_>>()
        .ok_or_else(|| Trouble::Refused("a name that cannot be asked for".to_owned()))?;
    let mut values: Vec<Option<Syntax>> = vec![None; names.len()];
    let mut notes = Vec::new();
    let mut note = |at: usize, why: &str| notes.push(format!("{}: {why}", oids.get(at).map_or("", |oid| oid)));
    let mut left: Vec<Vec<usize>> = vec![(0..names.len()).collect()];
    let mut may_part_in_silence = true;
    while let Some(batch) = left.pop() {
        let asked: Vec<&[u8]> = batch.iter().filter_map(|at| names.get(*at).map(Vec::as_slice)).collect();
        if asked.is_empty() {
            continue;
        }
        let part = || batch.chunks(batch.len().div_ceil(2)).map(<[usize]>::to_vec);
        let outcome = session.ask(Kind::Get, &asked, vlan, &mut |pdu| read(pdu, &asked)).await;
        let page = match outcome {
            Err(Trouble::Silent) if batch.len() > FEW && may_part_in_silence => {
                may_part_in_silence = false;
                left.extend(part());
                continue;
            }
            outcome => outcome?,
        };
        let one = if let &[at] = batch.as_slice() { Some(at) } else { None };
        match (page.status, page.at.and_then(|at| batch.get(at)).copied().or(one)) {
            (0, _) => {
                let mut missing = batch.clone();
                for (place, value, is_cut) in page.values {
                    let Some(at) = batch.get(place) else { continue };
                    missing.retain(|other| other != at);
                    if is_cut {
                        note(*at, &too_long());
                    }
                    match (value, values.get_mut(*at)) {
                        (Some(value), Some(slot)) => *slot = Some(value),
                        _ => note(*at, "its value could not be read"),
                    }
                }
                match (missing.as_slice(), one) {
                    ([], _) => {}
                    (_, Some(at)) => note(at, "the device answered without it"),
                    // Nothing of many came: half of them may.
                    _ if missing.len() == batch.len() => left.extend(part()),
                    _ => left.push(missing),
                }
            }
            (TOO_BIG, _) if one.is_none() => left.extend(part()),
            (status, Some(at)) => {
                if status == NO_SUCH_NAME {
                    values.get_mut(at).map(|slot| slot.insert(Syntax::NoSuchInstance));
                } else {
                    note(at, &format!("the device says {}", pdu::status(status)));
                }
                left.push(batch.iter().copied().filter(|other| *other != at).collect());
            }
            (_, None) => left.extend(part()),
        }
    }
    let bind = |(oid, value): (&String, Option<Syntax>)| VarBind {
        oid: oid.clone(),
        value: value.unwrap_or(Syntax::NoSuchInstance),
    };
    Ok(Walked { binds: oids.iter().zip(values).map(bind).collect(), cut: together(&notes) })
}

pub(super) fn too_long() -> String {
    format!("a value was longer than {} bytes and is cut", pdu::LONGEST_VALUE)
}

/// All notes in one line, or none.
fn together(notes: &[String]) -> Option<String> {
    let more = notes.len().checked_sub(MOST_NOTES).filter(|more| *more > 0);
    let mut line = notes.iter().take(MOST_NOTES).cloned().collect::<Vec<_>>().join("; ");
    if let Some(more) = more {
        line += &format!("; and {more} more");
    }
    (!notes.is_empty()).then_some(line)
}
