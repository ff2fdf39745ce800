//! The number under which Red Hat Network and Spacewalk know a machine: `/etc/sysconfig/rhn/systemid`, an XML-RPC
//! structure of names and values.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The numbers have some fifteen characters.
const LONGEST: usize = 64;
pub(super) const FILE: &str = "/etc/sysconfig/rhn/systemid";

/// The system's number, `ID-1000010000`.
pub fn system_id(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let (mut element, mut member) = (String::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return None,
            Event::Start(start) => start.name().as_ref().clone_into(&mut element),
            Event::End(_) => element.clear(),
            Event::Text(text) if element == "name" => text.xml10_content().trim().clone_into(&mut member),
            Event::Text(text) if element == "string" && member == "system_id" => {
                let id = text.xml10_content().trim().to_owned();
                return (!id.is_empty() && id.len() <= LONGEST).then_some(id);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::system_id;

    #[test]
    fn the_number_among_other_members() {
        let text = "<?xml version=\"1.0\"?><params><param><value><struct>\
                    <member><name>username</name><value><string>lab</string></value></member>\
                    <member><name>system_id</name>\n<value><string>ID-1000010000</string></value></member>\
                    </struct></value></param></params>";
        assert_eq!(system_id(text).as_deref(), Some("ID-1000010000"));
        for end in 0..text.len() - 1 {
            system_id(&text[..end]);
        }
        assert_eq!(system_id("<member><name>other</name><value><string>x</string></value></member>"), None);
        assert_eq!(system_id("system_id"), None);
    }
}
