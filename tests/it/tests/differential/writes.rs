//! Sequences of random writes, sound and not.

use it::Rng;

use crate::stores::{Agreed, Stores};
use crate::{bodies, encode, queries, seeds};

const SLUGS: &[&str] = &["a", "b", "c", "d", "A", "é", "a b", "x/y", "%", "😀", "bulk", ""];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_writes_leave_the_same_rows_in_every_store() {
    let stores = Stores::with_animals(10).await;
    let mut sound = 0;
    for seed in seeds(1) {
        let mut rng = Rng::new(seed);
        let answer =
            if rng.one_in(3) { animals(&stores, seed, &mut rng).await } else { keepers(&stores, seed, &mut rng).await };
        sound += usize::from(answer.status < 300);
        if seed % 25 == 0 {
            stores.get(&format!("after seed {seed}"), "keepers?per_page=100&sort=slug").await;
            stores.get(&format!("after seed {seed}"), "animals?per_page=100").await;
        }
    }
    let cases = seeds(1).count();
    assert!(cases < 100 || (cases / 4..cases * 9 / 10).contains(&sound), "{sound} of {cases} were sound");
    stores.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_conditions_choose_the_same_rows_to_write_in_every_store() {
    let stores = Stores::with_animals(40).await;
    let (mut written, mut unconditional) = (0, 0);
    for seed in seeds(4) {
        let mut rng = Rng::new(seed);
        let path = format!("animals?{}", queries::conditions(&mut rng).join("&"));
        let mistakes = usize::from(rng.one_in(6));
        let body = bodies::body(&mut rng, 20, mistakes);
        let prefer = *rng.pick(&["", "tx=rollback", "max-affected=7", "return=minimal"]);
        let case = format!("seed {seed}");
        let patched = stores.send(&case, "PATCH", &path, &[("prefer", prefer)], &body).await;
        // Nothing goes, so that there is something to choose from.
        let deleted = stores.send(&case, "DELETE", &path, &[("prefer", "tx=rollback")], "").await;
        assert!(matches!(deleted.status, 200 | 422), "{case}: {}", deleted.text);
        unconditional += usize::from(deleted.status == 422);
        written += usize::from(patched.status == 200 && patched.text.len() > r#"{"updated":[]}"#.len());
    }
    stores.get(&"in the end", "animals?per_page=100").await;
    let cases = seeds(4).count();
    assert!(
        cases < 100 || (written > cases / 10 && unconditional < cases / 2),
        "{written}, {unconditional} of {cases}"
    );
    stores.close().await;
}

fn atomic(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&["", "", "?atomic=true", "?atomic=false", "?atomic=1"])
}

/// Writes to rows whose ids the server counts, with versions that are known.
async fn animals(stores: &Stores, seed: u64, rng: &mut Rng) -> Agreed {
    let case = format!("seed {seed}");
    let id = 1 + rng.below(16);
    let mistakes = if rng.one_in(3) { 1 + rng.below(3) } else { 0 };
    let body = bodies::body(rng, 6, mistakes);
    let tag = format!("\"{}\"", 1 + rng.below(4));
    let headers: Vec<(&str, &str)> = match rng.below(6) {
        0 => vec![("if-match", &tag)],
        1 => vec![("if-match", "*")],
        2 => vec![("if-none-match", &tag)],
        _ => Vec::new(),
    };
    let with_id = |rng: &mut Rng| {
        let body = bodies::body(rng, 6, mistakes);
        let rest = body.strip_prefix('{').unwrap_or_default();
        format!("{{\"id\":{}{}{rest}", 1 + rng.below(16), if rest == "}" { "" } else { "," })
    };
    match rng.below(9) {
        0 => stores.send(&case, "POST", "animals", &[], &body).await,
        1 | 2 => stores.send(&case, "PUT", &format!("animals/{id}"), &headers, &body).await,
        3 | 4 => stores.send(&case, "PATCH", &format!("animals/{id}"), &headers, &body).await,
        5 if rng.one_in(3) => stores.send(&case, "DELETE", &format!("animals/{id}"), &headers, "").await,
        6 => {
            let items: Vec<_> = (0..rng.below(4)).map(|_| with_id(rng)).collect();
            let path = format!("animals/bulk{}", atomic(rng));
            stores.send(&case, "PATCH", &path, &[], &format!("[{}]", items.join(","))).await
        }
        7 if rng.one_in(3) => {
            let ids: Vec<_> = (0..rng.below(4)).map(|_| (10 + rng.below(20)).to_string()).collect();
            let path = format!("animals/bulk-delete{}", atomic(rng));
            stores.send(&case, "POST", &path, &[], &format!("{{\"ids\":[{}]}}", ids.join(","))).await
        }
        _ => stores.send(&case, "GET", &format!("animals/{id}"), &headers, "").await,
    }
}

/// Writes to rows whose ids clients choose, and that can conflict.
async fn keepers(stores: &Stores, seed: u64, rng: &mut Rng) -> Agreed {
    let case = format!("seed {seed}");
    // The last ones cannot be ids.
    let slug = |rng: &mut Rng| if rng.one_in(10) { *rng.pick(SLUGS) } else { *rng.pick(&SLUGS[..10]) };
    let chosen = slug(rng);
    let path = format!("keepers/{}", encode(chosen));
    let none_match: &[(&str, &str)] = if rng.one_in(2) { &[("if-none-match", "*")] } else { &[] };
    match rng.below(10) {
        0 | 1 => {
            let body = bodies::keeper(rng, Some(chosen));
            stores.send(&case, "POST", "keepers", &[], &body).await
        }
        2 | 3 => {
            let body = bodies::keeper(rng, None);
            stores.send(&case, "PUT", &path, none_match, &body).await
        }
        4 | 5 => {
            let body = bodies::keeper(rng, None);
            stores.send(&case, "PATCH", &path, &[], &body).await
        }
        6 => stores.send(&case, "DELETE", &path, &[], "").await,
        7 | 8 => {
            let method = *rng.pick(&["POST", "PATCH"]);
            let items: Vec<_> = (0..rng.below(5))
                .map(|_| {
                    let chosen = slug(rng);
                    bodies::keeper(rng, Some(chosen))
                })
                .collect();
            let path = format!("keepers/bulk{}", atomic(rng));
            stores.send(&case, method, &path, &[], &format!("[{}]", items.join(","))).await
        }
        _ => {
            let ids: Vec<_> = (0..rng.below(3)).map(|_| it::zoo::quoted(slug(rng))).collect();
            let path = format!("keepers/bulk-delete{}", atomic(rng));
            stores.send(&case, "POST", &path, &[], &format!("{{\"ids\":[{}]}}", ids.join(","))).await
        }
    }
}
