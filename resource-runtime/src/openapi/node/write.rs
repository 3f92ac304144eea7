use super::Node;
use crate::json::write_string;

impl Node {
    /// JSON without white space.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out, None);
        out
    }

    /// JSON for people, two spaces per level.
    #[must_use]
    pub fn to_json_pretty(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out, Some(0));
        out.push(b'\n');
        out
    }

    /// Writes it; `level` is how deep it stands, for those who want lines.
    fn write(&self, out: &mut Vec<u8>, level: Option<usize>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(it) => out.extend_from_slice(if *it { b"true" } else { b"false" }),
            Self::Number(it) => out.extend_from_slice(it.as_bytes()),
            Self::Text(it) => write_string(out, it),
            Self::Array(items) if items.is_empty() => out.extend_from_slice(b"[]"),
            Self::Object(members) if members.is_empty() => out.extend_from_slice(b"{}"),
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    start_item(out, index, level);
                    item.write(out, level.map(|it| it + 1));
                }
                end_items(out, level, b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (index, (name, value)) in members.iter().enumerate() {
                    start_item(out, index, level);
                    write_string(out, name);
                    out.extend_from_slice(if level.is_some() { b": " } else { b":" });
                    value.write(out, level.map(|it| it + 1));
                }
                end_items(out, level, b'}');
            }
        }
    }
}

fn start_item(out: &mut Vec<u8>, index: usize, level: Option<usize>) {
    if index > 0 {
        out.push(b',');
    }
    if let Some(level) = level {
        new_line(out, level + 1);
    }
}

fn end_items(out: &mut Vec<u8>, level: Option<usize>, bracket: u8) {
    if let Some(level) = level {
        new_line(out, level);
    }
    out.push(bracket);
}

fn new_line(out: &mut Vec<u8>, level: usize) {
    out.push(b'\n');
    out.resize(out.len() + 2 * level, b' ');
}
