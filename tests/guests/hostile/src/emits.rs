//! Rows that are too many, too large, or senseless.

use airlock_task::bindings::airlock::task::run::emit;
use airlock_task::bindings::airlock::types::types::{Span, Value};
use airlock_task::{Error, Table, run, words};

/// A table that is put together value by value, right or wrong.
#[derive(Default)]
struct Builder {
    values: Vec<Value>,
    texts: Vec<u8>,
}

impl Builder {
    fn text(mut self, text: &str) -> Self {
        let span = self.keep(text.as_bytes());
        self.values.push(Value::Text(span));
        self
    }

    fn value(mut self, value: Value) -> Self {
        self.values.push(value);
        self
    }

    fn keep(&mut self, bytes: &[u8]) -> Span {
        let start = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.extend_from_slice(bytes);
        Span { start, length: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
    }

    fn table(self, fields: &[&str]) -> Table {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        Table { fields, values: self.values, texts: self.texts }
    }
}

/// One row with one text.
pub(crate) fn one_text(bytes: usize) -> Result<(), Error> {
    emit("softwares", &Builder::default().text(&"x".repeat(bytes)).table(&["name"]))
}

/// One table of rows with a value each.
pub(crate) fn values(number: usize) -> Result<(), Error> {
    let mut table = Builder::default().table(&["name"]);
    table.values.resize_with(number, || Value::Boolean(true));
    emit("softwares", &table)
}

/// A small table whose every row says the same million bytes.
pub(crate) fn echoes(number: usize) -> Result<(), Error> {
    const LENGTH: u32 = 1_000_000;
    let mut table = Builder::default().table(&["name"]);
    table.texts.resize(1_000_000, b'x');
    table.values.resize_with(number, || Value::Text(Span { start: 0, length: LENGTH }));
    emit("softwares", &table)
}

/// The same, in a list of texts.
pub(crate) fn echoed_list(number: usize) -> Result<(), Error> {
    let mut builder = Builder::default().text("1").text("group");
    let span = builder.keep("x".repeat(1_000_000).as_bytes());
    let members = std::iter::repeat_n(span, number).collect();
    emit("local_groups", &builder.value(Value::Texts(members)).table(&["id", "name", "members"]))
}

/// A table of very many fields, no two the same.
pub(crate) fn fields(number: usize) -> Result<(), Error> {
    let fields = (0..number).map(|n| format!("{n:x}")).collect();
    emit("softwares", &Table { fields, values: vec![], texts: vec![] })
}

/// A name of a section that is long.
pub(crate) fn section_name(bytes: usize) -> Result<(), Error> {
    emit(&"s".repeat(bytes), &Builder::default().table(&["name"]))
}

/// Everything that is not as it should be; what the host says to each goes to the log.
pub(crate) fn odd() {
    let new = Builder::default;
    let one = |field: &str, value: Value| new().value(value).text("kept").table(&[field, "name"]);
    let text = |field: &str, text: &str| new().text(text).text("kept").table(&[field, "name"]);
    let span = |start: u32, length: u32| {
        let mut builder = new();
        builder.keep("é".as_bytes());
        builder.value(Value::Text(Span { start, length })).table(&["name"])
    };
    let mut bytes = new();
    let raw = bytes.keep(&[0, 27, 255]);
    let tries = [
        ("no section", "no_such_section", text("x", "x")),
        ("no field", "softwares", text("no_such_field", "x")),
        ("wrong type", "softwares", text("filesize", "many")),
        ("below zero", "softwares", one("filesize", Value::Integer(-1))),
        ("bytes", "softwares", bytes.value(Value::Bytes(raw)).text("kept").table(&["version", "name"])),
        ("no date", "softwares", text("install_date", "2024-02-31")),
        ("twice", "softwares", new().text("a").text("b").table(&["name", "name"])),
        ("short row", "softwares", new().text("a").table(&["name", "version"])),
        ("long row", "softwares", new().text("a").text("b").text("c").table(&["name", "version"])),
        ("values without fields", "softwares", new().text("a").table(&[])),
        ("outside", "softwares", span(1, 2)),
        ("far outside", "softwares", span(u32::MAX, u32::MAX)),
        ("half a letter", "softwares", span(0, 1)),
        ("nothing", "softwares", new().table(&[])),
        ("no rows", "softwares", new().table(&["name"])),
        ("no name", "softwares", new().text("1").table(&["version"])),
    ];
    for (what, section, rows) in tries {
        let answer = emit(section, &rows).map_or_else(|error| words(&error), |()| "ok".to_owned());
        run::log(run::Level::Info, &format!("{what}: {answer}"));
    }
}

/// Texts that a terminal would obey, in every place where a task may put one.
pub(crate) fn escapes() -> Result<(), Error> {
    const EVIL: &str = "a\u{1b}]0;owned\u{7}b\u{1b}[2Jc\r\n\u{9b}31md\0e";
    run::log(run::Level::Warn, EVIL);
    emit("softwares", &Builder::default().text(EVIL).text(EVIL).table(&["name", EVIL]))?;
    let mut group = Builder::default().text("1").text("\u{1b}\u{7}g");
    let members = [EVIL, "\u{8}"].map(|text| group.keep(text.as_bytes())).to_vec();
    emit("local_groups", &group.value(Value::Texts(members)).table(&["id", "name", "members"]))?;
    if let Err(error) = emit(EVIL, &Builder::default().table(&["name"])) {
        run::log(run::Level::Error, &words(&error));
    }
    Ok(())
}
