use crate::resource::ResourceMeta;

/// What a statement's text is made of, piece by piece, instead of the text.
///
/// # Design
///
/// Each piece is a few words: the first says what it is and how many follow, so that different pieces
/// never give the same words, and equal words mean equal text. Constants stand for themselves by their
/// address: that costs a fraction of copying them, which is all the use of it. The same text at another
/// address is another shape, which does no harm.
#[derive(Debug, Clone)]
pub(in crate::store) struct Shape {
    words: Vec<u64>,
}

/// What a piece is; in the low bits of its first word.
#[derive(Clone, Copy)]
enum Piece {
    Text,
    Ident,
    Made,
    IdentMade,
    Number,
    Bind,
    Columns,
}

/// Words of most statements; one kilobyte, which allocators have at hand.
const USUAL: usize = 128;

impl Shape {
    pub(super) fn new() -> Self {
        Self { words: Vec::with_capacity(USUAL) }
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(super) fn text(&mut self, text: &'static str) {
        self.constant(Piece::Text, text);
    }

    pub(super) fn ident(&mut self, name: &'static str) {
        self.constant(Piece::Ident, name);
    }

    pub(super) fn made(&mut self, text: &str) {
        self.content(Piece::Made, text);
    }

    pub(super) fn ident_made(&mut self, name: &str) {
        self.content(Piece::IdentMade, name);
    }

    pub(super) fn number(&mut self, number: u64) {
        self.words.extend([first(Piece::Number, 0), number]);
    }

    /// A placeholder, with the type that it is cast to.
    pub(super) fn bind(&mut self, ty: &'static str) {
        self.constant(Piece::Bind, ty);
    }

    pub(super) fn columns(&mut self, meta: &'static ResourceMeta, columns: &[usize]) {
        self.words.extend([first(Piece::Columns, columns.len()), std::ptr::from_ref(meta).addr() as u64]);
        self.words.extend(columns.iter().map(|it| *it as u64));
    }

    fn constant(&mut self, piece: Piece, text: &'static str) {
        self.words.extend([first(piece, text.len()), text.as_ptr().addr() as u64]);
    }

    fn content(&mut self, piece: Piece, text: &str) {
        self.words.push(first(piece, text.len()));
        self.words.extend(text.as_bytes().chunks(8).map(|chunk| {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            u64::from_ne_bytes(bytes)
        }));
    }
}

fn first(piece: Piece, len: usize) -> u64 {
    (len as u64) << 3 | piece as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::testing::{BOOK, TRASHABLE};

    #[test]
    fn different_pieces_are_different_words() {
        const NAME: &str = "name";
        let writes: [&dyn Fn(&mut Shape); 13] = [
            &|it| it.text(NAME),
            &|it| it.ident(NAME),
            &|it| it.bind(NAME),
            &|it| it.bind(""),
            &|it| it.text(&NAME[..2]),
            &|it| it.made("name"),
            &|it| it.made("names of"),
            &|it| it.made("names of "),
            &|it| it.ident_made("name"),
            &|it| it.number(7),
            &|it| it.columns(BOOK, &[7]),
            &|it| it.columns(BOOK, &[7, 0]),
            &|it| it.columns(TRASHABLE, &[7]),
        ];
        let words = |writes: &[&dyn Fn(&mut Shape)]| {
            let mut shape = Shape::new();
            writes.iter().for_each(|it| it(&mut shape));
            shape.words
        };
        let pairs = writes.iter().flat_map(|a| writes.iter().map(|b| words(&[*a, *b])));
        let all: HashSet<_> = writes.iter().map(|it| words(&[*it])).chain(pairs).collect();
        assert_eq!(all.len(), 13 + 13 * 13);
    }
}
