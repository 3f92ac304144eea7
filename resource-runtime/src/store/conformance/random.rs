//! Random rows, queries and writes, compared with the reference. The cases follow from a seed, which
//! a failure names: the panic comes from a task of its own, so it is printed before.

use std::sync::Arc;

use super::pool::{draw, draw_operand, draw_zoo_row};
use super::rng::{Rng, setting};
use super::subject::Subject;
use super::zoo::ZOO;
use crate::field::Value;
use crate::json::Projection;
use crate::query::{Condition, CountMode, Filter, Keyset, Operator, SortKey};
use crate::resource::Record;
use crate::store::{Database, Key, Select, Window, Write, Written};

const SEED: u64 = 0x5EED;

/// Runs cases one after the other, each with a seed of its own.
macro_rules! cases {
    ($default:expr, |$rng:ident| $case:block) => {{
        let start = setting("CONFORMANCE_SEED", SEED);
        for seed in start..start.saturating_add(setting("CONFORMANCE_CASES", $default)) {
            let $rng = &mut Rng::new(seed);
            let named = NameSeed(seed);
            $case
            drop(named);
        }
    }};
}

/// Names the seed of the case that panics.
struct NameSeed(u64);

impl Drop for NameSeed {
    #[expect(clippy::print_stderr, reason = "this is where a failing test says how to repeat it")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("repeat this case with CONFORMANCE_SEED={} CONFORMANCE_CASES=1", self.0);
        }
    }
}

/// A zoo of the same random rows every time.
async fn zoo(db: Database) -> Subject {
    let mut zoo = Subject::new(db, ZOO).await;
    let mut rng = Rng::new(SEED);
    for _ in 0..120 {
        zoo.insert(draw_zoo_row(&mut rng)).await;
    }
    zoo
}

pub(super) async fn queries_answer_as_the_reference_does(db: Database) {
    let zoo = zoo(db).await;
    cases!(400, |rng| {
        let select = draw_select(rng, &zoo.rows);
        let projection = draw_projection(rng);
        zoo.check_json(&select, &projection).await;
    });
}

pub(super) async fn walks_answer_as_the_reference_does(db: Database) {
    let zoo = zoo(db).await;
    cases!(40, |rng| {
        let select = draw_select(rng, &zoo.rows);
        let limit = u32::try_from(1 + rng.below(40)).unwrap();
        super::keysets::walk(&zoo, &select, limit, rng.one_in(2)).await;
    });
}

pub(super) async fn writes_end_in_the_rows_of_the_reference(db: Database) {
    let mut zoo = Subject::new(db.clone(), ZOO).await;
    cases!(300, |rng| {
        if zoo.rows.len() < 4 || rng.one_in(3) {
            zoo.insert(draw_zoo_row(rng)).await;
        }
        let position = rng.below(zoo.rows.len());
        let current = zoo.rows[position].clone();
        let scope = if rng.one_in(2) { draw_filter(rng, 2) } else { Filter::All };
        let key = Key { meta: ZOO, id: current.get(0).clone(), scope: scope.clone() };
        let version = *rng.pick(&[None, Some(current.version), Some(current.version - 1)]);
        let changes = (!rng.one_in(4)).then(|| draw_changes(rng));
        let mut after = current.clone();
        for (field, value) in changes.iter().flatten() {
            after.values[*field] = value.clone();
        }
        after.version += i64::from(changes.is_some());
        let expected = if !scope.matches(ZOO, &current) {
            Written::Missing
        } else if version.is_some_and(|it| it != current.version) {
            Written::Stale { version: current.version }
        } else if !scope.matches(ZOO, &after) {
            Written::Missing
        } else if changes.is_some() {
            zoo.rows[position] = after.clone();
            Written::Done(after)
        } else {
            Written::Done(zoo.rows.remove(position))
        };
        let shown = format!("{changes:?} under {scope:?} at version {version:?}");
        let write = match changes {
            Some(changes) => Write::Update { key, changes, version },
            None => Write::Delete { key, version },
        };
        assert_eq!(db.write(write).await.expect("the write is answered"), expected, "a write of {shown}");
    });
    zoo.check_everything().await;
}

pub(super) fn draw_select(rng: &mut Rng, rows: &[Record]) -> Select {
    let mut sort: Vec<SortKey> = Vec::new();
    for _ in 0..rng.below(4) {
        let field = rng.below(ZOO.fields.len());
        if ZOO.fields[field].kind.is_ordered() && !sort.iter().any(|it| it.field == field) && field != ZOO.id() {
            sort.push(SortKey { field, descending: rng.one_in(2), nulls_first: rng.one_in(3) });
        }
    }
    sort.push(SortKey { field: ZOO.id(), descending: rng.one_in(2), nulls_first: false });
    let limit = u32::try_from(1 + rng.below(50)).unwrap();
    let window = if rng.one_in(2) {
        Window::Offset { offset: rng.below(60) as u64, limit }
    } else {
        let values = sort.iter().map(|key| {
            let field = &ZOO.fields[key.field];
            if key.field == ZOO.id() { rng.pick(rows).get(0).clone() } else { draw(rng, &field.kind, field.nullable) }
        });
        let values = values.collect();
        let keyset = (!rng.one_in(4)).then(|| Keyset { values, backward: rng.one_in(2) });
        Window::Keyset { keyset, limit }
    };
    let scope = if rng.one_in(3) { draw_filter(rng, 1) } else { Filter::All };
    let count = *rng.pick(&[CountMode::None, CountMode::Exact, CountMode::Capped, CountMode::Estimated]);
    Select { meta: ZOO, scope, filter: draw_filter(rng, 3), sort, window, count }
}

pub(super) fn draw_filter(rng: &mut Rng, depth: usize) -> Filter {
    match rng.below(if depth == 0 { 4 } else { 8 }) {
        0 => Filter::All,
        1..4 => draw_condition(rng),
        4 | 5 => Filter::Or((0..1 + rng.below(4)).map(|_| draw_filter(rng, depth - 1)).collect()),
        6 => Filter::And((0..rng.below(4)).map(|_| draw_filter(rng, depth - 1)).collect()),
        _ => !draw_filter(rng, depth - 1),
    }
}

fn draw_condition(rng: &mut Rng) -> Filter {
    let field = rng.below(ZOO.fields.len());
    let kind = &ZOO.fields[field].kind;
    let operators: Vec<_> = Operator::ALL.into_iter().filter(|it| it.applies_to(kind)).collect();
    let operator = *rng.pick(&operators);
    Filter::Condition(Condition { field, operator, operand: draw_operand(rng, operator, kind) })
}

pub(super) fn draw_changes(rng: &mut Rng) -> Vec<(usize, Value)> {
    let fields: Vec<_> = (1..ZOO.fields.len()).filter(|_| rng.one_in(6)).collect();
    fields.into_iter().map(|it| (it, draw(rng, &ZOO.fields[it].kind, ZOO.fields[it].nullable))).collect()
}

fn draw_projection(rng: &mut Rng) -> Arc<Projection> {
    let fields: Vec<_> = (0..ZOO.fields.len()).filter(|_| rng.one_in(4)).collect();
    Arc::new(Projection::new(ZOO, &fields))
}
