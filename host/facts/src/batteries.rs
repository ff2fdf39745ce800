//! One list of batteries from several sources.

use crate::smbios::rows::is_battery;
use airlock_model::Row;

/// What one source knows, completed by what another does; where both know something, the first one counts.
///
/// What the other knows goes to the battery of the same serial number, else to one of the same name that has no other yet;
/// when one of each is left, they are the same. A battery that only the other knows is a row if it has a name or a number.
pub fn merged(mut rows: Vec<Row>, others: Vec<Row>) -> Vec<Row> {
    let mut free = vec![true; rows.len()];
    let mut left = others;
    for same in [same_serial, same_name] {
        let mut rest = Vec::new();
        for known in left {
            let pair = rows.iter_mut().zip(&mut free).find(|(row, free)| **free && same(row, &known));
            match pair {
                Some((row, free)) => {
                    complete(row, known);
                    *free = false;
                }
                None => rest.push(known),
            }
        }
        left = rest;
    }
    let mut alone = rows.iter_mut().zip(&free).filter(|(_, free)| **free).map(|(row, _)| row);
    if let (Some(row), None, 1) = (alone.next(), alone.next(), left.len()) {
        left.drain(..).for_each(|known| complete(row, known));
    }
    rows.extend(left.into_iter().filter(is_battery));
    rows
}

fn complete(row: &mut Row, mut known: Row) {
    known.merge(std::mem::take(row));
    *row = known;
}

/// Leading zeros come and go between two sources.
fn same_serial(one: &Row, other: &Row) -> bool {
    let serial = |row: &Row| row.text("serial").map(|serial| serial.trim_start_matches('0').to_ascii_lowercase());
    serial(one).is_some_and(|one| Some(one) == serial(other))
}

fn same_name(one: &Row, other: &Row) -> bool {
    matches!((one.text("name"), other.text("name")), (Some(one), Some(other)) if one.eq_ignore_ascii_case(other))
}
