from __future__ import annotations

import copy
from typing import Any

import pytest

from tools import api_style

MONEY = {
    "amount": {"type": "integer", "description": "Minor units"},
    "currency": {"type": "string", "description": "ISO 4217"},
}
GOOD: dict[str, Any] = {
    "paths": {
        "/api/v1/boats/{boat_id}": {
            "get": {
                "tags": ["boats"],
                "operationId": "read_boat",
                "summary": "A boat",
                "description": "As it lies.",
                "parameters": [
                    {
                        "name": "boat_id",
                        "in": "path",
                        "schema": {"type": "string"},
                        "description": "Its id",
                        "example": "b1",
                    },
                    {"name": "Dry-Run", "in": "header", "schema": {"type": "boolean"}, "description": "Only ask"},
                ],
                "responses": {"404": {"description": "`not-found`: There is nothing here"}},
            },
            "put": {
                "tags": ["boats"],
                "operationId": "set_boat",
                "summary": "Set it",
                "description": "Whole.",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Boat"}}}},
                "responses": {},
            },
        }
    },
    "components": {
        "schemas": {
            "Boat": {
                "examples": [{"id": "b1"}],
                "properties": {
                    "id": {"type": "string", "description": "Its id"},
                    "harbour_id": {"type": "string", "description": "Where it lies"},
                    "fee": {"$ref": "#/components/schemas/Money", "description": "A night"},
                },
            },
            "Money": {"properties": MONEY},
        }
    },
}
OPERATION = ("paths", "/api/v1/boats/{boat_id}", "get")
PUT = ("paths", "/api/v1/boats/{boat_id}", "put")
FIELDS = ("components", "schemas", "Boat", "properties")
BAD = [
    ((*OPERATION, "tags"), ["Boats"], "tags"),
    ((*OPERATION, "tags"), ["boats (staff)"], "tags"),
    ((*OPERATION, "tags"), ["staff: boats"], "tags"),
    ((*OPERATION, "operationId"), "boat", "operationId boat"),
    ((*OPERATION, "operationId"), "get_boat", "operationId get_boat"),
    ((*OPERATION, "operationId"), "readBoat", "operationId readBoat"),
    ((*OPERATION, "operationId"), None, "has no operationId"),
    ((*PUT, "operationId"), "put_api_v1_boats_boat_id_put", "its path is no part of the name"),
    ((*OPERATION, "summary"), "", "no summary"),
    ((*OPERATION, "parameters", 0, "name"), "boatId", "name of the parameter boatId"),
    ((*OPERATION, "parameters", 0, "description"), "", "boat_id has no description"),
    ((*OPERATION, "parameters", 0), {"name": "boat_id", "in": "path", "schema": {}, "description": "x"}, "no example"),
    ((*OPERATION, "parameters", 1, "name"), "dry-run", "name of the parameter dry-run"),
    ((*OPERATION, "responses", "404", "description"), "`not_found`: Gone", "not_found is not in kebab-case"),
    ((*PUT, "operationId"), "read_boat", "operationId of 2 operations"),
    (("components", "schemas", "Boat", "examples"), None, "has no example"),
    ((*FIELDS, "harbourId"), {"type": "string", "description": "x"}, "name of the property harbourId"),
    ((*FIELDS, "harbourid"), {"type": "string", "description": "x"}, "another's `<thing>_id`"),
    ((*FIELDS, "boat_id"), {"type": "string", "description": "x"}, "its own id is `id`"),
    ((*FIELDS, "id"), {"type": "string"}, "id has no description"),
    ((*FIELDS, "price"), {"type": "integer", "description": "Minor units"}, "price: money"),
    ((*FIELDS, "sub_total"), {"type": "integer", "description": "Of all"}, "sub_total: money"),
    (
        FIELDS,
        {**MONEY, "id": {"type": "string", "description": "Its id"}},
        "amount: money is an object of `amount` and `currency`",
    ),
    (
        (*OPERATION, "parameters", 0),
        {"name": "fee", "in": "query", "schema": {"type": "integer"}, "description": "In minor units", "example": 1},
        "the parameter fee: money",
    ),
]


def test_consistent_apis_have_no_deviation():
    assert api_style.deviations({"harbour": GOOD}) == []


@pytest.mark.parametrize(("place", "value", "said"), BAD, ids=lambda part: part if isinstance(part, str) else "")
def test_each_deviation_is_reported(place, value, said):
    document: Any = copy.deepcopy(GOOD)
    node = document
    for part in place[:-1]:
        node = node[part]
    if value is None:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    assert any(said in line for line in api_style.deviations({"harbour": document}))


def test_an_operation_of_staff_names_its_right():
    document: Any = copy.deepcopy(GOOD)
    boat = document["paths"]["/api/v1/admin/boats/{boat_id}"] = document["paths"].pop("/api/v1/boats/{boat_id}")
    for operation in boat.values():
        operation |= {"tags": ["staff: boats"], "security": [{"access_token": ["boats:write"]}]}
    assert api_style.deviations({"harbour": document}) == []
    boat["put"]["security"] = [{"access_token": []}]
    assert any("names no right" in line for line in api_style.deviations({"harbour": document}))


def test_no_service_of_ours_deviates():
    assert api_style.deviations(api_style.documents()) == []
