"""What the bindings cannot say, kept by hand and kept short."""

from __future__ import annotations

from typing import Any


def _optional(kind: Any) -> dict[str, Any]:
    return {"type": kind, "required": False, "optional": True, "computed": False, "write_only": False}


# Attributes that a type has otherwise than its bindings say: {type: {path: attribute}}.
OVERRIDES: dict[str, dict[str, dict[str, Any]]] = {
    "aws_accessanalyzer_analyzer": {
        "configuration.unused_access.analysis_rule.exclusion.resource_tags": _optional(
            ["list", ["map", "string"]],
        ),
    },
}

# Blocks that the bindings give up on (they nest in themselves), taken from a type that spells them out.
BORROWED: dict[str, dict[str, tuple[str, str]]] = {
    "aws_wafv2_web_acl": {"rule.statement": ("aws_wafv2_web_acl_rule", "statement")},
}
# Of borrowed blocks only these kinds, and what they can look at: all of them, nested, are some megabytes that every
# command would wait for.
LENT_FIELDS = {"body", "query_string", "method", "single_header", "uri_path"}
LENT = {
    "and_statement",
    "byte_match_statement",
    "ip_set_reference_statement",
    "label_match_statement",
    "managed_rule_group_statement",
    "not_statement",
    "or_statement",
    "rate_based_statement",
    "regex_match_statement",
    "scope_down_statement",
}

# The providers' own blocks: the bindings do not carry their types. Only what our roots set.
PROVIDERS: dict[str, dict[str, Any]] = {
    "aws": {
        "attributes": {
            "region": _optional("string"),
            "profile": _optional("string"),
            "allowed_account_ids": _optional(["set", "string"]),
        },
        "blocks": {
            "default_tags": {
                "block": {"attributes": {"tags": _optional(["map", "string"])}, "blocks": {}},
                "nesting": "list",
                "min": 0,
                "max": 1,
            }
        },
    },
    "github": {"attributes": {"owner": _optional("string"), "token": _optional("string")}, "blocks": {}},
}
