//! Which sections to read, and in what order.

use crate::job::Job;
use airlock_task::{Table, facts::SectionInfo};

/// A section to read, and the fields that are wanted of it: `None` is all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub name: String,
    wanted: Option<Vec<String>>,
}

impl Section {
    /// Takes out of a table what belongs to a category that was left out.
    pub fn keep_wanted(&self, table: &mut Table) {
        if let Some(wanted) = &self.wanted {
            table.keep_fields(wanted);
        }
    }
}

/// Sections that others are understood by come first: the machine's kind, its memory, its maker.
const FIRST: &[&str] = &["hardware", "bios"];
/// These take longest to read: they are read while the others are worked on.
const LAST: &[&str] = &["processes", "softwares"];

/// The sections that a job asks for, of those that there are.
pub fn choose(job: &Job, known: &[SectionInfo]) -> Vec<Section> {
    let mut chosen: Vec<Section> = known.iter().filter_map(|info| wanted(job, info)).collect();
    chosen.sort_by_key(|section| rank(&section.name));
    chosen
}

fn wanted(job: &Job, info: &SectionInfo) -> Option<Section> {
    let fields: Vec<String> =
        info.fields.iter().filter(|field| job.wants(&field.category)).map(|field| field.name.clone()).collect();
    if fields.is_empty() {
        return None;
    }
    let wanted = (fields.len() < info.fields.len()).then_some(fields);
    Some(Section { name: info.name.clone(), wanted })
}

/// The categories that a partial inventory asks for by name and of which nothing is shown.
pub fn not_shown<'a>(job: &'a Job, known: &[SectionInfo]) -> Vec<&'a str> {
    let is_shown = |category: &str| {
        // It is no section of the machine's.
        category == "accesslog" || known.iter().flat_map(|info| &info.fields).any(|field| field.category == category)
    };
    job.partial.iter().flatten().map(String::as_str).filter(|category| !is_shown(category)).collect()
}

fn rank(name: &str) -> usize {
    let place = |list: &[&str]| list.iter().position(|n| *n == name);
    place(FIRST).or(place(LAST).map(|p| FIRST.len() + 1 + p)).unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_task::{Row, facts::FieldInfo};

    fn info(name: &str, fields: &[(&str, &str)]) -> SectionInfo {
        let fields = fields.iter().map(|(n, c)| FieldInfo { name: (*n).into(), category: (*c).into() }).collect();
        SectionInfo { name: name.into(), category: String::new(), fields }
    }

    fn known() -> Vec<SectionInfo> {
        vec![
            info("softwares", &[("name", "software")]),
            info("cpus", &[("name", "cpu")]),
            info("hardware", &[("name", "hardware"), ("lastloggeduser", "user"), ("memory", "memory")]),
        ]
    }

    #[test]
    fn identity_first_and_long_sections_last() {
        let names: Vec<String> = choose(&Job::default(), &known()).into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["hardware", "cpus", "softwares"]);
    }

    #[test]
    fn what_is_asked_for_and_not_shown_is_known() {
        let job = Job { no_category: vec![], partial: Some(vec!["cpu".into(), "process".into(), "accesslog".into()]) };
        assert_eq!(not_shown(&job, &known()), ["process"]);
        assert!(not_shown(&Job::default(), &known()).is_empty());
    }

    #[test]
    fn fields_follow_their_own_category() {
        let job = Job { no_category: vec!["user".into(), "cpu".into()], partial: None };
        let plan = choose(&job, &known());
        let mut table = Table::from_rows(vec![Row::new().with("name", "host1").with("lastloggeduser", "ann")]);
        plan[0].keep_wanted(&mut table);
        assert_eq!(table.into_rows(), [Row::new().with("name", "host1")]);
        assert!(plan.iter().all(|s| s.name != "cpus"));
    }
}
