use super::super::testing::{KEYS, ZOO, read};
use super::{parse, parse_item, parse_none};
use crate::testing::BOOK;

/// Reads a query string of books.
#[track_caller]
fn check(raw: &str, expected: &str) {
    assert_eq!(read(BOOK, raw), expected, "{raw}");
}

/// Reads a query string of the zoo, whose filters have no names of their own.
#[track_caller]
fn check_zoo(raw: &str, expected: &str) {
    assert_eq!(read(ZOO, raw), expected, "{raw}");
}

/// What a query string of the zoo asks for, the rest being as without it.
#[track_caller]
fn check_where(raw: &str, expected: &str) {
    check_zoo(raw, &format!("where {expected}\nby -moment,id\npage 1 of 10 count Exact"));
}

#[test]
fn nothing_asks_for_the_first_page_in_the_declared_order() {
    check("", "by -created_at,id\npage 1 of 20 count Exact");
    check("&", "by -created_at,id\npage 1 of 20 count Exact");
}

#[test]
fn equality_has_two_forms() {
    check_where("text=Al", r#"text eq "Al""#);
    check_where("text[eq]=Al", r#"text eq "Al""#);
    check_where("text%5Beq%5D=Al", r#"text eq "Al""#);
}

#[test]
fn a_plus_that_became_a_space_is_recognized() {
    check_zoo(
        "moment[gte]=2026-01-01T00:00:00+02:00",
        "422\ninvalid_format moment[gte]: must be an RFC 3339 timestamp with an offset, such as `2026-11-20T12:00:00Z`; \
         a `+` is a space in a query string, unless it is written `%2B` \
         did_you_mean=\"2026-01-01T00:00:00%2B02:00\" format=\"date-time\"",
    );
    check_where("moment[gte]=2026-01-01T00:00:00%2B02:00", "moment gte \"2025-12-31T22:00:00Z\"");
}

#[test]
fn both_forms_of_equality_are_one_parameter() {
    check("title=a&title[eq]=b", "422\nduplicate_parameter title: is given more than once and takes one value");
}

#[test]
fn operators_stand_in_brackets() {
    check_where("small[gte]=-5&small[lt]=5", "(small gte -5 and small lt 5)");
    check_where("text[icontains]=%25_\\", r#"text icontains "%_\\""#);
    check_where("big[is_null]=true", "big is_null true");
}

#[test]
fn a_name_of_its_own_takes_the_place_of_the_brackets() {
    check(
        "min_price=10&author=%C3%A9",
        "where (author_name icontains \"é\" and price gte 10)\nby -created_at,id\npage 1 of 20 count Exact",
    );
    check(
        "price[gte]=10",
        "422\nunknown_parameter price[gte]: unknown parameter; did you mean `min_price`? allowed=[\"min_price\",\"max_price\"] did_you_mean=\"min_price\"",
    );
}

#[test]
fn conditions_come_in_the_order_of_the_fields_whatever_the_clients() {
    check_where("text=a&small=1&flag=true", r#"(flag eq true and small eq 1 and text eq "a")"#);
}

#[test]
fn lists_are_comma_lists_and_repeated_parameters() {
    check_where("small[in]=1,2&small[in]=3", "small in [1, 2, 3]");
    check_where(r"text[nin]=a\,b,c\\", r#"text nin ["a,b", "c\\"]"#);
    check_where("tags[has_all]=a,b&numbers[has_any]=1", r#"(numbers has_any [1] and tags has_all ["a", "b"])"#);
}

#[test]
fn an_empty_value_is_the_empty_text_and_no_other_value() {
    check_where("text=&text[in]=", r#"(text eq "" and text in [""])"#);
    check_where("text[nin]=,a", r#"text nin ["", "a"]"#);
    check_zoo(
        "small=&small[in]=&status=&flag=&uuid=&date=&numbers[has_all]=&big[is_null]=",
        "422\n\
         invalid_type small: must be an integer expected=\"integer\"\n\
         invalid_type small[in]: must be an integer expected=\"integer\" index=0\n\
         invalid_choice status: must be one of: available, checked_out allowed=[\"available\",\"checked_out\"]\n\
         invalid_type flag: must be `true` or `false` expected=\"boolean\"\n\
         invalid_format uuid: must be a UUID with hyphens, such as `01890a5d-ac96-774b-bcce-b302099a8057` format=\"uuid\"\n\
         invalid_format date: must be a date as `YYYY-MM-DD`, such as `2026-11-20` format=\"date\"\n\
         invalid_type numbers[has_all]: must be an integer expected=\"integer\" index=0\n\
         invalid_type big[is_null]: must be `true` or `false` expected=\"boolean\"",
    );
}

#[test]
fn every_bad_value_of_a_list_is_reported() {
    check_zoo(
        "small[in]=1,x&small[in]=200",
        "422\n\
         invalid_type small[in]: value 2: must be an integer expected=\"integer\" index=1\n\
         range small[in]: value 3: must be from -128 to 127 index=2 max=127 min=-128",
    );
}

#[test]
fn a_list_is_bounded() {
    let values = vec!["1"; 100].join(",");
    assert!(parse(ZOO, &format!("small[in]={values}"), &KEYS).is_ok());
    check_zoo(
        &format!("small[in]={values}&small[in]=1"),
        "422\nlength small[in]: must be at most 100 values, found 101 max=100",
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    check(
        "prise[gte]=1&min_price=x&page=0&sort=-nope,title,title&fields=id,nope&search=a&count=some&a=%",
        "422\n\
         invalid_format a: must be percent-encoded: `%` is followed by two hexadecimal digits, and is itself `%25` format=\"percent-encoding\"\n\
         unknown_parameter prise[gte]: unknown parameter\n\
         invalid_type min_price: must be a number expected=\"number\"\n\
         range page: must be from 1 to 9007199254740991 max=9007199254740991 min=1\n\
         unknown_field sort: cannot sort by `nope` allowed=[\"id\",\"title\",\"author_name\",\"published_year\",\"price\",\"created_at\"] field=\"nope\"\n\
         duplicate_field sort: `title` is named twice field=\"title\"\n\
         unknown_field fields: there is no field `nope` field=\"nope\"\n\
         length search: must have 2 to 200 characters, found 1 max=200 min=2\n\
         invalid_choice count: must be one of: exact, none, estimated, capped allowed=[\"exact\",\"none\",\"estimated\",\"capped\"]",
    );
}

#[test]
fn unknown_parameters_come_with_a_suggestion_and_all_there_are() {
    let error = parse(BOOK, "min_prise=1&min_prise=2", &KEYS).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    let problem = &error.problems[0];
    assert_eq!((problem.code.as_ref(), &problem.params["did_you_mean"]), ("unknown_parameter", &"min_price".into()));
    assert!(problem.params["allowed"].as_array().unwrap().contains(&"title[icontains]".into()));
}

#[test]
fn an_operator_that_is_not_declared_lists_the_fields_others() {
    check_zoo(
        "flag[gte]=true&numbers=1&flag[$ne]=x",
        "422\n\
         unknown_parameter flag[gte]: unknown parameter; did you mean `flag[ne]`? allowed=[\"flag\",\"flag[ne]\",\"flag[in]\"] did_you_mean=\"flag[ne]\"\n\
         unknown_parameter numbers: unknown parameter allowed=[\"numbers[has_all]\",\"numbers[has_any]\"]\n\
         unknown_parameter flag[$ne]: unknown parameter; did you mean `flag[ne]`? allowed=[\"flag\",\"flag[ne]\",\"flag[in]\"] did_you_mean=\"flag[ne]\"",
    );
}

#[test]
fn a_hidden_field_is_as_unknown_as_one_that_is_not_there() {
    let [hidden, absent] = ["secret", "sicrit"].map(|name| {
        let raw = format!("{name}=x&{name}[eq]=x&sort={name}&fields={name}&filter={name}%20%3D%201&sort_by={name}");
        read(ZOO, &raw).replace(name, "NAME")
    });
    assert_eq!(hidden, absent);
    assert_eq!(hidden.lines().count(), 7, "{hidden}");
}

#[test]
fn a_parameter_of_one_value_is_given_once() {
    check(
        "page=1&title=a&page=1&title=a&page=3&sort=id&sort=id&fields=id&fields=id",
        "422\n\
         duplicate_parameter page: is given more than once and takes one value\n\
         duplicate_parameter title: is given more than once and takes one value\n\
         duplicate_parameter sort: is given more than once and takes one value\n\
         duplicate_parameter fields: is given more than once and takes one value",
    );
}

#[test]
fn pages_are_asked_for_by_number() {
    check("page=3&per_page=100", "by -created_at,id\npage 3 of 100 count Exact");
    check("per_page=1&count=none", "by -created_at,id\npage 1 of 1 count None");
}

#[test]
fn cursors_begin_empty_or_with_a_limit_and_do_not_count() {
    check("cursor=", "by -created_at,id\n20 from None count None");
    check("cursor", "by -created_at,id\n20 from None count None");
    check("limit=5&count=capped", "by -created_at,id\n5 from None count Capped");
}

#[test]
fn sizes_are_bounded_however_they_are_written() {
    for value in ["0", "-1", "101", "99999999999", "99999999999999999999999999", "-99999999999999999999999999"] {
        check(&format!("per_page={value}"), "422\nrange per_page: must be from 1 to 100 max=100 min=1");
        check(&format!("limit={value}"), "422\nrange limit: must be from 1 to 100 max=100 min=1");
    }
    for value in ["", "+1", "%2B1", "1.0", "1e1", "0x1", "-", "a", "%D9%A1", " 1"] {
        let error = parse(BOOK, &format!("page={value}"), &KEYS).unwrap_err();
        assert_eq!(error.status(), 422, "{value}");
    }
    for value in ["9007199254740991", "00000000000000000000000000000000001"] {
        assert!(parse(BOOK, &format!("page={value}"), &KEYS).is_ok(), "{value}");
    }
    assert!(parse(BOOK, "page=9007199254740992", &KEYS).is_err());
}

#[test]
fn pages_and_cursors_exclude_each_other() {
    let expected = |page: &str, cursor: &str| {
        format!(
            "422\nconflicting_parameters {page}: cannot go with `{cursor}`: pages are asked for by number or by \
             cursor, not by both conflicts_with=[\"{cursor}\"]"
        )
    };
    check("page=1&limit=5", &expected("page", "limit"));
    check("cursor=&per_page=5", &expected("per_page", "cursor"));
    check("per_page=5&page=1&cursor=abc&limit=5", &expected("per_page", "cursor"));
}

#[test]
fn sort_has_two_forms() {
    check("sort=-price,title", "by -price,title,id\npage 1 of 20 count Exact");
    check("sort_by=price&sort_order=desc", "by -price,id\npage 1 of 20 count Exact");
    check("sort_by=price", "by price,id\npage 1 of 20 count Exact");
}

#[test]
fn the_two_forms_of_sort_exclude_each_other() {
    check(
        "sort=price&sort_by=title&sort_order=asc",
        "422\n\
         conflicting_parameters sort_by: cannot go with `sort`: `sort` says the order already conflicts_with=[\"sort\"]\n\
         conflicting_parameters sort_order: cannot go with `sort`: `sort` says the order already conflicts_with=[\"sort\"]",
    );
    check(
        "sort_order=sideways",
        "422\n\
         invalid_choice sort_order: must be one of: asc, desc allowed=[\"asc\",\"desc\"]\n\
         conflicting_parameters sort_order: needs `sort_by` with it requires=[\"sort_by\"]",
    );
}

#[test]
fn nulls_can_come_first() {
    check(
        "sort=-published_year:nulls_first,title",
        "by -published_year:nulls_first,title,id\npage 1 of 20 count Exact",
    );
    check(
        "sort=price:nulls_last,title:NULLS_FIRST",
        "422\n\
         invalid_choice sort: `price` can be followed by `:nulls_first` and by nothing else allowed=[\":nulls_first\"] did_you_mean=\":nulls_first\" field=\"price\"\n\
         invalid_choice sort: `title` can be followed by `:nulls_first` and by nothing else allowed=[\":nulls_first\"] did_you_mean=\":nulls_first\" field=\"title\"",
    );
}

#[test]
fn the_identifier_ends_the_order_where_it_is_named() {
    check("sort=-id", "by -id\npage 1 of 20 count Exact");
    check("sort=title,-id:nulls_first,price", "by title,-id\npage 1 of 20 count Exact");
}

#[test]
fn an_order_names_known_fields_once_and_not_too_many() {
    check(
        "sort=",
        "422\nlength sort: must name at least one field allowed=[\"id\",\"title\",\"author_name\",\"published_year\",\"price\",\"created_at\"] min=1",
    );
    check(
        "sort=title,-",
        "422\nunknown_field sort: must name a field before and after every comma, and after `-` allowed=[\"id\",\"title\",\"author_name\",\"published_year\",\"price\",\"created_at\"] field=\"\"",
    );
    check_zoo(
        "sort=flag,small,big,float,decimal,text,uuid,date,time",
        "422\nlength sort: must name at most 8 fields, found 9 max=8",
    );
    for raw in [
        "sort=,title",
        "sort=--title",
        "sort=tags",
        "sort=isbn",
        "sort=is_recent",
        "sort=title+desc",
        "sort_by=-price",
        "sort_by=",
    ] {
        let error = parse(BOOK, raw, &KEYS).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{raw}");
        assert_eq!(error.problems[0].code, "unknown_field", "{raw}");
    }
    check(
        "sort=tilte",
        "422\nunknown_field sort: cannot sort by `tilte`; did you mean `title`? allowed=[\"id\",\"title\",\"author_name\",\"published_year\",\"price\",\"created_at\"] did_you_mean=\"title\" field=\"tilte\"",
    );
}

#[test]
fn fields_come_in_the_models_order_and_may_be_more_than_the_view() {
    check("fields=is_recent,isbn,id", "by -created_at,id\npage 1 of 20 count Exact\nfields id,isbn,is_recent");
}

#[test]
fn fields_are_known_named_once_and_at_least_one() {
    let error = parse(BOOK, "fields=", &KEYS).unwrap_err();
    assert_eq!(error.problems[0].code, "length");
    let error = parse(BOOK, "fields=id,,ID,id,id,tittle", &KEYS).unwrap_err();
    let codes: Vec<_> = error.problems.iter().map(|it| it.code.as_ref()).collect();
    assert_eq!(codes, ["unknown_field", "unknown_field", "duplicate_field", "unknown_field"]);
    assert_eq!(error.problems[3].params["did_you_mean"], "title");
    let error = parse(BOOK, &format!("fields={}", "x,y,".repeat(4000)), &KEYS).unwrap_err();
    assert_eq!(error.problems.len(), 3);
}

#[test]
fn search_looks_into_every_searched_field_for_the_text_as_it_is() {
    check(
        "search=+%25D",
        "where (title icontains \" %D\" or author_name icontains \" %D\")\nby -created_at,id\npage 1 of 20 count Exact",
    );
    check_where("search=%F0%9F%98%80%F0%9F%98%80", "text icontains \"😀😀\"");
}

#[test]
fn a_search_has_two_to_two_hundred_characters_that_are_not_all_blank() {
    for (text, found) in [("", 0), ("%C3%A9", 1)] {
        check(
            &format!("search={text}"),
            &format!("422\nlength search: must have 2 to 200 characters, found {found} max=200 min=2"),
        );
    }
    check("search=++%09", "422\nlength search: must have a character that is not blank max=200 min=2");
    assert!(parse(BOOK, &format!("search={}", "%C3%A9".repeat(200)), &KEYS).is_ok());
    assert!(parse(BOOK, &format!("search={}", "%C3%A9".repeat(201)), &KEYS).is_err());
}

#[test]
fn filters_trees_and_search_hold_together() {
    check_where(
        "filter=small%20%3D%201%20or%20small%20%3D%202&search=ab&flag=true",
        r#"(flag eq true and (small eq 1 or small eq 2) and text icontains "ab")"#,
    );
    check_where(
        "filter=small%20%3D%201%20and%20small%20%3D%202&flag=true",
        "(flag eq true and small eq 1 and small eq 2)",
    );
}

#[test]
fn an_item_takes_fields_alone() {
    assert_eq!(parse_item(BOOK, "").unwrap().fields, None);
    assert_eq!(parse_item(BOOK, "fields=title,id").unwrap().fields, Some(vec![0, 1]));
    for (raw, code) in [
        ("field=id", "unknown_parameter"),
        ("page=1", "unknown_parameter"),
        ("fields=id&fields=id", "duplicate_parameter"),
        ("fields=nope", "unknown_field"),
        ("fields=%zz", "invalid_format"),
    ] {
        let error = parse_item(BOOK, raw).unwrap_err();
        assert_eq!((error.status(), error.problems.len()), (422, 1), "{raw}");
        assert_eq!(error.problems[0].code, code, "{raw}");
    }
}

#[test]
fn an_operation_takes_its_few_parameters_once() {
    let of = |raw, allowed: &[&str]| parse_none(raw, allowed);
    assert_eq!(of("", &[]).unwrap(), []);
    assert_eq!(of("atomic=true", &["atomic"]).unwrap(), [("atomic".to_owned(), "true".to_owned())]);
    let error = of("atomci=true", &["atomic"]).unwrap_err();
    assert_eq!(error.problems[0].params["did_you_mean"], "atomic");
    let error = of("x=1&x=2", &[]).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    let error = of("atomic=1&atomic=1&atomic=2", &["atomic"]).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert_eq!(error.problems[0].code, "duplicate_parameter");
}
