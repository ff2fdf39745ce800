//! Entries of the I/O Registry, from ioreg(8) with `-l -w0`: those of one class, with their properties.
//!
//! A property is `"name" = value`; a value is a text, a number, `Yes` or `No`, bytes in hexadecimal digits between angle
//! brackets (or the text they are), a list in parentheses or a dictionary in braces. A value that is cut short gives
//! what was whole of it.

/// Entries and properties that are kept.
const ENTRIES: usize = 10_000;
const PROPERTIES: usize = 5_000;
/// Lists in dictionaries in lists: the registry has some six levels.
const DEPTH: usize = 32;

/// A value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// As it is written: unsigned, of 64 bits.
    Number(u64),
    Boolean(bool),
    /// Hexadecimal digits.
    Data(String),
    List(Vec<Value>),
    Dict(Vec<(String, Value)>),
}

impl Value {
    /// A value as it stands behind the equals sign.
    pub fn parse(text: &str) -> Option<Self> {
        Reader { rest: text.trim() }.value(0)
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<u64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// One entry of the registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    pub name: String,
    pub properties: Vec<(String, Value)>,
}

impl Object {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A text, without blanks around it and unless it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.text().map(str::trim).filter(|text| !text.is_empty())
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.number()
    }
}

/// The entries of a class.
pub fn objects(text: &str, class: &str) -> Vec<Object> {
    let mut objects: Vec<Object> = Vec::new();
    // Inside the properties of an entry that is wanted.
    let mut within = false;
    for line in text.lines() {
        if let Some((_, header)) = line.split_once("+-o ").filter(|(branch, _)| is_tree(branch)) {
            within = header.split_once("<class ").is_some_and(|(_, rest)| {
                rest.strip_prefix(class).is_some_and(|rest| rest.starts_with([',', '>', ' ']))
            });
            if within {
                if objects.len() >= ENTRIES {
                    break;
                }
                let name = header.split("  <class ").next().unwrap_or(header);
                let name = name.split('@').next().unwrap_or(name).trim();
                objects.push(Object { name: name.to_owned(), properties: Vec::new() });
            }
        } else if within {
            let line = line.trim_start_matches([' ', '|']);
            if line.starts_with('}') {
                within = false;
            } else if let (Some(object), Some(property)) = (objects.last_mut(), property(line))
                && object.properties.len() < PROPERTIES
            {
                object.properties.push(property);
            }
        }
    }
    objects
}

/// The lines of the tree that stand before an entry.
fn is_tree(branch: &str) -> bool {
    branch.bytes().all(|b| matches!(b, b' ' | b'|'))
}

/// `"name" = value`.
fn property(line: &str) -> Option<(String, Value)> {
    let (name, value) = line.strip_prefix('"')?.split_once("\" = ")?;
    Some((name.to_owned(), Value::parse(value)?))
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        if self.take('"') {
            return Some(Value::Text(self.until('"').to_owned()));
        }
        if self.take('<') {
            return Some(self.data());
        }
        if self.take('(') {
            let mut list = Vec::new();
            while !self.take(')') && !self.rest.is_empty() {
                list.push(self.value(depth + 1)?);
                if !self.take(',') && !self.rest.starts_with(')') {
                    self.rest = "";
                }
            }
            return Some(Value::List(list));
        }
        if self.take('{') {
            let mut members = Vec::new();
            while !self.take('}') && !self.rest.is_empty() {
                if !self.take('"') {
                    self.rest = "";
                    break;
                }
                let name = self.until('"').to_owned();
                if !self.take('=') {
                    self.rest = "";
                    break;
                }
                members.push((name, self.value(depth + 1)?));
                if !self.take(',') && !self.rest.starts_with('}') {
                    self.rest = "";
                }
            }
            return Some(Value::Dict(members));
        }
        self.word()
    }

    /// Bytes, or texts in quotation marks: device trees hold bytes that are texts.
    fn data(&mut self) -> Value {
        if !self.rest.starts_with('"') {
            return Value::Data(self.until('>').to_owned());
        }
        let mut texts = Vec::new();
        while self.take('"') {
            texts.push(self.until('"'));
            self.take(',');
        }
        self.take('>');
        Value::Text(texts.join(", "))
    }

    /// A number or a word.
    fn word(&mut self) -> Option<Value> {
        let end = self.rest.find([',', ')', '}', ']']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(match word.trim() {
            "" => return None,
            "Yes" => Value::Boolean(true),
            "No" => Value::Boolean(false),
            word => match word.parse() {
                Ok(number) => Value::Number(number),
                Err(_) => Value::Text(word.to_owned()),
            },
        })
    }

    fn take(&mut self, mark: char) -> bool {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// What stands before a mark, which is taken too; all of the rest when it never comes.
    fn until(&mut self, mark: char) -> &'a str {
        let (text, rest) = self.rest.split_once(mark).unwrap_or((self.rest, ""));
        self.rest = rest;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_class() {
        let text = "+-o Root  <class IORegistryEntry, id 0x1>\n  +-o Disk@1a  <class IOThing, id 0x2, registered>\n\
                    \x20 | {\n  |   \"idVendor\" = 1112\n  |   \"Name\" = \"a \\ b\"\n  |   \"On\" = Yes\n  |   \"Raw\" = <00ff>\n\
                    \x20 |   \"as\" = <\"Mac1,1\">\n  | }\n  +-o Other  <class IOThingElse, id 0x3>\n    {\n      \"x\" = 1\n    }\n";
        let found = objects(text, "IOThing");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].number("idVendor")), ("Disk", Some(1112)));
        assert_eq!(found[0].get("Raw"), Some(&Value::Data("00ff".to_owned())));
        assert_eq!(found[0].text("as"), Some("Mac1,1"));
        assert_eq!(found[0].get("On"), Some(&Value::Boolean(true)));
    }

    #[test]
    fn values_in_values() {
        let Some(Value::Dict(members)) =
            Value::parse("{\"a\"=(1,{\"b\"=\"x,y\"}),\"c\"={},\"d\"=18446744073709551615}")
        else {
            panic!("no dictionary");
        };
        let inner = Value::Dict(vec![("b".to_owned(), Value::Text("x,y".to_owned()))]);
        assert_eq!(members[0].1, Value::List(vec![Value::Number(1), inner]));
        assert_eq!(members[1].1, Value::Dict(Vec::new()));
        assert_eq!(members[2].1, Value::Number(u64::MAX));
    }

    #[test]
    fn damaged_values_end() {
        for text in ["{", "{\"a\"", "{\"a\"=1", "(1,2", "(1 2)", "{\"a\"=1\"b\"=2}", "<", "\"", "(", "({{(", "]", ")"] {
            let _ = Value::parse(text);
        }
        assert_eq!(Value::parse(&"(".repeat(100_000)), None);
        assert_eq!(Value::parse(""), None);
    }
}
