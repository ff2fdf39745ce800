//! The rows of one table of a SQLite database, for programs that keep a small one (sqlite.org/fileformat2.html).
//!
//! Read-only and bounded: no index, no journal, only text in UTF-8 and integers, no more pages than the file has. A row
//! that makes no sense is left out; a file that is no database has no rows.

/// What a database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Pages of tables: those that lead to others, and those with rows.
const INTERIOR: u8 = 0x05;
const LEAF: u8 = 0x0d;

/// More rows than this are not read, nor more bytes of one row.
const MOST_ROWS: usize = 200_000;
const MOST_BYTES: usize = 1 << 20;
/// No table of a sane database is deeper.
const DEEPEST: usize = 20;

/// The rows of a table, each value as text; none when there is no such table.
pub(super) fn table(file: &[u8], name: &str) -> Option<Vec<Vec<String>>> {
    let database = Database::of(file)?;
    // The first page holds the table of tables: type, name, name of the table, first page, how it was made.
    let tables = database.rows(1);
    let found = tables
        .iter()
        .find(|row| row.first().is_some_and(|kind| kind == "table") && row.get(1).is_some_and(|known| known == name))?;
    Some(database.rows(found.get(3)?.parse().ok()?))
}

struct Database<'a> {
    file: &'a [u8],
    page: usize,
    /// Without what is kept free at the end of each page.
    usable: usize,
}

impl<'a> Database<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        if !file.starts_with(MAGIC) {
            return None;
        }
        let page = match number(file.get(16..18)?) {
            1 => 65536,
            size @ 512..=32768 if size.is_power_of_two() => size,
            _ => return None,
        };
        let usable = page.checked_sub(usize::from(*file.get(20)?))?;
        // Text in UTF-16 is not read.
        (usable >= 480 && number(file.get(56..60)?) == 1).then_some(Self { file, page, usable })
    }

    /// A page by its number, from 1.
    fn page(&self, number: usize) -> Option<&'a [u8]> {
        let start = number.checked_sub(1)?.checked_mul(self.page)?;
        self.file.get(start..start.checked_add(self.page)?)
    }

    fn rows(&self, root: usize) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        // Each page is visited once at most: a damaged file may lead in circles.
        let mut left = self.file.len() / self.page;
        let mut next = vec![(root, 0)];
        while let Some((at, depth)) = next.pop() {
            if left == 0 || depth > DEEPEST || rows.len() >= MOST_ROWS {
                break;
            }
            left -= 1;
            self.read(at, depth, &mut next, &mut rows);
        }
        rows
    }

    fn read(&self, at: usize, depth: usize, next: &mut Vec<(usize, usize)>, rows: &mut Vec<Vec<String>>) -> Option<()> {
        let page = self.page(at)?;
        // The header of the file stands before that of the first page.
        let head = page.get(if at == 1 { 100 } else { 0 }..)?;
        let cells = number(head.get(3..5)?);
        match *head.first()? {
            LEAF => {
                for cell in pointers(head.get(8..)?, cells) {
                    rows.extend(self.row(page.get(cell..)?).into_iter().take(MOST_ROWS.saturating_sub(rows.len())));
                }
            }
            INTERIOR => {
                next.push((number(head.get(8..12)?), depth + 1));
                let mut children: Vec<usize> = Vec::new();
                for cell in pointers(head.get(12..)?, cells) {
                    children.push(number(page.get(cell..cell.checked_add(4)?)?));
                }
                next.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
            }
            _ => {}
        }
        Some(())
    }

    /// A cell of a leaf: the length, the row's number, the record, and where that goes on if it is long.
    fn row(&self, cell: &'a [u8]) -> Option<Vec<String>> {
        let (length, cell) = varint(cell)?;
        let (_number, cell) = varint(cell)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= MOST_BYTES)?;
        let most = self.usable.checked_sub(35)?;
        if length <= most {
            return record(cell.get(..length)?);
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let fits = least + (length - least) % (self.usable - 4);
        let here = if fits <= most { fits } else { least };
        let mut bytes = cell.get(..here)?.to_vec();
        let mut more = number(cell.get(here..here + 4)?);
        while bytes.len() < length {
            let page = self.page(more)?;
            let part = page.get(4..self.usable)?;
            bytes.extend(part.get(..part.len().min(length - bytes.len()))?);
            more = number(page.get(..4)?);
        }
        record(&bytes)
    }
}

/// The values of a record: their types come first, then they themselves.
fn record(bytes: &[u8]) -> Option<Vec<String>> {
    let (head, _) = varint(bytes)?;
    let head = usize::try_from(head).ok()?;
    let mut types = bytes.get(..head)?;
    (_, types) = varint(types)?;
    let mut values = bytes.get(head..)?;
    let mut row = Vec::new();
    while !types.is_empty() {
        let kind;
        (kind, types) = varint(types)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let (value, rest) = values.split_at_checked(length)?;
        values = rest;
        row.push(match kind {
            1..=6 => number(value).to_string(),
            8 => "0".to_owned(),
            9 => "1".to_owned(),
            13.. if kind % 2 == 1 => String::from_utf8_lossy(value).into_owned(),
            _ => String::new(),
        });
    }
    Some(row)
}

/// Where the cells of a page are.
fn pointers(list: &[u8], cells: usize) -> impl Iterator<Item = usize> {
    list.chunks_exact(2).take(cells).map(number)
}

/// Big-endian, without a sign; at most eight bytes.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().take(8).fold(0, |number, byte| (number << 8) | usize::from(*byte))
}

/// Seven bits a byte, the eighth of the ninth byte counts.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value: u64 = 0;
    for at in 0..9 {
        let byte = *bytes.get(at)?;
        if at == 8 {
            value = (value << 8) | u64::from(byte);
            return Some((value, bytes.get(9..)?));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of texts.
    fn texts(values: &[&str]) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(values.len() + 1).unwrap()];
        bytes.extend(values.iter().map(|value| u8::try_from(value.len() * 2 + 13).unwrap()));
        bytes.extend(values.iter().flat_map(|value| value.bytes()));
        bytes
    }

    /// A leaf with these records, beginning at a place of its page.
    fn leaf(page: &mut [u8], head: usize, records: &[Vec<u8>]) {
        page[head] = LEAF;
        page[head + 4] = u8::try_from(records.len()).unwrap();
        let mut end = page.len();
        for (at, record) in records.iter().enumerate() {
            let cell: Vec<u8> = [&[u8::try_from(record.len()).unwrap(), 1][..], record].concat();
            end -= cell.len();
            page[end..end + cell.len()].copy_from_slice(&cell);
            page[head + 8 + at * 2..head + 10 + at * 2].copy_from_slice(&u16::try_from(end).unwrap().to_be_bytes());
        }
    }

    fn database() -> Vec<u8> {
        let mut file = vec![0; 1024];
        file[..16].copy_from_slice(MAGIC);
        file[16..18].copy_from_slice(&512_u16.to_be_bytes());
        file[59] = 1;
        let (first, second) = file.split_at_mut(512);
        // The first page of the table is a number: a byte of it, of type 1.
        let mut entry = vec![6, 23, 19, 19, 1, 13];
        entry.extend(b"tablelablab\x02");
        leaf(first, 100, &[entry]);
        leaf(second, 0, &[texts(&["a", "b"]), texts(&["c", ""])]);
        file
    }

    #[test]
    fn the_rows_of_a_table() {
        let file = database();
        let wanted = [["a", "b"], ["c", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&file, "lab").unwrap(), wanted);
        assert_eq!(table(&file, "other"), None);
    }

    #[test]
    fn damage_is_no_reason_to_stop() {
        let file = database();
        for at in 16..file.len() {
            for value in [0, 1, 5, 0x7f, 0xff] {
                let mut damaged = file.clone();
                damaged[at] = value;
                let _ = table(&damaged, "lab");
            }
        }
        assert_eq!(table(b"", "lab"), None);
        assert_eq!(table(&file[..200], "lab"), None);
        assert_eq!(varint(&[0xff; 9]).unwrap().0, u64::MAX);
    }
}
