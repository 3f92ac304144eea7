//! CONTRACT section 3: what lists can be asked.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{Client, every_store, new_book};
use serde_json::{Value, json};

fn ids(values: &[i64]) -> Vec<Value> {
    values.iter().map(|it| json!(it)).collect()
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn refused(api: &Client, query: &str, parameter: &str, code: &str) {
    let answer = api.get(&format!("books?{query}")).await;
    assert_eq!(answer.status, 422, "{query}: {}", answer.text());
    assert_eq!(answer.problems(), [(parameter.to_owned(), code.to_owned())], "{query}: {}", answer.text());
}

every_store! {
    async fn filters_select_what_they_say(api) {
        api.seed().await;
        for (query, expected) in [
            ("title=Dune", &[4][..]),
            ("title[eq]=Dune", &[4]),
            ("title=dune", &[]),
            ("title=Dun", &[]),
            ("title[icontains]=PR", &[3]),
            ("author=ORWELL", &[5]),
            ("genre=PROGRAMMING", &[1, 2, 3]),
            ("genres=dystopian,science-fiction", &[4, 5]),
            ("genres=dystopian&genres=science-fiction", &[4, 5]),
            ("genres=Dystopian", &[]),
            ("published_after=2008", &[1, 3]),
            ("published_before=1965", &[4, 5]),
            ("min_price=39.99", &[1, 2, 3]),
            ("max_price=17.99&min_price=13", &[4]),
            ("min_price=4e1", &[2, 3]),
            ("tags=classic,space", &[4]),
            ("any_tags=oop,space", &[2, 4]),
            ("tags=CLASSIC", &[]),
            ("status=available", &[1, 2, 3, 4, 5]),
            ("status=archived", &[]),
            ("search=pragmatic", &[3]),
            ("search=GANG", &[2]),
            ("search=%25%25", &[]),
            ("search=__", &[]),
            ("min_price=60&max_price=50", &[]),
        ] {
            assert_eq!(api.list(&format!("{query}&fields=id&sort=created_at"), "id").await, ids(expected), "{query}");
        }
    }

    async fn trees_select_what_they_say(api) {
        api.seed().await;
        for (filter, expected) in [
            (r#"price >= 39.99 and (status = "archived" or tags has "career")"#, &[3][..]),
            (r#"not (genre ieq "programming")"#, &[4, 5]),
            (r#"title = "Dune" or title = "1984""#, &[4, 5]),
            (r#"not not title = "Dune""#, &[4]),
        ] {
            let query = format!("filter={}&sort=created_at", encode(filter));
            assert_eq!(api.list(&query, "id").await, ids(expected), "{filter}");
        }
    }

    async fn many_comparisons_side_by_side_select_what_they_say(api) {
        api.seed().await;
        for (filter, expected) in [
            (r#"title icontains "dun" or title icontains "198" or title icontains "zz""#, &[4, 5][..]),
            (r#"not title icontains "dun" and not title icontains "198" and not title icontains "zz""#, &[1, 2, 3]),
            (r#"tags has "space" or tags has_any ("x", "politics") or tags has_all ("oop")"#, &[2, 4, 5]),
            (r#"not tags has "classic" and not tags has_any ("oop", "y") and price >= 1"#, &[1, 3]),
            (r#"title icontains "e" and title icontains "C" and not title icontains "x""#, &[1, 3]),
        ] {
            let query = format!("filter={}&sort=id", encode(filter));
            assert_eq!(api.list(&query, "id").await, ids(expected), "{filter}");
        }
    }

    async fn a_bad_tree_says_where(api) {
        for filter in ["price >=", "(price >= 1", "price ~ 1", "a and", "price >= 1 and price >= 2 or price <= 3", "isbn = 1"] {
            let answer = api.get(&format!("books?filter={}", encode(filter))).await;
            assert_eq!(answer.status, 422, "{filter}: {}", answer.text());
            assert_eq!(answer.problems()[0].0, "filter");
        }
    }

    async fn every_mistake_is_refused_by_name(api) {
        for (query, parameter, code) in [
            ("tilte=x", "tilte", "unknown_parameter"),
            ("isbn=1234567890", "isbn", "unknown_parameter"),
            ("title[gte]=a", "title[gte]", "unknown_parameter"),
            ("price[gte]=1", "price[gte]", "unknown_parameter"),
            ("title[$ne]=a", "title[$ne]", "unknown_parameter"),
            ("min_price=abc", "min_price", "invalid_type"),
            ("published_after=99999999999", "published_after", "range"),
            ("published_after=1.5", "published_after", "invalid_type"),
            ("status=sold", "status", "invalid_choice"),
            ("sort=nope", "sort", "unknown_field"),
            ("sort=isbn", "sort", "unknown_field"),
            ("sort_by=price&sort_order=sideways", "sort_order", "invalid_choice"),
            ("page=0", "page", "range"),
            ("page=-1", "page", "range"),
            ("page=abc", "page", "invalid_type"),
            ("per_page=0", "per_page", "range"),
            ("per_page=101", "per_page", "range"),
            ("page=1&page=2", "page", "duplicate_parameter"),
            ("title=a&title=b", "title", "duplicate_parameter"),
            ("search=a", "search", "length"),
            ("fields=nope", "fields", "unknown_field"),
            ("count=maybe", "count", "invalid_choice"),
        ] {
            refused(api, query, parameter, code).await;
        }
    }

    async fn both_sort_forms_say_the_same(api) {
        api.seed().await;
        for (query, expected) in [
            ("sort=price", &[5, 4, 1, 3, 2][..]),
            ("sort=-price", &[2, 3, 1, 4, 5]),
            ("sort_by=price&sort_order=desc", &[2, 3, 1, 4, 5]),
            ("sort_by=price&sort_order=asc", &[5, 4, 1, 3, 2]),
            ("sort_by=price", &[5, 4, 1, 3, 2]),
            ("sort=title", &[5, 1, 2, 4, 3]),
            ("sort=author_name", &[3, 4, 2, 5, 1]),
            ("sort=-published_year", &[3, 1, 2, 4, 5]),
            ("sort=-created_at", &[5, 4, 3, 2, 1]),
            ("", &[5, 4, 3, 2, 1]),
        ] {
            assert_eq!(api.list(query, "id").await, ids(expected), "{query}");
        }
    }

    async fn nulls_come_last_unless_asked_first(api) {
        for (n, year) in [json!(2000), json!(null), json!(1990)].iter().enumerate() {
            let mut book = new_book("A", &format!("123456789{n}"));
            book["published_year"] = year.clone();
            api.post("books", &book).await;
        }
        for (query, expected) in [
            ("sort=published_year", &[3, 1, 2][..]),
            ("sort=-published_year", &[1, 3, 2]),
            ("sort=published_year:nulls_first", &[2, 3, 1]),
            ("sort=-published_year:nulls_first", &[2, 1, 3]),
        ] {
            assert_eq!(api.list(query, "id").await, ids(expected), "{query}");
        }
    }

    async fn fields_keep_the_models_order(api) {
        api.seed().await;
        let answer = api.get("books?fields=title,id&sort=title&per_page=1").await;
        assert!(answer.text().starts_with(r#"{"items":[{"id":5,"title":"1984"}],"#), "{}", answer.text());
    }

    async fn pages_link_to_each_other(api) {
        api.seed().await;
        let answer = api.get("books?page=2&per_page=2&sort=price&min_price=1").await;
        assert_eq!(answer.header("link"), concat!(
            "</api/v1/books?page=1&per_page=2&sort=price&min_price=1>; rel=\"first\", ",
            "</api/v1/books?page=1&per_page=2&sort=price&min_price=1>; rel=\"prev\", ",
            "</api/v1/books?page=3&per_page=2&sort=price&min_price=1>; rel=\"next\", ",
            "</api/v1/books?page=3&per_page=2&sort=price&min_price=1>; rel=\"last\"",
        ));
        let past = api.get("books?page=9&per_page=2").await;
        assert_eq!(past.status, 200);
        assert_eq!(past.value()["items"], json!([]));
        assert_eq!(past.value()["total"], 5);
        assert_eq!(past.value()["has_next"], false);
        let huge = api.get("books?page=9223372036854775807&per_page=100").await;
        assert!(huge.status == 200 || huge.status == 422, "{}", huge.text());
    }

    async fn a_cursor_walks_every_row_once_and_back(api) {
        for n in 0..23 {
            let mut book = new_book("same", &format!("{n:010}"));
            book["published_year"] = if n % 3 == 0 { json!(null) } else { json!(1990 + n % 4) };
            assert_eq!(api.post("books", &book).await.status, 201);
        }
        for sort in ["title", "-published_year,title", "published_year:nulls_first", "-published_year:nulls_first,-price", "created_at"] {
            let whole = api.list(&format!("sort={sort}&per_page=100"), "id").await;
            let (mut seen, mut pages, mut url) = (Vec::new(), Vec::new(), format!("books?sort={sort}&limit=5&cursor="));
            loop {
                let page = api.get(&url).await;
                assert_eq!(page.status, 200, "{url}: {}", page.text());
                let value = page.value();
                seen.extend(value["items"].as_array().unwrap().iter().map(|it| it["id"].clone()));
                pages.push(value.clone());
                let Some(next) = value["next_cursor"].as_str() else { break };
                assert_eq!(value["has_more"], true);
                url = format!("books?sort={sort}&limit=5&cursor={next}");
            }
            assert_eq!(seen, whole, "{sort}");
            assert_eq!(pages[0]["prev_cursor"], json!(null));
            for at in (1..pages.len()).rev() {
                let back = pages[at]["prev_cursor"].as_str().unwrap();
                let page = api.get(&format!("books?sort={sort}&limit=5&cursor={back}")).await.value();
                assert_eq!(page["items"], pages[at - 1]["items"], "{sort}");
            }
        }
    }

    async fn a_cursor_survives_the_deletion_of_its_row(api) {
        api.seed().await;
        let first = api.get("books?sort=title&limit=2").await.value();
        let next = first["next_cursor"].as_str().unwrap();
        let last = first["items"][1]["id"].as_i64().unwrap();
        api.delete(&format!("books/{last}")).await;
        let second = api.get(&format!("books?sort=title&limit=2&cursor={next}")).await.value();
        assert_eq!(second["items"][0]["id"], 2);
    }

    async fn a_changed_or_foreign_cursor_is_400(api) {
        api.seed().await;
        let cursor = api.get("books?sort=title&limit=2").await.value()["next_cursor"].as_str().unwrap().to_owned();
        let mut changed = cursor.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == 'A' { 'B' } else { 'A' });
        for query in [
            format!("sort=title&limit=2&cursor={changed}"),
            format!("sort=-title&limit=2&cursor={cursor}"),
            format!("sort=title&limit=2&min_price=1&cursor={cursor}"),
            "sort=title&limit=2&cursor=nonsense".to_owned(),
            "cursor=%F0%9F%98%80".to_owned(),
        ] {
            api.get(&format!("books?{query}")).await.is_error(400, "invalid_cursor");
        }
        api.get(&format!("authors?limit=2&cursor={cursor}")).await.is_error(400, "invalid_cursor");
    }

    async fn counts_are_what_was_asked(api) {
        api.seed().await;
        assert_eq!(api.get("books?limit=2").await.value().get("total"), None);
        let none = api.get("books?count=none&per_page=2").await.value();
        assert!(none.get("total").is_none_or(Value::is_null), "{none}");
        let capped = api.get("books?count=capped&per_page=2").await.value();
        assert_eq!(capped["total"], 5);
        assert!(capped["total_kind"].is_string(), "{capped}");
    }

    async fn a_few_rows_are_counted_exactly_where_an_estimate_would_do(api) {
        api.seed().await;
        let estimated = api.get("books?count=estimated&per_page=2&sort=price").await;
        assert_eq!(estimated.value()["total"], 5);
        assert_eq!(estimated.value()["total_kind"], "exact");
        assert!(estimated.header("link").ends_with("page=3>; rel=\"last\""), "{}", estimated.header("link"));
    }

    async fn folding_goes_beyond_ascii(api) {
        for (n, title) in ["ÉTÉ", "Straße", "ΣΊΣΥΦΟΣ", "日本", "Ёлка"].iter().enumerate() {
            api.create(title, &format!("{n:010}")).await;
        }
        for (query, expected) in [
            ("search=%C3%A9t%C3%A9", &[1][..]),
            ("title[icontains]=STRA", &[2]),
            ("title[icontains]=%CF%83%CE%AF%CF%83%CF%85%CF%86%CE%BF%CF%82", &[3]),
            ("search=%E6%97%A5%E6%9C%AC", &[4]),
            ("search=%D1%91%D0%BB%D0%BA%D0%B0", &[5]),
        ] {
            assert_eq!(api.list(query, "id").await, ids(expected), "{query}");
        }
    }

    async fn wildcards_are_themselves(api) {
        for (n, title) in ["100%", "100x", "a_b", "axb", "back\\slash", "quote'\"", "q?m", "!bang"].iter().enumerate() {
            api.create(title, &format!("{n:010}")).await;
        }
        for (query, expected) in [
            ("title[icontains]=0%25", &[1][..]),
            ("title[icontains]=a_b", &[3]),
            ("title[icontains]=k%5C", &[5]),
            ("title[icontains]='%22", &[6]),
            ("title[icontains]=q?", &[7]),
            ("title[icontains]=!", &[8]),
        ] {
            assert_eq!(api.list(query, "id").await, ids(expected), "{query}");
        }
    }
}
