use std::collections::HashSet;
use std::sync::LazyLock;

use super::schema::Direction;
use super::{Change, Changes};
use crate::openapi::{Node, Object};

/// Two documents, and what was found to differ.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a Node,
    pub(super) new: &'a Node,
    pub(super) changes: Changes,
    /// Pairs of components that are compared already, or being compared: models can be recursive.
    pub(super) seen: HashSet<(String, String, Direction)>,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

static NOTHING: LazyLock<Object> = LazyLock::new(Object::new);

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a Node, new: &'a Node) -> Self {
        Self { old, new, changes: Changes::default(), seen: HashSet::new() }
    }

    pub(super) fn breaks(&mut self, pointer: &str, what: impl Into<String>) {
        self.changes.breaks.push(Change { pointer: pointer.to_owned(), what: what.into() });
    }

    pub(super) fn adds(&mut self, pointer: &str, what: impl Into<String>) {
        self.changes.additions.push(Change { pointer: pointer.to_owned(), what: what.into() });
    }

    pub(super) fn documents(&mut self) {
        let (old, new) = (member(Some(self.old), "paths"), member(Some(self.new), "paths"));
        for (path, item) in old.iter() {
            let pointer = below("/paths", path);
            match new.get(path) {
                Some(now) => self.path(&pointer, item, now),
                None => self.breaks(&pointer, "the path is gone"),
            }
        }
        for (path, _) in new.iter().filter(|(path, _)| !old.has(path)) {
            self.adds(&below("/paths", path), "the path is new");
        }
        self.schemes();
    }

    fn schemes(&mut self) {
        const PLACE: &str = "/components/securitySchemes";
        let of = |it: &'a Node| it.pointer(PLACE).and_then(Node::as_object).unwrap_or(&NOTHING);
        for (name, was) in of(self.old).iter() {
            // One that is gone is missed by the operations that had it.
            if of(self.new).get(name).is_some_and(|now| now != was) {
                self.breaks(&below(PLACE, name), "callers say who they are in another way");
            }
        }
    }

    fn path(&mut self, pointer: &str, old: &'a Node, new: &'a Node) {
        for method in METHODS {
            let pointer = below(pointer, method);
            match (old.pointer(&below("", method)), new.pointer(&below("", method))) {
                (Some(was), Some(now)) => self.operation(&pointer, (old, was), (new, now)),
                (Some(_), None) => self.breaks(&pointer, "the operation is gone"),
                (None, Some(_)) => self.adds(&pointer, "the operation is new"),
                (None, None) => {}
            }
        }
    }

    /// Each operation with the item of its path, for the parameters that operations share.
    fn operation(&mut self, pointer: &str, old: (&'a Node, &'a Node), new: (&'a Node, &'a Node)) {
        let ((old_item, old), (new_item, new)) = (old, new);
        let id = |it: &'a Node| it.pointer("/operationId").and_then(Node::as_text).unwrap_or_default();
        if id(old) != id(new) {
            let what = format!("`{}` is called `{}` now", id(old), id(new));
            self.breaks(&below(pointer, "operationId"), what);
        }
        let is_deprecated = |it: &Node| it.pointer("/deprecated") == Some(&Node::Bool(true));
        if is_deprecated(old) != is_deprecated(new) {
            self.adds(&below(pointer, "deprecated"), "it is deprecated in one of the two");
        }
        self.security(&below(pointer, "security"), old, new);
        self.parameters(&below(pointer, "parameters"), (old_item, old), (new_item, new));
        self.request_body(&below(pointer, "requestBody"), old.pointer("/requestBody"), new.pointer("/requestBody"));
        self.responses(&below(pointer, "responses"), member(Some(old), "responses"), member(Some(new), "responses"));
    }

    fn security(&mut self, pointer: &str, old: &'a Node, new: &'a Node) {
        let of = |document: &'a Node, operation: &'a Node| -> &'a [Node] {
            match operation.pointer("/security").or_else(|| document.pointer("/security")) {
                Some(Node::Array(it)) => it,
                _ => &[],
            }
        };
        let (was, now) = (of(self.old, old), of(self.new, new));
        if was == now {
            return;
        }
        // Callers go on as before if nothing is demanded, or one of the ways in that they had is left.
        let is_open = now.is_empty() || now.iter().any(|it| it.as_object().is_some_and(Object::is_empty));
        if is_open || (!was.is_empty() && was.iter().all(|it| now.contains(it))) {
            self.adds(pointer, "callers have more ways in");
        } else {
            self.breaks(pointer, "callers need something else than before");
        }
    }

    fn parameters(&mut self, pointer: &str, old: (&'a Node, &'a Node), new: (&'a Node, &'a Node)) {
        let old = parameters(self.old, old);
        let new = parameters(self.new, new);
        for (name, was) in &old {
            let pointer = below(pointer, name);
            let Some((_, now)) = new.iter().find(|(it, _)| it == name) else {
                self.breaks(&pointer, "the parameter is gone");
                continue;
            };
            match (is_required(was), is_required(now)) {
                (false, true) => self.breaks(&pointer, "the parameter must be sent now"),
                (true, false) => self.adds(&pointer, "the parameter may be absent now"),
                _ => {}
            }
            for keyword in ["style", "explode", "allowReserved"] {
                if was.get(keyword) != now.get(keyword) {
                    self.breaks(&below(&pointer, keyword), "it is written in another way");
                }
            }
            self.schemas(&below(&pointer, "schema"), was.get("schema"), now.get("schema"), Direction::Request);
        }
        for (name, now) in new.iter().filter(|(name, _)| !old.iter().any(|(it, _)| it == name)) {
            let pointer = below(pointer, name);
            if is_required(now) {
                self.breaks(&pointer, "the parameter is new, and must be sent");
            } else {
                self.adds(&pointer, "the parameter is new");
            }
        }
    }

    fn request_body(&mut self, pointer: &str, old: Option<&'a Node>, new: Option<&'a Node>) {
        let old = old.map(|it| resolved(self.old, it));
        let new = new.map(|it| resolved(self.new, it));
        let (was, now) = match (old, new) {
            (None, None) => return,
            (Some(_), None) => return self.breaks(pointer, "no body is taken any more"),
            (None, Some(now)) if is_required(now) => return self.breaks(pointer, "a body must be sent now"),
            (None, Some(_)) => return self.adds(pointer, "a body can be sent"),
            (Some(was), Some(now)) => (was, now),
        };
        match (is_required(was), is_required(now)) {
            (false, true) => self.breaks(pointer, "the body must be sent now"),
            (true, false) => self.adds(pointer, "the body may be absent now"),
            _ => {}
        }
        self.contents(&below(pointer, "content"), was, now, Direction::Request);
    }

    fn responses(&mut self, pointer: &str, old: &'a Object, new: &'a Object) {
        for (status, was) in old.iter() {
            let pointer = below(pointer, status);
            let Some(now) = new.get(status) else {
                self.breaks(&pointer, "the status is gone");
                continue;
            };
            let (was, now) = (resolved(self.old, was), resolved(self.new, now));
            self.headers(&below(&pointer, "headers"), member_of(was, "headers"), member_of(now, "headers"));
            self.contents(&below(&pointer, "content"), was, now, Direction::Response);
        }
        for (status, _) in new.iter().filter(|(status, _)| !old.has(status)) {
            self.adds(&below(pointer, status), "the status is new");
        }
    }

    fn headers(&mut self, pointer: &str, old: &'a Object, new: &'a Object) {
        for (name, was) in old.iter() {
            let pointer = below(pointer, name);
            match new.get(name) {
                Some(now) => {
                    let (was, now) = (resolved(self.old, was), resolved(self.new, now));
                    let pointer = below(&pointer, "schema");
                    self.schemas(&pointer, was.get("schema"), now.get("schema"), Direction::Response);
                }
                None => self.breaks(&pointer, "the header field is gone"),
            }
        }
        for (name, _) in new.iter().filter(|(name, _)| !old.has(name)) {
            self.adds(&below(pointer, name), "the header field is new");
        }
    }

    fn contents(&mut self, pointer: &str, old: &'a Object, new: &'a Object, direction: Direction) {
        let (old, new) = (member_of(old, "content"), member_of(new, "content"));
        for (media_type, was) in old.iter() {
            let pointer = below(pointer, media_type);
            match new.get(media_type) {
                Some(now) => {
                    let pointer = below(&pointer, "schema");
                    self.schemas(&pointer, was.pointer("/schema"), now.pointer("/schema"), direction);
                }
                None => self.breaks(&pointer, "the media type is gone"),
            }
        }
        for (media_type, _) in new.iter().filter(|(it, _)| !old.has(it)) {
            let pointer = below(pointer, media_type);
            if old.is_empty() && direction == Direction::Response {
                self.breaks(&pointer, "there is a body now");
            } else {
                self.adds(&pointer, "the media type is new");
            }
        }
    }
}

/// A pointer with one more name.
pub(super) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What a reference leads to; the object itself where it is none.
pub(super) fn resolved<'a>(document: &'a Node, node: &'a Node) -> &'a Object {
    target(document, node).0
}

/// As [`resolved`], with the last reference on the way.
pub(super) fn target<'a>(document: &'a Node, node: &'a Node) -> (&'a Object, Option<&'a str>) {
    let (mut node, mut last) = (node, None);
    // Bounded, since an application may have patched in a reference to itself.
    for _ in 0..8 {
        let Some(reference) = node.pointer("/$ref").and_then(Node::as_text) else { break };
        last = Some(reference);
        match document.pointer(reference.trim_start_matches('#')) {
            Some(found) => node = found,
            None => return (&NOTHING, last),
        }
    }
    (node.as_object().unwrap_or(&NOTHING), last)
}

fn member<'a>(node: Option<&'a Node>, name: &str) -> &'a Object {
    node.and_then(Node::as_object).map_or(&NOTHING, |it| member_of(it, name))
}

pub(super) fn member_of<'a>(object: &'a Object, name: &str) -> &'a Object {
    object.get(name).and_then(Node::as_object).unwrap_or(&NOTHING)
}

fn is_required(object: &Object) -> bool {
    object.get("required") == Some(&Node::Bool(true))
}

/// The parameters of an operation, those of its path included, by place and name.
fn parameters<'a>(document: &'a Node, (item, operation): (&'a Node, &'a Node)) -> Vec<(String, &'a Object)> {
    let lists = [operation, item].into_iter().filter_map(|it| match it.pointer("/parameters") {
        Some(Node::Array(all)) => Some(all),
        _ => None,
    });
    let mut parameters: Vec<(String, &Object)> = Vec::new();
    for it in lists.flatten().map(|it| resolved(document, it)) {
        let text = |name: &str| it.get(name).and_then(Node::as_text).unwrap_or_default();
        let name = format!("{}:{}", text("in"), text("name"));
        if !parameters.iter().any(|(known, _)| *known == name) {
            parameters.push((name, it));
        }
    }
    parameters
}
