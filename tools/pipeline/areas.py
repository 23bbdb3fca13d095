"""Which parts of the store a changed path touches, by the first line of RULES that fits.

A path that no line fits touches everything: a new folder is tested in full until somebody says what it is, and so are
the others when a service is removed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

FLAGS = ("code", "web", "charts", "terraform", "observability", "docs", "workflows", "images")
WHOLE_SUITE = "all"
_SERVICE = re.compile(r"services/([^/]+)/(.+)")
# What tables.yaml of a service describes: tools/tables compares it.
_DESCRIBED = re.compile(r"migrations/|mail/|(tables\.yaml|events\.py|jobs\.py)$")


class Touched(NamedTuple):
    """What is to be built, tested and deployed: services by name, parts by flag, tests by path."""

    services: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()

    def __or__(self, other: object) -> Touched:
        if not isinstance(other, Touched):
            return NotImplemented
        return Touched(self.services | other.services, self.flags | other.flags, self.tests | other.tests)


# Stands for all services, whichever there are.
ALL = frozenset({"*"})
EVERYTHING = Touched(ALL, frozenset(FLAGS), frozenset({WHOLE_SUITE}))


def _part(flags: str, tests: str = WHOLE_SUITE, *, services: frozenset[str] = frozenset()) -> Touched:
    return Touched(services, frozenset(flags.split()), frozenset(tests.split()))


_CODE = _part("code")
# What every image holds, or what runs it: all services are built, tested and deployed.
_ALL_SERVICES = _part("code images charts observability", services=ALL)
_CLUSTER = _part("charts", services=ALL)
# Documents are read by the tests of commands, links, runbooks and limits.
_DOCUMENT = _part("docs", "tools deploy/documents proofs/tests")
# The tests of it are `make test-terraform`, which is a job of its own.
_TERRAFORM = _part("terraform docs", "tools deploy/documents")

RULES: tuple[tuple[str, Touched], ...] = (
    (r"\.github/(CODEOWNERS|ISSUE_TEMPLATE/|pull_request_template|[^/]*\.md)", _DOCUMENT),
    (
        r"\.github/|\.ci/|tools/pipeline/|deploy/pipeline/|Makefile$|[^/]+\.toml$|\.python-version$|conftest\.py$",
        EVERYTHING,
    ),
    (r"tools/install|tools/unpack|tools/run_tests\.py$|requirements/README\.md$", EVERYTHING),
    (r"requirements/(workflows)\.", _part("workflows", "tools")),
    (r"chassis/|reporting/|requirements/|services/[^/]+$", _ALL_SERVICES),
    (r"deploy/terraform/github/", _TERRAFORM | _part("workflows", "tools")),
    (r"deploy/(terraform|aws)/|deploy/tests/", _TERRAFORM),
    (r"deploy/images/", _ALL_SERVICES),
    (r"deploy/observability/", _part("observability charts", "deploy/observability deploy/charts mercat/tests")),
    (r"deploy/(drills|documents|recovery|capacity)/", _part("code", "deploy")),
    (r"deploy/", _CLUSTER),
    # The service pages serves it, and its image holds it.
    (r"web/storefront/", _part("web images", "mercat proofs/tests tools", services=frozenset({"pages"}))),
    (r"web/", _part("web", "tools")),
    # Their commands for a laptop are run against a store.
    (r"docs/compliance/", _DOCUMENT | _part("docs", "mercat/tests")),
    (r"docs/runbooks/", _DOCUMENT | _part("observability", "deploy/observability mercat/tests")),
    (r"docs/(tutorials|guides)/|docs/getting-started\.md$", _DOCUMENT | _part("docs", "proofs/tutorials")),
    (r"docs/|[^/]+\.md$|mkdocs\.yml$|LICENSE$", _DOCUMENT),
    (r"mercat/|stripe_double/|local_servers/|examples/", _CODE),
    (r"proofs/", _part("code", "proofs tools")),
    (r"tools/", _part("code", "tools")),
    (r"\.(gitignore|squawk\.toml|pre-commit-config\.yaml|gitleaks[^/]*|editorconfig)$", _part("code", "tools")),
)


def touched(path: str, services: frozenset[str]) -> Touched:
    """What a change of this path touches; `services` are the names of those that exist."""
    if (found := _SERVICE.fullmatch(path)) and found[1] in services:
        return _of_service(found[1], found[2])
    return next((effect for pattern, effect in RULES if re.match(pattern, path)), EVERYTHING)


def _of_service(name: str, inside: str) -> Touched:
    """A service touches itself; its description also what is rendered from it, its metrics the rules about them."""
    flags = {"code", "images"}
    flags |= {"charts", "terraform", "observability"} if inside == "service.yaml" else set()
    flags |= {"observability"} if inside == "metrics.py" else set()
    tests = {f"services/{name}", *({"deploy", "mercat"} if inside == "service.yaml" else ())}
    tests |= {"tools/tables"} if _DESCRIBED.match(inside) else set()
    return Touched(frozenset({name}), frozenset(flags), frozenset(tests))
