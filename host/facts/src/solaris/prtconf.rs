//! The firmware's device tree, from `prtconf -vp` (prtconf(1M)): nodes by indentation, each with named properties.
//!
//! Trees deeper than [`DEPTH`] or with more than [`NODES`] nodes are cut there.

use crate::units::Number;

/// Blanks that each level is indented by.
const INDENT: usize = 4;
const DEPTH: usize = 32;
const NODES: usize = 65_536;

/// What the tool says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prtconf {
    /// `Sun Microsystems  sun4u`.
    pub system: Option<String>,
    /// `16384 Megabytes`.
    pub memory: Option<String>,
    pub nodes: Vec<Node>,
}

/// A node. Several of a level may have the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    pub name: Option<String>,
    pub properties: Vec<(String, Property)>,
    pub nodes: Vec<Node>,
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property {
    /// Numbers, as they are written: `00000400.0fd30000`.
    Cells(String),
    /// One text or several.
    Texts(Vec<String>),
}

impl Node {
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.properties.iter().find(|(known, _)| known == name) {
            Some((_, Property::Texts(texts))) => texts.first().map(String::as_str),
            _ => None,
        }
    }
}

impl Prtconf {
    /// The memory in MB.
    pub fn megabytes(&self) -> Option<u64> {
        let (number, unit) = Number::leading(self.memory.as_deref()?)?;
        let scale = match unit.get(..4)? {
            "Mega" => 1,
            "Giga" => 1024,
            _ => return None,
        };
        number.times(scale)?.whole()
    }

    /// What the machine is called on its front: `Sun Fire V890`.
    pub fn model(&self) -> Option<&str> {
        self.nodes.first()?.text("banner-name")
    }
}

pub fn read(text: &str) -> Prtconf {
    let mut tree = Prtconf::default();
    // The nodes from the root to the one that is being read; its depth is its place.
    let mut open: Vec<Node> = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let line = line.trim_end_matches(['\r', '\n']);
        let words = line.trim_start_matches(' ');
        let depth = (line.len() - words.len()) / INDENT;
        if words.starts_with("Node ") {
            count += 1;
            if depth > open.len() || depth >= DEPTH || count > NODES {
                continue;
            }
            close(&mut tree, &mut open, depth);
            open.push(Node::default());
        } else if let Some((name, value)) = words.split_once(':') {
            match open.last_mut() {
                None => header(&mut tree, name, value),
                Some(node) => property(node, name, value),
            }
        }
    }
    close(&mut tree, &mut open, 0);
    tree
}

fn header(tree: &mut Prtconf, name: &str, value: &str) {
    let value = Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
    match name {
        "System Configuration" => tree.system = value,
        "Memory size" => tree.memory = value,
        _ => {}
    }
}

fn property(node: &mut Node, name: &str, value: &str) {
    let value = value.trim_start();
    let value = match value.strip_prefix('\'') {
        // Blanks inside of the quotes belong to the text.
        Some(quoted) => {
            let quoted = quoted.trim_end();
            let texts = quoted.strip_suffix('\'').unwrap_or(quoted).split("' + '").map(str::to_owned);
            Property::Texts(texts.take(1024).collect())
        }
        None => Property::Cells(value.trim_end().to_owned()),
    };
    match &value {
        Property::Cells(cells) if cells.is_empty() => return,
        Property::Texts(texts) if name == "name" => {
            node.name = texts.first().cloned();
            return;
        }
        _ => {}
    }
    node.properties.push((name.to_owned(), value));
}

/// Puts the open nodes down to a depth into the ones above them.
fn close(tree: &mut Prtconf, open: &mut Vec<Node>, depth: usize) {
    while open.len() > depth {
        let Some(node) = open.pop() else { return };
        match open.last_mut() {
            Some(above) => above.nodes.push(node),
            None => tree.nodes.push(node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_nested_by_their_indentation() {
        let tree = read(
            "System Configuration:  Lab  sun4u\nMemory size: 512 Megabytes\nSystem Peripherals (PROM Nodes):\n\nNode 0xf1\n    banner-name:  'Lab One'\n    reg:  0000.0001\n    empty:  \n    name:  'LAB,One'\n\n    Node 0xf2\n        compatible: 'a' + 'b'\n        name:  'first'\n\n    Node 0xf3\n        name:  'second'\n",
        );
        assert_eq!(tree.model(), Some("Lab One"));
        assert_eq!(tree.memory.as_deref(), Some("512 Megabytes"));
        assert_eq!(tree.megabytes(), Some(512));
        let root = &tree.nodes[0];
        assert_eq!(root.name.as_deref(), Some("LAB,One"));
        assert_eq!(root.properties.len(), 2);
        assert_eq!(root.nodes.len(), 2);
        assert_eq!(root.nodes[0].properties[0].1, Property::Texts(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(root.nodes[1].name.as_deref(), Some("second"));
    }

    #[test]
    fn a_node_without_those_above_it_is_left_out() {
        let tree = read("        Node 0xf9\nNode 0x1\n    name:  'x\n                Node 0x2\n    é:'\n:\n");
        assert_eq!(tree.nodes.len(), 1);
        assert_eq!(tree.nodes[0].name.as_deref(), Some("x"));
    }
}
