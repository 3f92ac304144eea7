//! Lists of one and the same set of rows.

use it::Rng;
use serde_json::Value;

use crate::queries::{self, Wanted};
use crate::seeds;
use crate::stores::Stores;

/// Few enough for one page to hold them.
const ANIMALS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_lists_are_the_same_bytes_in_every_store() {
    let stores = Stores::with_animals(ANIMALS).await;
    let (mut found, mut refused) = (0, 0);
    for seed in seeds(1) {
        let mut rng = Rng::new(seed);
        let mistakes = rng.one_in(6);
        let wanted = queries::wanted(&mut rng, mistakes);
        let more = [queries::fields(&mut rng), queries::page(&mut rng)].concat();
        let answer = stores.get(&format!("seed {seed}"), &format!("animals?{}", wanted.with(&more))).await;
        match answer.status {
            200 => found += usize::from(answer.value()["items"].as_array().is_some_and(|it| !it.is_empty())),
            400 | 422 => refused += 1,
            other => panic!("seed {seed}: {other} {}", answer.text),
        }
        assert!(mistakes || answer.status == 200, "seed {seed}: {}", answer.text);
    }
    let cases = seeds(1).count();
    assert!(
        cases < 100 || (found > cases / 4 && refused > cases / 30),
        "{found} with rows and {refused} refused of {cases}"
    );
    stores.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_and_cursors_give_the_whole_list_in_its_order() {
    let stores = Stores::with_animals(ANIMALS).await;
    for seed in seeds(20) {
        let mut rng = Rng::new(seed);
        let wanted = queries::wanted(&mut rng, false);
        let case = format!("seed {seed}");
        let whole = stores.get(&case, &format!("animals?{}", wanted.with(&["per_page=100".to_owned()]))).await.value();
        let whole = whole["items"].as_array().unwrap().clone();
        let size = *rng.pick(&[3, 7, 20, 33]);
        let pages = by_number(&stores, &case, &wanted, size).await;
        assert_eq!(pages, whole, "{case}: {}", wanted.with(&[]));
        let pages = by_cursor(&stores, &case, &wanted, size).await;
        assert_eq!(pages, whole, "{case}: {}", wanted.with(&[]));
    }
    stores.close().await;
}

async fn by_number(stores: &Stores, case: &String, wanted: &Wanted, size: usize) -> Vec<Value> {
    let mut all = Vec::new();
    for number in 1.. {
        let page = [format!("page={number}"), format!("per_page={size}")];
        let value = stores.get(case, &format!("animals?{}", wanted.with(&page))).await.value();
        all.extend(value["items"].as_array().unwrap().iter().cloned());
        if value["has_next"] == false {
            break;
        }
    }
    all
}

/// Forwards to the end, and back: the pages are the same ones.
async fn by_cursor(stores: &Stores, case: &String, wanted: &Wanted, size: usize) -> Vec<Value> {
    let page = async |cursor: &str| {
        let page = [format!("limit={size}"), format!("cursor={cursor}")];
        stores.get(case, &format!("animals?{}", wanted.with(&page))).await.value()
    };
    let mut pages = vec![page("").await];
    while let Some(next) = pages.last().and_then(|it| it["next_cursor"].as_str()).map(str::to_owned) {
        pages.push(page(&next).await);
    }
    assert_eq!(pages[0]["prev_cursor"], Value::Null, "{case}");
    for at in (1..pages.len()).rev() {
        let back = page(pages[at]["prev_cursor"].as_str().unwrap()).await;
        assert_eq!(back["items"], pages[at - 1]["items"], "{case}: {}", wanted.with(&[]));
        let again = page(back["next_cursor"].as_str().unwrap()).await;
        assert_eq!(again["items"], pages[at]["items"], "{case}: {}", wanted.with(&[]));
    }
    pages.iter().flat_map(|it| it["items"].as_array().unwrap().clone()).collect()
}
