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
    # Decimals are kept exactly, with 28 digits at most; `multipleOf` is judged in binary fractions, which get it wrong.
    "precision",
}


@schemathesis.check
def well_formed_requests_are_taken(ctx, response, case):
    try:
        positive_data_acceptance(ctx, response, case)
    except RejectedPositiveData:
        if not codes(response) <= BEYOND_SCHEMAS:
            raise


def codes(response):
    """What was refused, without `filter`: its grammar has parentheses in it, which no pattern can say."""
    problem = response.json()
    if "errors" not in problem:
        return {problem["code"]}
    return {it["code"] for it in problem["errors"] if it.get("parameter") != "filter"}
