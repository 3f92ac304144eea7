//! Cursors while rows come and go around them.

use it::Rng;

use crate::bodies;
use crate::queries;
use crate::seeds;
use crate::stores::Stores;

const ANIMALS: usize = 60;

/// What a walk has met: the ids, in the order in which the rows came.
type Ids = Vec<u64>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_meets_every_row_that_stays_once_and_in_order() {
    let stores = Stores::with_animals(ANIMALS).await;
    for seed in seeds(40) {
        let mut rng = Rng::new(seed);
        let case = format!("seed {seed}");
        let sort = queries::sort(&mut rng);
        let size = *rng.pick(&[2, 5, 9]);
        let before = whole(&stores, &case, &sort).await;
        for backwards in [false, true] {
            let met = walk(&stores, &case, &mut rng, &sort, size, backwards).await;
            let after = whole(&stores, &case, &sort).await;
            // A new row sorts where it sorts; of those that were there before and after, none is
            // missing, and none comes twice.
            let stayed: Ids = after.iter().copied().filter(|it| before.contains(it)).collect();
            let mut found: Ids = met.iter().copied().filter(|it| stayed.contains(it)).collect();
            if backwards {
                found.reverse();
            }
            let expected: Ids = stayed.iter().copied().filter(|it| !backwards || found.contains(it)).collect();
            assert_eq!(found, expected, "{case}: {sort}, backwards: {backwards}");
            assert!(backwards || found.len() == stayed.len(), "{case}: {sort}");
            let mut once = met.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), met.len(), "{case}: {sort}, backwards: {backwards}: {met:?}");
        }
    }
    stores.close().await;
}

/// All ids in an order.
async fn whole(stores: &Stores, case: &String, sort: &str) -> Ids {
    let mut all = Vec::new();
    for number in 1.. {
        let page = stores.get(case, &format!("animals?sort={sort}&fields=id&per_page=100&page={number}")).await.value();
        all.extend(ids(&page));
        if page["has_next"] == false {
            break;
        }
    }
    all
}

fn ids(page: &serde_json::Value) -> Ids {
    page["items"].as_array().unwrap().iter().map(|it| it["id"].as_u64().unwrap()).collect()
}

/// Walks from page to page; between two of them, rows are deleted (often the one that the cursor
/// points at) and as many created.
async fn walk(stores: &Stores, case: &String, rng: &mut Rng, sort: &str, size: usize, backwards: bool) -> Ids {
    let page = async |cursor: &str| {
        let path = format!("animals?sort={sort}&fields=id&limit={size}&cursor={cursor}");
        stores.get(case, &path).await.value()
    };
    let mut current = page("").await;
    if backwards {
        // There is no cursor of the end: go there first.
        while let Some(next) = current["next_cursor"].as_str().map(str::to_owned) {
            current = page(&next).await;
        }
    }
    let name = if backwards { "prev_cursor" } else { "next_cursor" };
    let mut met = Vec::new();
    let mut pages = 0;
    loop {
        let mut found = ids(&current);
        if backwards {
            found.reverse();
        }
        met.extend(&found);
        let Some(cursor) = current[name].as_str().map(str::to_owned) else { return met };
        pages += 1;
        assert!(pages < 10 * ANIMALS, "{case}: {sort}: no end");
        for id in [met.last().copied(), found.first().copied()].into_iter().flatten() {
            if rng.one_in(3) {
                stores.send(case, "DELETE", &format!("animals/{id}"), &[], "").await;
            }
        }
        if pages < ANIMALS && rng.one_in(2) {
            let body = bodies::animal(rng);
            assert_eq!(stores.send(case, "POST", "animals", &[], &body).await.status, 201);
        }
        current = page(&cursor).await;
    }
}
