"""Which refusals of a request that fits the document are right.

The built-in check `positive_data_acceptance` judges by the status alone. This one asks it, and then looks at the stable
codes of the error: each code here names a rule that OpenAPI has no words for, and whatever else is refused is a failure.
"""

import schemathesis
from schemathesis.specs.openapi.checks import RejectedPositiveData, positive_data_acceptance

# Each with its reason.
BEYOND_SCHEMAS = {
    # Depends on the row: an `If-Match` or a date of another version.
    "precondition_failed",
    # `Idempotency-Key` is a name for one request; the tool sends the example's key with several.
    "idempotency_key_reused",
    # `page` and `per_page` exclude `cursor` and `limit`, `sort` excludes `sort_by`: OpenAPI has no rule over parameters.
    "conflicting_parameters",
    # `sort=price,-price`: items that are unique, and yet name one field twice.
    "duplicate_field",
    # A `cursor` is one that the server gave.
    "invalid_cursor",
    # Of `If-Match` and `If-None-Match`, a replacement that may create has to have one.
    "precondition_required",
    # Rules of the resources of `tests/it`, which are functions.
    "odd",
    "sunken",
    "ends_before_start",
    # `PATCH /books` without a condition: of many parameters, which are all optional, one has to be there.
    "condition_required",
    # `#[validate(must_match(…))]`: two fields that have to be alike.
    "must_match",
    # Decimals are kept exactly, with 28 digits at most; `multipleOf` is judged in binary fractions, which get it wrong.
    "precision",
}


@schemathesis.check
def well_formed_requests_are_taken(ctx, response, case):
    try:
        positive_data_acceptance(ctx, response, case)
    except RejectedPositiveData:
        if not codes(response, case) <= BEYOND_SCHEMAS:
            raise


def codes(response, case):
    """What was refused, without what no schema can say at all."""
    problem = response.json()
    if "errors" not in problem:
        return {problem["code"]}
    return {it["code"] for it in problem["errors"] if not is_unsayable(it, case)}


def is_unsayable(problem, case):
    # The grammar of `filter` has parentheses in it, which no pattern can say.
    if problem.get("parameter") == "filter":
        return True
    # Neither can it say the range of a number that is a text (`#[resource(as_string)]`).
    return problem["code"] == "range" and isinstance(pointed_at(case.body, problem.get("pointer", "")), str)


def pointed_at(body, pointer):
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        try:
            body = body[int(part) if isinstance(body, list) else part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return body
