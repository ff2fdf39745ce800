//! Against a real bus, with a desktop that this test is.

use super::bus::{Bus, of_bus};
use super::wire::{CALL, Message, REPLY, Reader, SIGNAL, Writer};
use super::*;
use std::os::unix::net::UnixListener;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A bus of one user, which is whoever runs the test.
struct Scene {
    _dir: tempfile::TempDir,
    daemon: Child,
    prompt: MachinePrompt,
    bus: PathBuf,
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn scene(test: &str) -> Option<Scene> {
    let dir = tempfile::tempdir().unwrap();
    let bus = dir.path().join(system::user_id().to_string()).join("bus");
    fs::create_dir(bus.parent().unwrap()).unwrap();
    let started = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--nopidfile", &format!("--address=unix:path={}", bus.display())])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(daemon) = started else {
        eprintln!("{test}: NOT RUN: there is no dbus-daemon here (apt-get install dbus-daemon)");
        return None;
    };
    let prompt = MachinePrompt::below(dir.path().to_owned());
    let scene = Scene { _dir: dir, daemon, prompt, bus };
    let begin = Instant::now();
    while !scene.bus.exists() {
        assert!(begin.elapsed() < Duration::from_secs(20), "dbus-daemon does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    Some(scene)
}

/// What was shown: title, text, buttons with their labels.
type Seen = (String, String, Vec<String>);

/// A desktop that answers each question with `signals`: the member, and what is behind the number.
fn desktop(
    scene: &Scene,
    capabilities: &'static [&'static str],
    signals: Vec<(&'static str, &'static str)>,
) -> Receiver<Seen> {
    let (seen, sees) = channel();
    let mut bus = Bus::connect(&scene.bus, system::user_id()).unwrap();
    let mut name = Writer::default();
    name.text("org.freedesktop.Notifications");
    name.number(0);
    bus.call(&of_bus("RequestName", "su", name.done())).unwrap();
    thread::spawn(move || {
        while let Ok(Some(message)) = bus.next(Instant::now() + Duration::from_secs(60)) {
            if message.kind != CALL {
                continue;
            }
            let mut body = Writer::default();
            let mut answer = Message {
                kind: REPLY,
                reply_to: message.serial,
                destination: message.sender.clone(),
                ..Message::default()
            };
            match message.member.as_str() {
                "GetCapabilities" => {
                    body.texts(capabilities);
                    answer.signature = "as".into();
                }
                "Notify" => {
                    let mut said = Reader::new(&message.body);
                    let _app = said.text().unwrap();
                    let _replaces = said.number().unwrap();
                    let _icon = said.text().unwrap();
                    seen.send((said.text().unwrap(), said.text().unwrap(), said.texts().unwrap())).unwrap();
                    body.number(42);
                    answer.signature = "u".into();
                }
                _ => {}
            }
            answer.body = body.done();
            bus.send(&answer).unwrap();
            if message.member != "Notify" {
                continue;
            }
            for (member, word) in &signals {
                bus.send(&signal(member, 42, word)).unwrap();
            }
        }
    });
    sees
}

fn signal(member: &str, id: u32, word: &str) -> Message {
    let mut body = Writer::default();
    body.number(id);
    let signature = match member {
        "NotificationClosed" => {
            body.number(2);
            "uu"
        }
        _ => {
            body.text(word);
            "us"
        }
    };
    Message {
        kind: SIGNAL,
        path: "/org/freedesktop/Notifications".into(),
        interface: "org.freedesktop.Notifications".into(),
        member: member.into(),
        signature: signature.into(),
        body: body.done(),
        ..Message::default()
    }
}

fn question(seconds: u32) -> Shown {
    Shown {
        title: "hq: Update".into(),
        text: "asked by hq\n\n<b>now?</b> & here".into(),
        buttons: vec!["yes".into(), "no".into()],
        icon: "question".into(),
        timeout_seconds: seconds,
    }
}

fn ask(prompt: &MachinePrompt, question: &Shown) -> Result<Pressed, CallError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(prompt.ask(question))
}

#[test]
fn a_button_that_is_pressed_is_the_answer() {
    let Some(scene) = scene("a_button_that_is_pressed_is_the_answer") else { return };
    let sees = desktop(
        &scene,
        &["body", "actions", "body-markup"],
        vec![("ActionInvoked", "format"), ("ActionInvoked", "no")],
    );
    assert_eq!(ask(&scene.prompt, &question(30)), Ok(Pressed::Button("no".into())));
    let (title, text, buttons) = sees.recv_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!((title.as_str(), buttons.join(",").as_str()), ("hq: Update", "yes,Yes,no,No"));
    // Plain text, where markup is understood.
    assert_eq!(text, "asked by hq\n\n&lt;b&gt;now?&lt;/b&gt; &amp; here");
}

#[test]
fn without_markup_the_text_is_as_it_is() {
    let Some(scene) = scene("without_markup_the_text_is_as_it_is") else { return };
    let sees = desktop(&scene, &["actions"], vec![("NotificationClosed", "")]);
    assert_eq!(ask(&scene.prompt, &question(30)), Ok(Pressed::Timeout));
    assert!(sees.recv_timeout(Duration::from_secs(5)).unwrap().1.ends_with("<b>now?</b> & here"));
}

#[test]
fn nobody_else_answers_and_time_ends_it() {
    let Some(scene) = scene("nobody_else_answers_and_time_ends_it") else { return };
    let sees = desktop(&scene, &["actions"], vec![]);
    let path = scene.bus.clone();
    let stranger = thread::spawn(move || {
        sees.recv_timeout(Duration::from_secs(10)).unwrap();
        let mut bus = Bus::connect(&path, system::user_id()).unwrap();
        for _ in 0..3 {
            bus.send(&signal("ActionInvoked", 42, "yes")).unwrap();
        }
        bus
    });
    let began = Instant::now();
    assert_eq!(ask(&scene.prompt, &question(2)), Ok(Pressed::Timeout));
    assert!((Duration::from_secs(2)..Duration::from_secs(8)).contains(&began.elapsed()), "{:?}", began.elapsed());
    drop(stranger.join().unwrap());
}

#[test]
fn one_that_is_not_waited_for_is_shown() {
    let Some(scene) = scene("one_that_is_not_waited_for_is_shown") else { return };
    let sees = desktop(&scene, &["actions"], vec![]);
    let began = Instant::now();
    assert_eq!(ask(&scene.prompt, &question(0)), Ok(Pressed::Timeout));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(sees.recv_timeout(Duration::from_secs(5)).is_ok());
}

#[test]
fn without_a_desktop_or_its_buttons_nobody_is_there() {
    let Some(scene) = scene("without_a_desktop_or_its_buttons_nobody_is_there") else { return };
    assert_eq!(ask(&scene.prompt, &question(30)), Ok(Pressed::NoOneThere));
    let _sees = desktop(&scene, &["body"], vec![]);
    assert_eq!(ask(&scene.prompt, &question(30)), Ok(Pressed::NoOneThere));
}

#[test]
fn a_session_is_a_users_own_socket() {
    let dir = tempfile::tempdir().unwrap();
    let own = system::user_id();
    let prompt = MachinePrompt::below(dir.path().to_owned());
    assert_eq!(ask(&prompt, &question(30)), Ok(Pressed::NoOneThere));
    assert_eq!(ask(&MachinePrompt::below(dir.path().join("none")), &question(30)), Ok(Pressed::NoOneThere));
    for name in [own.to_string(), (own + 1).to_string(), "name".to_owned()] {
        fs::create_dir(dir.path().join(name)).unwrap();
    }
    fs::write(dir.path().join(own.to_string()).join("bus"), "").unwrap();
    assert_eq!(prompt.sessions(), []);
    let other = UnixListener::bind(dir.path().join((own + 1).to_string()).join("bus")).unwrap();
    assert_eq!(prompt.sessions(), [], "a socket of another user's");
    fs::remove_file(dir.path().join(own.to_string()).join("bus")).unwrap();
    let listener = UnixListener::bind(dir.path().join(own.to_string()).join("bus")).unwrap();
    assert_eq!(prompt.sessions().len(), 1);
    // A bus that hangs up, and one that talks nonsense.
    let talking = thread::spawn(move || {
        for words in ["", "REJECTED EXTERNAL\r\n", "OK 1\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"] {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(words.as_bytes()).unwrap();
            let mut heard = [0; 512];
            let _ = stream.read(&mut heard);
        }
    });
    assert!(matches!(ask(&prompt, &question(30)), Err(CallError::Failed(_))));
    assert_eq!(ask(&prompt, &question(30)), Ok(Pressed::NoOneThere));
    assert!(matches!(ask(&prompt, &question(30)), Err(CallError::Failed(_))));
    talking.join().unwrap();
    drop(other);
}
