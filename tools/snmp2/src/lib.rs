//! Why `host/native/snmp` reads messages itself and not with the crate `snmp2`: each test here is a message that a device
//! may send, and what becomes of it there. Where one of them fails, the crate has changed, and the choice can be made again.

#[cfg(test)]
mod tests {
    use snmp2::v3::{Auth, Security};
    use snmp2::{Error, Pdu};

    /// Tag, length, content (ITU-T X.690), of less than 128 bytes of content, or less than 256.
    fn tlv(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u8::try_from(content.len()).unwrap();
        let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [head, content].concat()
    }

    const INTEGER: u8 = 0x02;
    const TEXT: u8 = 0x04;
    const OID: u8 = 0x06;
    const SEQUENCE: u8 = 0x30;
    const RESPONSE: u8 = 0xa2;
    /// NsapAddress of RFC 1442, which old devices still have.
    const NSAP: u8 = 0x45;

    fn response(bindings: &[&[u8]]) -> Vec<u8> {
        let number = |n: u8| tlv(INTEGER, &[&[n]]);
        tlv(RESPONSE, &[&number(7), &number(0), &number(0), &tlv(SEQUENCE, bindings)])
    }

    fn binding(last: u8, value: &[u8]) -> Vec<u8> {
        tlv(SEQUENCE, &[&tlv(OID, &[&[0x2b, 6, 1, 2, 1, 1, last, 0]]), value])
    }

    /// Three values arrive and the second is of an uncommon type: one is seen, and nothing says that there were more. A
    /// table that was cut short looks whole. (Here: `airlock-native snmp`, where what cannot be read is said.)
    #[test]
    fn a_value_of_an_uncommon_type_ends_the_answer_in_silence() {
        let number = |n: u8| tlv(INTEGER, &[&[n]]);
        let bindings = [binding(1, &number(1)), binding(2, &tlv(NSAP, &[])), binding(3, &number(3))];
        let bindings: Vec<&[u8]> = bindings.iter().map(Vec::as_slice).collect();
        let message = tlv(SEQUENCE, &[&number(1), &tlv(TEXT, &[b"public"]), &response(&bindings)]);
        assert_eq!(Pdu::from_bytes(&message).unwrap().varbinds.count(), 1);
    }

    /// An agent names the largest message that it takes (RFC 3412, 6.3: up to 2,147,483,647; many say 65,535). From 65,508
    /// on its answers are refused.
    #[test]
    fn an_agent_that_takes_large_messages_is_refused() {
        let number = |n: u8| tlv(INTEGER, &[&[n]]);
        let answer = |largest: &[u8]| {
            let global = [number(1), tlv(INTEGER, &[largest]), tlv(TEXT, &[&[0]]), number(3)].concat();
            let nobody = [tlv(TEXT, &[b"user"]), tlv(TEXT, &[]), tlv(TEXT, &[])].concat();
            let security = tlv(SEQUENCE, &[&tlv(TEXT, &[b"an engine"]), &number(1), &number(1), &nobody]);
            let scoped = tlv(SEQUENCE, &[&tlv(TEXT, &[b"an engine"]), &tlv(TEXT, &[]), &response(&[])]);
            let message = tlv(SEQUENCE, &[&number(3), &tlv(SEQUENCE, &[&global]), &tlv(TEXT, &[&security]), &scoped]);
            let mut user = Security::new(b"user", b"").with_auth(Auth::NoAuthNoPriv);
            Pdu::from_bytes_with_security(&message, Some(&mut user)).err()
        };
        assert_eq!(answer(&[0x00, 0xff, 0xff]), Some(Error::BufferOverflow));
        assert_ne!(answer(&[0x05, 0xdc]), Some(Error::BufferOverflow));
    }
}
