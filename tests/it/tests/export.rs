//! CONTRACT section 3, without pages: a whole list as a stream, `application/x-ndjson` or `text/csv`.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{Answer, Client, every_store, new_book};
use serde_json::{Value, json};

const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

async fn export(api: &Client, path: &str, media_type: &str) -> Answer {
    api.get_with(path, &[("accept", media_type)]).await
}

async fn lines(api: &Client, path: &str) -> Vec<Value> {
    let answer = export(api, path, LINES).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, LINES), "{}", answer.text());
    let text = answer.text();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// As many books as that, more than one batch of an export where it is above 500.
async fn fill(api: &Client, count: usize) {
    let all: Vec<usize> = (0..count).collect();
    for some in all.chunks(100) {
        let book = |it: &usize| {
            let mut book = new_book(&format!("Book {}", it % 7), &format!("{it:010}"));
            book["published_year"] = if it.is_multiple_of(3) { Value::Null } else { json!(1900 + it % 50) };
            book
        };
        let answer = api.post("books/bulk", &some.iter().map(book).collect()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

every_store! {
    async fn an_export_has_every_row_of_the_list_in_its_order(api) {
        fill(api, 1_203).await;
        for query in ["sort=published_year", "sort=-title,published_year:nulls_first", "published_after=1905&sort=-price"] {
            let mut paged = Vec::new();
            let mut page = 1;
            loop {
                let answer = api.get(&format!("books?{query}&per_page=100&page={page}")).await.value();
                paged.extend(answer["items"].as_array().unwrap().iter().cloned());
                if answer["has_next"] == false {
                    break;
                }
                page += 1;
            }
            assert!(paged.len() > 500, "more than one batch");
            assert_eq!(lines(api, &format!("books?{query}")).await, paged, "{query}");
        }
    }

    async fn a_csv_has_a_header_and_a_record_per_row(api) {
        let mut book = new_book("Say \"hi\", twice\nand =1+1", "0000000001");
        book["tags"] = json!(["a,b", "c"]);
        book["description"] = json!("");
        assert_eq!(api.post("books", &book).await.status, 201);
        assert_eq!(api.post("books", &new_book("Plain", "0000000002")).await.status, 201);
        let answer = export(api, "books?fields=id,title,genre,price,tags,description,status,is_recent&sort=-title", CSV).await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            answer.text(),
            "id,title,genre,price,description,tags,status,is_recent\r\n\
             1,\"Say \"\"hi\"\", twice\nand =1+1\",,10,\"\",\"[\"\"a,b\"\",\"\"c\"\"]\",available,true\r\n\
             2,Plain,,10,,[],available,true\r\n"
        );
    }

    async fn an_export_of_nothing_is_empty(api) {
        assert_eq!(lines(api, "books").await, [Value::Null; 0]);
        assert_eq!(export(api, "books?fields=id,title", CSV).await.text(), "id,title\r\n");
    }

    async fn an_export_has_all_rows_and_takes_no_page(api) {
        fill(api, 3).await;
        for (query, names) in [("page=1&per_page=2", &["page", "per_page"][..]), ("cursor=", &["cursor"]), ("count=none", &["count"]), ("per%5Fpage=5", &["per_page"])] {
            let answer = export(api, &format!("books?{query}"), CSV).await;
            answer.is_error(422, "invalid_query");
            let expected: Vec<_> = names.iter().map(|it| ((*it).to_owned(), "not_allowed".to_owned())).collect();
            assert_eq!(answer.problems(), expected);
        }
        let answer = export(api, "books?prise=1", LINES).await;
        assert_eq!(answer.problems(), [("prise".to_owned(), "unknown_parameter".to_owned())]);
    }

    async fn the_client_says_which_form_it_wants(api) {
        api.seed().await;
        for (accept, expected) in [
            ("*/*", "application/json"),
            ("text/csv, application/json", "application/json"),
            ("text/csv, */*;q=0.1", "text/csv; charset=utf-8"),
            ("application/json;q=0.5, APPLICATION/X-NDJSON", LINES),
        ] {
            let answer = export(api, "books", accept).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, expected), "{accept}");
            assert!(answer.header("vary").contains("accept"), "{accept}");
        }
        let refused = export(api, "books", "text/html").await;
        refused.is_error(406, "not_acceptable");
        assert_eq!(refused.value()["errors"][0]["params"]["allowed"], json!(["application/json", LINES, CSV]));
        // Only lists are exported.
        export(api, "books/1", CSV).await.is_error(406, "not_acceptable");
        let head = api.send("HEAD", "books", &[("accept", CSV)], "").await;
        assert_eq!((head.status, head.header("content-type"), head.body.len()), (200, "text/csv; charset=utf-8", 0));
    }
}
