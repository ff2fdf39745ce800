//! Folders and calls that chance makes up: whatever is there and whatever is asked, both machines say the same.

use super::both::Both;
use airlock_gate::Native;
use airlock_gate::calls::{FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, Stat};
use airlock_native::{MachineFiles, OwnFiles};
use proptest::prelude::*;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

/// What stands under a name.
#[derive(Debug, Clone)]
enum Thing {
    Folder,
    Text(&'static str),
    Link(&'static str),
    Pipe,
    /// Another name of the first file that there is.
    Twin,
}

fn thing() -> impl Strategy<Value = Thing> {
    let links = ["a", "../b", "../../own/key", "nowhere", "ROOT/in", "ROOT/in/a/b", "ROOT/beside", ".", "c/../.."];
    prop_oneof![
        3 => Just(Thing::Folder),
        3 => prop::sample::select(vec!["", "x", "some text"]).prop_map(Thing::Text),
        2 => prop::sample::select(links.to_vec()).prop_map(Thing::Link),
        1 => Just(Thing::Pipe),
        1 => Just(Thing::Twin),
    ]
}

/// `in/a`, `in/a/b/c`, `beside/b`, …
fn place() -> impl Strategy<Value = String> {
    let names = prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..4);
    (prop::sample::select(vec!["in", "in", "in", "beside", "own"]), names)
        .prop_map(|(top, names)| std::iter::once(top).chain(names).collect::<Vec<_>>().join("/"))
}

/// As a task may write a place.
fn asked() -> impl Strategy<Value = String> {
    let around = ["", "", "", "", "/", "/.", "/..", "//a", "/../a", "/a\u{e4}", "/ "];
    (place(), prop::sample::select(around.to_vec())).prop_map(|(place, end)| format!("{place}{end}"))
}

#[derive(Debug, Clone)]
enum Act {
    Stat,
    List,
    Read(u64, u32),
    Hash,
    MakeDir,
    Write(u64, &'static str),
    Remove,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(Act::Stat),
        Just(Act::List),
        (0..12_u64, 0..12_u32).prop_map(|(offset, length)| Act::Read(offset, length)),
        Just(Act::Hash),
        Just(Act::MakeDir),
        (0..30_u64, prop::sample::select(vec!["", "y", "longer text"])).prop_map(|(at, data)| Act::Write(at, data)),
        Just(Act::Remove),
    ]
}

/// Puts a thing where there is room for it, here and into the mock's file; what finds no room is left out of both.
fn put(root: &Path, place: &str, thing: &Thing, first: &mut Option<String>, mock: &mut String) {
    let path = root.join(place);
    let above = path.parent().unwrap();
    // A folder on the way that is a link would put it elsewhere.
    let is_plain = |folder: &Path| fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir());
    let clear =
        above.ancestors().take_while(|folder| *folder != root).all(|folder| is_plain(folder) || !folder.exists());
    if !clear || fs::symlink_metadata(&path).is_ok() || fs::create_dir_all(above).is_err() {
        return;
    }
    let here = |text: &str| text.replace("ROOT", root.to_str().unwrap());
    let (name, said) = (
        path.to_str().unwrap().to_owned(),
        match thing {
            Thing::Folder => {
                fs::create_dir(&path).unwrap();
                "folder = true".to_owned()
            }
            Thing::Text(text) => {
                fs::write(&path, text).unwrap();
                first.get_or_insert_with(|| path.to_str().unwrap().to_owned());
                format!("text = {text:?}")
            }
            Thing::Link(to) => {
                symlink(here(to), &path).unwrap();
                format!("link = {:?}", here(to))
            }
            Thing::Pipe => {
                nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
                "special = true".to_owned()
            }
            Thing::Twin => {
                let Some(first) = first else { return };
                fs::hard_link(&*first, &path).unwrap();
                format!("same_as = {first:?}")
            }
        },
    );
    let _ = writeln!(mock, "{name:?} = {{ {said} }}");
}

const POLICY: &str = r#"
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.read"
paths = ["ROOT/in/**"]
max_bytes = 10
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.stat"
paths = ["ROOT/in/**", "ROOT/own/**"]
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.find"
paths = ["ROOT/in", "ROOT/in/*"]
max_results = 3
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.hash"
paths = ["ROOT/in/*"]
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.write"
paths = ["ROOT/in/**"]
max_bytes = 25
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.mkdir"
paths = ["ROOT/in/**"]
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.delete"
paths = ["ROOT/in/**"]
[[forbid]]
verb = "files.write"
paths = ["ROOT/in/c/**"]
"#;

async fn act_on(both: &mut Both, path: String, act: &Act) -> String {
    match act {
        Act::Stat => {
            // The time of a file is the machine's own affair.
            let timeless = |stat: Option<Stat>| stat.map(|stat| Stat { modified: 0, ..stat });
            both.but_for(FileStat { path }, timeless).await
        }
        Act::List => both.call(FileList { path }).await,
        Act::Read(offset, length) => both.call(FileRead { path, offset: *offset, length: *length }).await,
        Act::Hash => both.call(FileHash { path, algorithm: "sha256".to_owned() }).await,
        Act::MakeDir => both.call(FileMkdir { path }).await,
        Act::Write(offset, data) => both.call(FileWrite { path, offset: *offset, data: (*data).into() }).await,
        Act::Remove => both.call(FileRemove { path }).await,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_there_and_whatever_is_asked(
        things in prop::collection::vec((place(), thing()), 0..14),
        acts in prop::collection::vec((asked(), act()), 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let mut mock = format!("mock_version = 1\nown = {{ paths = [{:?}] }}\n[files]\n", root.join("own"));
        let mut first = None;
        for top in ["in", "beside", "own"] {
            fs::create_dir(root.join(top)).unwrap();
            let _ = writeln!(mock, "{:?} = {{ folder = true }}", root.join(top));
        }
        put(&root, "own/key", &Thing::Text("secret"), &mut first, &mut mock);
        for (place, thing) in &things {
            put(&root, place, thing, &mut first, &mut mock);
        }
        let own = Arc::new(OwnFiles::new(vec![root.join("own")]));
        let real = |none| Native { files: Arc::new(MachineFiles::new(own)), ..none };
        let mut both = Both::new(real, &mock, &POLICY.replace("ROOT", root.to_str().unwrap()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for (place, act) in &acts {
            runtime.block_on(act_on(&mut both, root.join(place).to_str().unwrap().to_owned(), act));
        }
        prop_assert_eq!(fs::read_to_string(root.join("own/key")).unwrap(), "secret");
    }
}
