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
    # `filter` has a grammar with parentheses, which no pattern can say, and a `cursor` is one that the server gave.
    "syntax",
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
    problem = response.json()
    return {it["code"] for it in problem.get("errors", [])} or {problem["code"]}
