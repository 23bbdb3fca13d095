"""The stand-in keeps documented rules of the Kubernetes API: versions, conflicts, deletion, apply, watch, discovery."""

from __future__ import annotations

import json
import threading

import httpx
import pytest

from deploy.kubernetes_double import Key, KubernetesApi
from deploy.kubernetes_double.tests.objects import config, definition, namespace

MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def api():
    with KubernetesApi([namespace("shop")]) as made:
        yield made


@pytest.fixture
def http(api):
    with httpx.Client(base_url=api.url) as client:
        yield client


def applied(http, each, manager: str, **query: str) -> httpx.Response:
    headers = {"Content-Type": "application/apply-patch+yaml"}
    query = {"fieldManager": manager, **query}
    return http.patch(f"{MAPS}/{each['metadata']['name']}", content=json.dumps(each), headers=headers, params=query)


def test_object_is_created_once(http):
    first = http.post(MAPS, json=config("a"))
    assert first.status_code == 201
    assert first.json()["metadata"]["uid"]
    again = http.post(MAPS, json=config("a"))
    assert (again.status_code, again.json()["reason"]) == (409, "AlreadyExists")


def test_what_is_not_there_is_not_found(http):
    for path in (f"{MAPS}/a", "/apis/unknown.example/v1/things", "/api/v1/unicorns"):
        assert (http.get(path).status_code, http.get(path).json()["reason"]) == (404, "NotFound")
    assert http.delete(f"{MAPS}/a").status_code == 404
    assert http.post("/api/v1/namespaces/nowhere/configmaps", json=config("a")).status_code == 404


def test_write_on_an_older_version_is_a_conflict(http):
    old = http.post(MAPS, json=config("a")).json()
    assert http.put(f"{MAPS}/a", json={**old, "data": {"n": "1"}}).status_code == 200
    late = http.put(f"{MAPS}/a", json={**old, "data": {"n": "2"}})
    assert (late.status_code, late.json()["reason"]) == (409, "Conflict")
    assert http.get(f"{MAPS}/a").json()["data"] == {"n": "1"}


def test_write_that_changes_nothing_makes_no_version(http):
    first = applied(http, config("a", n="1"), "me").json()
    again = applied(http, config("a", n="1"), "me").json()
    assert first["metadata"]["resourceVersion"] == again["metadata"]["resourceVersion"]


def test_generation_counts_changes_of_what_is_wanted_alone(http):
    before = http.post(MAPS, json=config("a", n="1")).json()
    headers = {"Content-Type": "application/merge-patch+json"}
    labelled = http.patch(f"{MAPS}/a", json={"metadata": {"labels": {"x": "y"}}}, headers=headers).json()
    changed = http.patch(f"{MAPS}/a", json={"data": {"n": "2", "m": None}}, headers=headers).json()
    assert [each["metadata"]["generation"] for each in (before, labelled, changed)] == [1, 1, 2]
    assert changed["data"] == {"n": "2"}
    assert changed["metadata"]["labels"] == {"x": "y"}


def test_status_is_written_at_its_own_address_alone(http):
    made = http.post(MAPS, json={**config("a"), "status": {"seen": 1}}).json()
    assert "status" not in made
    written = http.put(f"{MAPS}/a/status", json={**made, "data": {"n": "1"}, "status": {"seen": 2}}).json()
    assert (written["status"], written.get("data")) == ({"seen": 2}, made.get("data"))
    assert http.put(f"{MAPS}/a", json={**config("a", n="3"), "status": {"seen": 4}}).json()["status"] == {"seen": 2}


def test_apply_removes_what_a_manager_applies_no_more_and_keeps_what_others_set(http):
    applied(http, config("a", mine="1", gone="1"), "me")
    applied(http, config("a", theirs="2"), "them")
    assert applied(http, config("a", mine="3"), "me").json()["data"] == {"mine": "3", "theirs": "2"}


def test_apply_of_another_value_of_anothers_field_is_a_conflict_unless_forced(http):
    applied(http, config("a", n="1"), "them")
    refused = applied(http, config("a", n="2"), "me")
    assert (refused.status_code, refused.json()["reason"]) == (409, "Conflict")
    assert applied(http, config("a", n="2"), "me", force="true").json()["data"] == {"n": "2"}


def test_dry_run_writes_nothing(http):
    assert applied(http, config("a", n="1"), "me", dryRun="All").json()["data"] == {"n": "1"}
    assert http.get(f"{MAPS}/a").status_code == 404


def test_finalizer_holds_what_is_deleted(http):
    held = config("a")
    held["metadata"]["finalizers"] = ["example.com/held"]
    http.post(MAPS, json=held)
    http.delete(f"{MAPS}/a")
    ending = http.get(f"{MAPS}/a").json()
    assert ending["metadata"]["deletionTimestamp"]
    ending["metadata"]["finalizers"] = []
    http.put(f"{MAPS}/a", json=ending)
    assert http.get(f"{MAPS}/a").status_code == 404


@pytest.mark.parametrize(("policy", "stays"), [("Background", False), ("Foreground", False), ("Orphan", True)])
def test_dependents_go_with_their_owner_unless_orphaned(http, policy, stays):
    owner = http.post(MAPS, json=config("owner")).json()
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    dependent = config("dependent")
    dependent["metadata"]["ownerReferences"] = [reference]
    http.post(MAPS, json=dependent)
    http.request("DELETE", f"{MAPS}/owner", json={"propagationPolicy": policy})
    assert http.get(f"{MAPS}/owner").status_code == 404
    assert (http.get(f"{MAPS}/dependent").status_code == 200) is stays


def test_owner_that_is_deleted_in_the_foreground_waits_for_its_dependents(http):
    owner = http.post(MAPS, json=config("owner")).json()
    dependent = config("dependent")
    dependent["metadata"] |= {
        "finalizers": ["example.com/held"],
        "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
        ],
    }
    http.post(MAPS, json=dependent)
    http.request("DELETE", f"{MAPS}/owner", json={"propagationPolicy": "Foreground"})
    assert http.get(f"{MAPS}/owner").status_code == 200
    freed = http.get(f"{MAPS}/dependent").json()
    freed["metadata"]["finalizers"] = []
    http.put(f"{MAPS}/dependent", json=freed)
    assert http.get(f"{MAPS}/owner").status_code == 404


def test_namespace_takes_what_is_in_it_along(api, http):
    http.post("/api/v1/namespaces/shop/configmaps", json=config("a"))
    http.delete("/api/v1/namespaces/shop")
    assert api.names("ConfigMap") == []
    assert http.get("/api/v1/namespaces/shop").status_code == 404


def test_watch_from_a_version_sends_what_came_after_it(api, http):
    http.post(MAPS, json=config("before"))
    since = http.get(MAPS).json()["metadata"]["resourceVersion"]
    http.post(MAPS, json=config("after"))
    http.delete(f"{MAPS}/after")
    with http.stream("GET", MAPS, params={"watch": "true", "resourceVersion": since}) as answer:
        lines = answer.iter_lines()
        events = [json.loads(next(lines)) for _ in range(2)]
    found = [(each["type"], each["object"]["metadata"]["name"]) for each in events]
    assert found == [("ADDED", "after"), ("DELETED", "after")]


def test_selectors_choose_by_labels_and_by_name(http):
    for name, labels in {"a": {"app": "x", "v": "1"}, "b": {"app": "x"}, "c": {}}.items():
        each = config(name)
        each["metadata"]["labels"] = labels
        http.post(MAPS, json=each)

    def names(**query: str) -> list[str]:
        return [each["metadata"]["name"] for each in http.get(MAPS, params=query).json()["items"]]

    assert names(labelSelector="app=x") == ["a", "b"]
    assert names(labelSelector="app in (x,y),v!=1") == ["b"]
    assert names(labelSelector="!app") == ["c"]
    assert names(fieldSelector="metadata.name=b") == ["b"]
    assert http.get(MAPS, params={"fieldSelector": "spec.nodeName=n"}).status_code == 400


def test_definition_adds_a_kind(http):
    path = "/apis/example.com/v1/namespaces/default/things"
    assert http.get(path).status_code == 404
    http.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json=definition("example.com/v1", "Thing"))
    assert http.get(path).json()["items"] == []
    assert [each["name"] for each in http.get("/apis/example.com/v1").json()["resources"]] == ["things"]


def test_of_many_writers_on_one_version_one_succeeds(http, api):
    old = http.post(MAPS, json=config("a")).json()
    statuses = []

    def write(number: int) -> None:
        each = {**old, "data": {"writer": str(number)}}
        statuses.append(httpx.put(f"{api.url}{MAPS}/a", json=each).status_code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7


def test_what_may_not_be_done_is_forbidden_and_answered_by_a_review():
    with KubernetesApi(may=lambda verb, resource, *_: (verb, resource) == ("get", "configmaps")) as api:
        assert httpx.get(f"{api.url}{MAPS}/a").status_code == 404
        assert httpx.get(f"{api.url}{MAPS}").json()["reason"] == "Forbidden"
        for verb, allowed in (("get", True), ("list", False)):
            asked = {"spec": {"resourceAttributes": {"verb": verb, "resource": "configmaps"}}}
            review = httpx.post(f"{api.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", json=asked)
            assert review.json()["status"] == {"allowed": allowed}
        assert api.store.find(Key("v1", "ConfigMap", "default", "a")) is None
