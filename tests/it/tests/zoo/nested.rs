//! Objects within objects, and lists of them.

use it::every_store;
use serde_json::{Value, json};

use crate::{pairs, problems};

fn place(name: &str) -> Value {
    json!({"name": name, "latitude": 0, "longitude": 0.0, "note": null, "moods": []})
}

fn home() -> Value {
    json!({
        "door": place("front"), "back_door": place("back"), "rooms": [place("a"), place("b")], "since": "2020-02-29",
        "papers": {"a": {"b": 1, "c": 2}, "d": [1]},
    })
}

every_store! { zoo;
    async fn objects_come_back_whole_with_their_defaults(api) {
        let created = api.post("animals", &json!({"home": {"door": {"name": "front"}}, "seen": [{"name": "é"}], "lost": []})).await;
        assert_eq!(created.status, 201, "{}", created.text());
        let expected = r#""home":{"door":{"name":"front","latitude":0,"longitude":0.0,"note":null,"moods":[]},"back_door":null,"rooms":[],"since":null,"papers":null},"seen":[{"name":"é","latitude":0,"longitude":0.0,"note":null,"moods":[]}],"lost":[],"#;
        assert!(created.text().contains(expected), "{}", created.text());
        assert!(api.get("animals/1").await.text().contains(expected));
        assert!(api.get("animals").await.text().contains(expected));
    }

    async fn numbers_within_objects_keep_their_digits(api) {
        let body = r#"{"home":{"door":{"name":"a","latitude":12.3456789012345678901234500,"longitude":-5e-324}}}"#;
        let created = api.raw("POST", "animals", body).await;
        let expected = r#""latitude":12.3456789012345678901234500,"longitude":-5e-324,"#;
        assert!(created.text().contains(expected), "{}", created.text());
        assert!(api.get("animals/1").await.text().contains(expected));
        let patched = api.patch("animals/1", &json!({"home": {"door": {"note": "x"}}})).await;
        assert!(patched.text().contains(expected), "{}", patched.text());
    }

    async fn a_patch_of_an_object_changes_what_it_names(api) {
        api.post("animals", &json!({"home": home()})).await;
        let patched = api.patch("animals/1", &json!({"home": {"door": {"note": "ring"}, "since": null}})).await;
        let mut expected = home();
        expected["door"]["note"] = json!("ring");
        expected["since"] = Value::Null;
        assert_eq!(patched.value()["home"], expected);
        assert_eq!(api.get("animals/1").await.value()["home"], expected);
    }

    async fn a_patch_replaces_lists_and_nulls_objects(api) {
        api.post("animals", &json!({"home": home()})).await;
        let patched = api.patch("animals/1", &json!({"home": {"rooms": [], "back_door": null}})).await.value();
        assert_eq!(patched["home"]["rooms"], json!([]));
        assert_eq!(patched["home"]["back_door"], Value::Null);
        assert_eq!(patched["home"]["door"], place("front"));
        let patched = api.patch("animals/1", &json!({"home": null})).await.value();
        assert_eq!(patched["home"], Value::Null);
    }

    async fn a_patch_makes_an_object_where_there_is_none(api) {
        api.post("animals", &json!({})).await;
        let refused = api.patch("animals/1", &json!({"home": {"since": "2020-01-01"}})).await;
        assert_eq!(problems(&refused), pairs(&[("/home/door", "required")]));
        let made = api.patch("animals/1", &json!({"home": {"door": {"name": "new"}}})).await;
        assert_eq!(made.value()["home"]["door"], place("new"), "{}", made.text());
        let refused = api.patch("animals/1", &json!({"home": {"back_door": {"note": "n"}}})).await;
        assert_eq!(problems(&refused), pairs(&[("/home/back_door/name", "required")]));
    }

    async fn a_patch_of_json_is_merged_as_rfc_7396_says(api) {
        api.post("animals", &json!({"maybe_json": {"a": {"b": 1, "c": [1]}, "d": 2}, "home": home()})).await;
        let patched = api.patch("animals/1", &json!({"maybe_json": {"a": {"b": null, "e": {"f": null, "g": 3}}, "d": [4]}})).await;
        assert_eq!(patched.value()["maybe_json"], json!({"a": {"c": [1], "e": {"g": 3}}, "d": [4]}));
        let patched = api.patch("animals/1", &json!({"home": {"papers": {"a": {"b": null}, "d": null}}})).await;
        assert_eq!(patched.value()["home"]["papers"], json!({"a": {"c": 2}}), "{}", patched.text());
    }

    async fn problems_within_have_their_pointers(api) {
        let body = json!({
            "home": {
                "door": {"name": "", "latitude": 91, "longitude": "x", "colour": 1, "moods": ["calm", "sad"]},
                "back_door": {}, "rooms": [place("a"), {"name": 7}, null], "since": "2023-02-29",
            },
            "seen": [place("a"), {"name": "Atlantis"}, {"name": "a".repeat(21)}],
            "lost": [[], {"name": "a", "moods": [1]}],
        });
        let expected = pairs(&[
            ("/home/door/name", "length"), ("/home/door/latitude", "range"), ("/home/door/longitude", "invalid_type"),
            ("/home/door/colour", "unknown_field"), ("/home/door/moods/1", "invalid_choice"), ("/home/back_door/name", "required"),
            ("/home/rooms/1/name", "invalid_type"), ("/home/rooms/2", "null_not_allowed"), ("/home/since", "invalid_format"),
            ("/seen/1", "sunken"), ("/seen/2/name", "length"), ("/lost/0", "invalid_type"), ("/lost/1/moods/0", "invalid_type"),
        ]);
        assert_eq!(problems(&api.post("animals", &body).await), expected);
        api.post("animals", &json!({"home": home()})).await;
        assert_eq!(problems(&api.put("animals/1", &body).await), expected);
        // A patch leaves the back door as it is.
        let expected: Vec<_> = expected.into_iter().filter(|(at, _)| at != "/home/back_door/name").collect();
        assert_eq!(problems(&api.patch("animals/1", &body).await), expected);
    }

    async fn lists_of_objects_have_their_lengths(api) {
        let many = |count: usize| Value::Array((0..count).map(|_| place("a")).collect());
        let answer = api.post("animals", &json!({"seen": many(5), "home": {"door": place("a"), "rooms": many(4)}})).await;
        assert_eq!(problems(&answer), pairs(&[("/seen", "length"), ("/home/rooms", "length")]));
        assert_eq!(api.post("animals", &json!({"seen": many(4)})).await.status, 201);
    }

    async fn rules_over_an_object_see_it_after_the_patch(api) {
        api.post("animals", &json!({"home": home()})).await;
        let answer = api.patch("animals/1", &json!({"home": {"door": {"name": "Atlantis"}}})).await;
        assert_eq!(problems(&answer), pairs(&[("/home/door", "sunken")]));
        assert_eq!(api.get("animals/1").await.value()["home"], home());
    }
}
