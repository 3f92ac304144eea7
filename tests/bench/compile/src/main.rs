//! What resources cost the compiler, next to the same ones by hand (axum, rusqlite, serde, validator).
//!
//! Makes crates with 1, 10 and 50 books from the sources of the servers beside it, builds what they
//! depend on, and measures the CPU time of `cargo build` for the crate alone, for a change of one line,
//! and how many lines the compiler sees.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const OURS: &str = include_str!("../../ours/src/book.rs");
const MODEL: &str = include_str!("../../model/src/lib.rs");
const PAGE: &str = include_str!("../../model/src/page.rs");
const ERROR: &str = include_str!("../../model/src/error.rs");
const HANDLERS: &str = include_str!("../../by-hand/rusqlite/src/books.rs");
const POOL: &str = include_str!("../../by-hand/rusqlite/src/pool.rs");

const HELP: &str = "cargo run --release -p compile -- [--rounds N] [COUNT…]

--rounds     of which the median counts (3)
COUNT…       numbers of resources (1 10 50)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ours,
    ByHand,
}

/// What one crate costs.
struct Cost {
    build: f64,
    change: f64,
    lines: Option<usize>,
}

fn main() -> Result<()> {
    let (rounds, counts) = options(std::env::args().skip(1))?;
    println!("{:>10} {:>9} {:>16} {:>16} {:>16}", "resources", "", "build, s of CPU", "one line, s", "expanded lines");
    let mut ones: Vec<Cost> = Vec::new();
    for count in counts {
        let ours = measure(Side::Ours, count, rounds)?;
        let by_hand = measure(Side::ByHand, count, rounds)?;
        for (name, cost) in [("ours", &ours), ("by hand", &by_hand)] {
            let lines = cost.lines.map_or("-".to_owned(), |it| it.to_string());
            println!("{count:>10} {name:>9} {:>16.2} {:>16.2} {lines:>16}", cost.build, cost.change);
        }
        let lines = ours.lines.zip(by_hand.lines).map(|(ours, by_hand)| ours as f64 / by_hand as f64);
        let lines = lines.map_or("-".to_owned(), |it| format!("{it:.2}"));
        let (build, change) = (ours.build / by_hand.build, ours.change / by_hand.change);
        println!("{count:>10} {:>9} {build:>16.2} {change:>16.2} {lines:>16}", "ratio");
        if count == 1 {
            ones = vec![ours, by_hand];
        } else if let [one_of_ours, one_by_hand] = ones.as_slice() {
            for (name, cost, one) in [("ours", &ours, one_of_ours), ("by hand", &by_hand, one_by_hand)] {
                let more = (count - 1) as f64;
                let lines = cost.lines.zip(one.lines).map(|(all, one)| (all as f64 - one as f64) / more);
                let lines = lines.map_or("-".to_owned(), |it| format!("{it:.0}"));
                let build = (cost.build - one.build) / more;
                println!("{:>10} {name:>9} {build:>16.2} {:>16} {lines:>16}", "each more", "");
            }
        }
    }
    println!("\ngoals: at most 0.3 s and 600 lines for each resource; 50 resources at most 0.7 times by hand");
    Ok(())
}

/// How many rounds, and of how many resources.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<(usize, Vec<usize>)> {
    let (mut rounds, mut counts) = (3, Vec::new());
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            rounds = arguments.next().ok_or(HELP)?.parse::<usize>()?.max(1);
        } else {
            counts.push(argument.parse().map_err(|_| format!("{argument} is no option\n\n{HELP}"))?);
        }
    }
    Ok((rounds, if counts.is_empty() { vec![1, 10, 50] } else { counts }))
}

fn measure(side: Side, count: usize, rounds: usize) -> Result<Cost> {
    let package = write(side, count)?;
    let main = package.join("src/main.rs");
    cargo(&package, &["build", "--quiet"])?;
    let (mut builds, mut changes) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Without what the compiler remembers of the crate.
        cargo(&package, &["clean", "--quiet", "--package", "generated"])?;
        let before = spent()?;
        cargo(&package, &["build", "--quiet"])?;
        let built = spent()?;
        let text = fs::read_to_string(&main)?;
        fs::write(&main, format!("{text}\n#[allow(dead_code)]\nconst ROUND_{round}: usize = {round};\n"))?;
        let changed = spent()?;
        cargo(&package, &["build", "--quiet"])?;
        builds.push(built - before);
        changes.push(spent()? - changed);
    }
    Ok(Cost { build: median(builds), change: median(changes), lines: expanded(&package)? })
}

/// Writes a crate with so many resources.
fn write(side: Side, count: usize) -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let name = if side == Side::Ours { "ours" } else { "by-hand" };
    let package = root.join(format!("target/compile/{name}-{count}"));
    let source = package.join("src");
    let _ = fs::remove_dir_all(&source);
    fs::create_dir_all(&source)?;
    let runtime = root.join("../../resource-runtime").canonicalize()?;
    let dependencies = match side {
        Side::Ours => format!(
            "resource-runtime = {{ path = \"{}\", default-features = false, features = [\"macros\", \"server\", \"sqlite\"] }}\n",
            runtime.display()
        ),
        Side::ByHand => {
            let by_hand = fs::read_to_string(root.join("by-hand/rusqlite/Cargo.toml"))?;
            let model = fs::read_to_string(root.join("model/Cargo.toml"))?;
            let wanted = |text: &str, names: &[&str]| -> String {
                let named = |line: &&str| names.iter().any(|it| line.starts_with(&format!("{it} = ")));
                text.lines().filter(named).map(|it| format!("{it}\n")).collect()
            };
            wanted(&model, &["axum", "chrono", "regex", "rust_decimal", "serde", "serde_json", "validator"])
                + &wanted(&by_hand, &["rusqlite"])
        }
    };
    fs::write(
        package.join("Cargo.toml"),
        format!(
            "[package]\nname = \"generated\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\
             tokio = {{ version = \"1\", features = [\"full\"] }}\n\n[workspace]\n"
        ),
    )?;
    // The versions that the servers have.
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock"))?;
    let modules: String = (1..=count).map(|it| format!("mod r{it};\n")).collect();
    match side {
        Side::Ours => {
            for number in 1..=count {
                let text = OURS.replacen("#[resource(sort", &format!("#[resource(path = \"books{number}\", sort"), 1);
                fs::write(source.join(format!("r{number}.rs")), text)?;
            }
            let mounted: String = (1..=count).map(|it| format!(".resource(r{it}::Book::on(&store))")).collect();
            fs::write(
                source.join("main.rs"),
                format!(
                    "{modules}use resource_runtime::prelude::*;\n\n#[tokio::main]\nasync fn main() -> resource_runtime::Result<()> {{\n    \
                     let settings = Settings::from_env()?;\n    let store = settings.connect().await?;\n    \
                     Api::new(\"Books\", \"1.0.0\"){mounted}.serve(settings).await\n}}\n"
                ),
            )?;
        }
        Side::ByHand => {
            let model = MODEL
                .replace("mod error;\n", "pub mod books;\n")
                .replace("mod serve;\n", "")
                .replace("pub use error::ApiError;", "pub use crate::error::ApiError;")
                .replace("pub use serve::serve;\n", "");
            for number in 1..=count {
                let folder = source.join(format!("r{number}"));
                fs::create_dir_all(&folder)?;
                fs::write(folder.join("mod.rs"), &model)?;
                fs::write(folder.join("page.rs"), PAGE.replace("use crate::{", "use super::{"))?;
                fs::write(folder.join("books.rs"), HANDLERS.replace("use model::{", "use super::{"))?;
            }
            fs::write(source.join("error.rs"), ERROR)?;
            fs::write(source.join("pool.rs"), POOL.replace("use model::ApiError", "use crate::error::ApiError"))?;
            let routes: String = (1..=count)
                .map(|it| {
                    format!(
                        "\n        .route(\"/books{it}\", get(r{it}::books::list).post(r{it}::books::create))\
                         \n        .route(\"/books{it}/{{id}}\", get(r{it}::books::get).patch(r{it}::books::update))"
                    )
                })
                .collect();
            fs::write(
                source.join("main.rs"),
                format!(
                    "#![allow(dead_code, unused_imports)]\nmod error;\nmod pool;\n{modules}use axum::routing::get;\n\n\
                     #[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {{\n    \
                     let pool = pool::Pool::open(\"books.db\")?;\n    \
                     let router = axum::Router::new(){routes}\n        .with_state(pool);\n    \
                     let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await?;\n    \
                     axum::serve(listener, router).await?;\n    Ok(())\n}}\n"
                ),
            )?;
        }
    }
    Ok(package)
}

fn command(package: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    // One for all, so that dependencies are built once.
    let target = package.parent().unwrap_or(package).join("target");
    cargo.args(arguments).current_dir(package).env("CARGO_TARGET_DIR", target);
    cargo
}

fn cargo(package: &Path, arguments: &[&str]) -> Result<()> {
    if !command(package, arguments).status()?.success() {
        return Err(format!("cargo {} failed in {}", arguments.join(" "), package.display()).into());
    }
    Ok(())
}

/// The lines that the compiler sees once all macros are expanded. None where it does not print them:
/// a stable compiler refuses to.
fn expanded(package: &Path) -> Result<Option<usize>> {
    let mut cargo = command(package, &["rustc", "--quiet", "--", "-Zunpretty=expanded"]);
    let output = cargo.stderr(Stdio::null()).output()?;
    let lines = output.stdout.split(|it| *it == b'\n').filter(|it| !it.trim_ascii().is_empty()).count();
    Ok(output.status.success().then_some(lines))
}

/// Seconds of CPU that the programs which this one waited for have had.
fn spent() -> Result<f64> {
    /// What Linux tells programs the kernel's ticks are, whatever they are.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("no /proc/self/stat")?;
    let ticks: Vec<f64> = fields.split(' ').skip(13).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
