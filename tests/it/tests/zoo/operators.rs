//! Every operator on every type, against what the order of the values says.

use it::zoo::{Sample, TYPES, Type, fold, samples};
use it::{Client, every_store};

use crate::{encode, fill, ids, is_null};

/// As many animals as it takes for every value to be there.
const ANIMALS: usize = 80;

/// Asserts that a condition holds for exactly the animals for whose number `holds` does.
async fn finds(api: &Client, query: &str, holds: impl Fn(usize) -> bool) {
    let answer = api.get(&format!("animals?{query}&per_page=100&sort=id&fields=id")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    let expected: Vec<_> = (0..ANIMALS).filter(|&it| holds(it)).map(|it| it + 1).collect();
    assert_eq!(ids(&answer.value()), expected, "{query}");
}

/// A value in a comma list.
fn listed(sample: &Sample) -> String {
    encode(&sample.text().replace('\\', "\\\\").replace(',', "\\,"))
}

/// The operators that compare, in flat form and in trees.
async fn comparisons(api: &Client, ty: &Type) {
    let all = samples(ty);
    let len = all.len();
    for (index, sample) in all.iter().enumerate() {
        let text = encode(&sample.text());
        let other = (index + 2) % len;
        let two = format!("{},{}", listed(sample), listed(&all[other]));
        for (prefix, nullable) in [("plain", false), ("maybe", true)] {
            let field = format!("{prefix}_{}", ty.name);
            let known = |it: usize| !(nullable && is_null(it));
            finds(api, &format!("{field}={text}"), |it| known(it) && it % len == index).await;
            finds(api, &format!("{field}[ne]={text}"), |it| !(known(it) && it % len == index)).await;
            finds(api, &format!("{field}[in]={two}"), |it| known(it) && [index, other].contains(&(it % len))).await;
            finds(api, &format!("{field}[nin]={two}"), |it| !(known(it) && [index, other].contains(&(it % len)))).await;
            if ty.ordered {
                finds(api, &format!("{field}[gt]={text}"), |it| known(it) && it % len > index).await;
                finds(api, &format!("{field}[gte]={text}"), |it| known(it) && it % len >= index).await;
                finds(api, &format!("{field}[lt]={text}"), |it| known(it) && it % len < index).await;
                finds(api, &format!("{field}[lte]={text}"), |it| known(it) && it % len <= index).await;
                let tree = format!("not ({field} < {0} or {field} > {0})", sample.sent);
                finds(api, &format!("filter={}", encode(&tree)), |it| !known(it) || it % len == index).await;
            }
            let tree = format!("{field} = {0} or {field} in ({0}, {1})", sample.sent, all[other].sent);
            finds(api, &format!("filter={}", encode(&tree)), |it| known(it) && [index, other].contains(&(it % len)))
                .await;
        }
        let field = format!("list_{}", ty.name);
        let has = |it: usize, what: usize| it % len == what || (it + 1) % len == what;
        finds(api, &format!("{field}[has_all]={two}"), |it| has(it, index) && has(it, other)).await;
        finds(api, &format!("{field}[has_any]={two}"), |it| has(it, index) || has(it, other)).await;
        let tree = format!("{field} has {}", sample.sent);
        finds(api, &format!("filter={}", encode(&tree)), |it| has(it, index)).await;
    }
}

every_store! { zoo;
    async fn comparisons_of_numbers_and_times_hold_where_the_order_says(api) {
        fill(api, ANIMALS).await;
        for ty in TYPES.iter().filter(|it| it.name != "text") {
            comparisons(api, ty).await;
        }
    }

    async fn comparisons_of_text_go_by_code_point(api) {
        fill(api, ANIMALS).await;
        for ty in TYPES.iter().filter(|it| it.name == "text") {
            comparisons(api, ty).await;
        }
    }

    async fn operators_of_text_take_every_character_as_itself(api) {
        fill(api, ANIMALS).await;
        let ty = TYPES.iter().find(|it| it.name == "text").unwrap();
        let texts: Vec<_> = samples(ty).iter().map(Sample::text).collect();
        let len = texts.len();
        for operand in &texts {
            let value = encode(operand);
            let folded = fold(operand);
            for (field, nullable) in [("plain_text", false), ("maybe_text", true)] {
                let holds = |it: usize, test: &dyn Fn(&str) -> bool| !(nullable && is_null(it)) && test(&texts[it % len]);
                finds(api, &format!("{field}[contains]={value}"), |it| holds(it, &|text| text.contains(operand))).await;
                finds(api, &format!("{field}[starts_with]={value}"), |it| holds(it, &|text| text.starts_with(operand))).await;
                finds(api, &format!("{field}[ends_with]={value}"), |it| holds(it, &|text| text.ends_with(operand))).await;
                finds(api, &format!("{field}[ieq]={value}"), |it| holds(it, &|text| fold(text) == folded)).await;
                finds(api, &format!("{field}[icontains]={value}"), |it| holds(it, &|text| fold(text).contains(&folded))).await;
            }
            if operand.chars().count() >= 2 && !operand.trim().is_empty() {
                finds(api, &format!("search={value}"), |it| fold(&texts[it % len]).contains(&folded)).await;
            }
        }
    }

    async fn nulls_are_found_by_is_null_alone(api) {
        fill(api, ANIMALS).await;
        for ty in TYPES {
            let field = format!("maybe_{}", ty.name);
            finds(api, &format!("{field}[is_null]=true"), is_null).await;
            finds(api, &format!("{field}[is_null]=false"), |it| !is_null(it)).await;
            finds(api, &format!("filter={}", encode(&format!("{field} is not null"))), |it| !is_null(it)).await;
        }
    }

    async fn every_field_sorts_both_ways_with_nulls_at_either_end(api) {
        fill(api, ANIMALS).await;
        for ty in TYPES {
            let len = samples(ty).len();
            for (field, nullable) in [(format!("plain_{}", ty.name), false), (format!("maybe_{}", ty.name), true)] {
                for (sign, suffix) in [("", ""), ("-", ""), ("", ":nulls_first"), ("-", ":nulls_first")] {
                    let sort = format!("{sign}{field}{suffix}");
                    let mut expected: Vec<_> = (0..ANIMALS).collect();
                    expected.sort_by_key(|&it| {
                        let null = nullable && is_null(it);
                        let rank = i64::try_from(it % len).unwrap();
                        let rank = if sign == "-" { -rank } else { rank };
                        (null == suffix.is_empty(), if null { 0 } else { rank }, it)
                    });
                    let expected: Vec<_> = expected.into_iter().map(|it| it + 1).collect();
                    let whole = api.get(&format!("animals?sort={sort}&per_page=100&fields=id")).await.value();
                    assert_eq!(ids(&whole), expected, "{sort}");
                    walk(api, &sort, &expected).await;
                }
            }
        }
    }

    async fn operators_that_a_type_does_not_have_are_refused(api) {
        for query in [
            "plain_bool[gt]=false", "plain_mood[lt]=calm", "plain_i64[contains]=1", "list_text=a", "list_text[in]=a",
            "plain_text[has_any]=a", "plain_text[is_null]=true", "plain_json=1", "home[eq]=1", "maybe_uuid[starts_with]=0",
        ] {
            let answer = api.get(&format!("animals?{query}")).await;
            assert_eq!(answer.problems()[0].1, "unknown_parameter", "{query}");
        }
        for sort in ["list_text", "plain_json", "home", "seen", "maybe_list_f64"] {
            assert_eq!(api.get(&format!("animals?sort={sort}")).await.problems()[0].1, "unknown_field", "{sort}");
        }
    }
}

/// Follows cursors to the end and back.
async fn walk(api: &Client, sort: &str, expected: &[usize]) {
    const LIMIT: usize = 17;
    let page = async |cursor: &str| {
        let answer = api.get(&format!("animals?sort={sort}&limit={LIMIT}&fields=id&cursor={cursor}")).await;
        assert_eq!(answer.status, 200, "{sort}: {}", answer.text());
        answer.value()
    };
    let (mut seen, mut pages, mut cursor) = (Vec::new(), Vec::new(), String::new());
    loop {
        let value = page(&cursor).await;
        seen.extend(ids(&value));
        let next = value["next_cursor"].as_str().map(str::to_owned);
        pages.push(value);
        match next {
            Some(it) => cursor = it,
            None => break,
        }
    }
    assert_eq!(seen, expected, "{sort}");
    for pair in pages.windows(2).rev() {
        let back = page(pair[1]["prev_cursor"].as_str().unwrap()).await;
        assert_eq!(back["items"], pair[0]["items"], "{sort}");
    }
}
