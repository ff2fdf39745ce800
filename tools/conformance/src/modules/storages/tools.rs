//! Tools that every system has.

use super::super::OtherKind;
use super::{disk, renamed};
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::output::{df, hdparm, lshal, smartctl};
use serde_json::json;

pub(super) fn generic(question: &Question) -> Answer {
    match question.kind.as_str() {
        // Makers are not told there.
        "get hdparm info" => {
            let found = hdparm::disk(&question.param_text("file")?);
            Ok(found.map_or_else(|| json!({}), |disk| renamed(disk.row())))
        }
        _ => Err(OtherKind.into()),
    }
}

pub(super) fn linux(question: &Question) -> Answer {
    match question.kind.as_str() {
        "get info from smartctl" => {
            let found = smartctl::disk(&question.param_text("file")?);
            Ok(found.map_or_else(|| json!({}), disk))
        }
        "get devices from hal" => {
            let disks = lshal::disks(&question.param_text("file")?);
            Ok(disks.into_iter().map(|disk| renamed(disk.row())).collect())
        }
        _ => Err(OtherKind.into()),
    }
}

pub(super) fn unix(question: &Question) -> Answer {
    match question.kind.as_str() {
        "get filesystems from df" => {
            let rows = df::file_systems(&question.param_text("file")?);
            Ok(rows.iter().map(|one| names::row(one.row())).collect())
        }
        _ => Err(OtherKind.into()),
    }
}
