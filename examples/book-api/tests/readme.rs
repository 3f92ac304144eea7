//! Every command of the README's tour prints what the README says.
//!
//! A block of `sh` holds one command, and the block of `text` or `json` after it what it prints; `…` in there
//! stands for anything.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod support;

use std::process::Command;

use support::{Folder, Server};

#[test]
fn the_commands_print_what_the_readme_says() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: curl is not installed");
        return;
    }
    let readme = include_str!("../../../README.md");
    let folder = Folder::new("readme");
    let server = Server::start(&folder, &[]);
    let mut commands = 0;
    let mut blocks = readme.split("```").skip(1).step_by(2).peekable();
    while let Some(block) = blocks.next() {
        let Some(command) = block.strip_prefix("sh\n").filter(|it| it.starts_with("curl ")) else { continue };
        let expected = blocks.peek().and_then(|it| it.strip_prefix("text\n").or(it.strip_prefix("json\n"))).unwrap();
        let command = command.replace("localhost:8000", &format!("127.0.0.1:{}", server.port));
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap().replace('\r', "");
        assert!(matches(&printed, expected), "{command}\nprints\n{printed}\ninstead of\n{expected}");
        commands += 1;
    }
    assert!(commands >= 5, "only {commands} commands");
}

/// Whether the text is the pattern, in which `…` stands for anything and line ends for any white space.
fn matches(text: &str, pattern: &str) -> bool {
    let fold = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ");
    let (text, pattern) = (fold(text), fold(pattern));
    let mut rest = text.as_str();
    let parts: Vec<_> = pattern.split('…').collect();
    for (index, part) in parts.iter().enumerate() {
        let at = if index == 0 {
            if rest.starts_with(part) { Some(0) } else { None }
        } else if index + 1 == parts.len() && rest.ends_with(part) {
            Some(rest.len() - part.len())
        } else {
            rest.find(part)
        };
        let Some(at) = at else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    parts.len() > 1 || rest.is_empty()
}
