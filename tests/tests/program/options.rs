//! The options of `airlock inventory`.

use crate::documents::elements;
use crate::strict::assert_strict;
use airlock_tests::machine::Machine;
use airlock_tests::program::Airlock;
use serde_json::Value;
use std::fs;

/// The inventory of the workstation, as a text.
fn inventory(options: &[&str]) -> String {
    let machine = Machine::workstation();
    let arguments = [&["inventory", "--machine", machine.argument()], options].concat();
    Airlock::new().done(&arguments).stdout
}

fn content(options: &[&str]) -> Value {
    let text = inventory(options);
    assert_strict(&text);
    serde_json::from_str::<Value>(&text).unwrap()["content"].take()
}

#[test]
fn categories_that_are_left_out_are_not_there() {
    let content = content(&["--no-category", "process,environment,software", "--no-category", "user"]);
    for section in ["processes", "envs", "softwares", "users", "local_users", "local_groups"] {
        assert!(content.get(section).is_none(), "{section} is there");
    }
    assert!(content.get("cpus").is_some() && content["hardware"].get("lastloggeduser").is_none());
}

#[test]
fn a_partial_inventory_says_so_and_which_machine_it_is() {
    let text = inventory(&["--partial", "software"]);
    assert_strict(&text);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["partial"], true);
    for section in ["hardware", "bios", "operatingsystem", "softwares"] {
        assert!(document["content"].get(section).is_some(), "{section} is missing");
    }
    for section in ["networks", "processes", "cpus", "local_users", "storages"] {
        assert!(document["content"].get(section).is_none(), "{section} is there");
    }
}

#[test]
fn what_makes_no_sense_is_exit_code_2_with_help() {
    let airlock = Airlock::new();
    for (arguments, help) in [
        (&["inventory", "--no-category", "sofware"][..], "did you mean software?"),
        (&["inventory", "--partial", "netwrok"], "did you mean network?"),
        (&["inventory", "--no-category", "entirely-unknown"], "--list-categories"),
        (&["inventory", "--machine", "/nonexistent/machine"], "not a folder"),
        (&["inventory", "--partial", "software", "--xml"], "cannot be used with"),
        (&["inventory", "--json", "--html"], "cannot be used with"),
        (&["inventory", "--backend-collect-timeout", "0"], "0"),
        (&["inventry"], "inventory"),
        (&["task", "inspect", "inventry"], "there are: inventory"),
        (&[], "Usage"),
    ] {
        let output = airlock.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stderr.contains(help), "{arguments:?}: {}", output.stderr);
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
}

#[test]
fn the_categories_are_listed_with_their_sections() {
    let output = Airlock::new().done(&["inventory", "--list-categories"]);
    let line = |category: &str| {
        let mut lines = output.stdout.lines();
        lines.find(|line| line.split_whitespace().next() == Some(category)).unwrap_or_else(|| panic!("{category}"))
    };
    assert!(line("software").contains("softwares"));
    assert!(line("user").contains("users") && line("user").contains("hardware"));
    assert!(airlock_model::schema::categories().into_iter().all(|category| !line(category).is_empty()));
}

#[test]
fn a_tag_is_in_both_documents() {
    let json: Value = serde_json::from_str(&inventory(&["--tag", "Rack <7> & \"co\""])).unwrap();
    assert_eq!(json["tag"], "Rack <7> & \"co\"");
    let xml = inventory(&["--tag", "Rack <7>", "--xml"]);
    assert!(elements(&xml).contains(&"ACCOUNTINFO".to_owned()));
    let squeezed: String = xml.split_whitespace().collect();
    assert!(squeezed.contains("<KEYNAME>TAG</KEYNAME><KEYVALUE>Rack&lt;7&gt;</KEYVALUE>"), "{xml}");
    assert!(!elements(&inventory(&["--xml"])).contains(&"ACCOUNTINFO".to_owned()));
}

#[test]
fn the_document_goes_to_a_file_or_into_a_folder() {
    let (airlock, machine) = (Airlock::new(), Machine::workstation());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inventory.json");
    fs::write(&file, "what was there").unwrap();
    let base = ["inventory", "--machine", machine.argument(), "--output"];
    let output = airlock.done(&[&base[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(output.stdout, "");
    assert_strict(&fs::read_to_string(&file).unwrap());
    fs::remove_file(&file).unwrap();

    airlock.done(&[&base[..], &[folder.path().to_str().unwrap(), "--xml"]].concat());
    let names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with("bench-01-") && names[0].ends_with(".xml"), "{names:?}");
    elements(&fs::read_to_string(folder.path().join(&names[0])).unwrap());

    let nowhere = folder.path().join("no/such/folder.json");
    let output = airlock.run(&[&base[..], &[nowhere.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.contains("no/such/folder.json"), "{}", output.stderr);
    let dash = airlock.done(&[&base[..], &["-"]].concat());
    assert_strict(&dash.stdout);
}
