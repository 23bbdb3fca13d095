"""Our own rules, checked in the syntax tree.

commit      a service never calls `.commit(`: a transaction ends with its `write()` block
pool        a service creates no PostgreSQL connection or pool: the chassis does
environment a service does not read os.environ: settings are read once and validated
middleware  a service adds no middleware: the chassis fixes the order
call        no network call inside `async with ….write()` or in a function with a WriteTx parameter
sleep       a test waits until something is so, not for a time; where the time is what is tested: `# sleeps: why`
skip        tests are skipped only by chassis.testing.skipping.skip_without, which fails in CI
size        a file has at most 250 lines, a function at most 40 without its docstring (a test 60)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_FILE = 250
MAX_FUNCTION = 40
MAX_TEST = 60
SKIPPING = Path("chassis/testing/skipping.py")
# The names in pytest and unittest that skip a test or expect its failure.
_SKIPS = {"skip", "skipif", "skipIf", "skipUnless", "skipTest", "SkipTest", "importorskip", "xfail", "expectedFailure"}
_RUNNERS = {"pytest", "unittest", "mark", "self"}
_POOLS = {"create_pool", "connect"}
# Names of objects that use the network: HTTP clients, mail, the payment provider.
_CALLERS = {"http", "provider", "client", "clients", "session", "stripe", "smtp"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Finding(NamedTuple):
    """A violation: its place, the rule, and what to do."""

    path: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def check(path: Path, source: str, *, service: bool) -> list[Finding]:
    """The findings in one file. `service`: it is code of a service, not a test."""
    tree = ast.parse(source)
    found = [*_sizes(path, source, tree, MAX_TEST if "tests" in path.parts else MAX_FUNCTION)]
    if path != SKIPPING:
        found += _skips(path, tree)
    if "tests" in path.parts:
        found += _sleeps(path, source, tree)
    if service:
        found += [*_commits_and_pools(path, tree), *_environment(path, tree), *_middleware(path, tree)]
        found += _calls_in_transactions(path, tree)
    return found


def _sizes(path: Path, source: str, tree: ast.AST, longest: int) -> Iterator[Finding]:
    lines = source.count("\n")
    if lines > MAX_FILE:
        yield Finding(path, 1, "size", f"{lines} lines; split it by idea, a file has at most {MAX_FILE}")
    for node in ast.walk(tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            if length > longest:
                yield Finding(path, node.lineno, "size", f"{node.name} has {length} lines, at most {longest}")


def _docstring_lines(node: Function) -> int:
    """The lines of a docstring, which do not count."""
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _attribute_calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def _commits_and_pools(path: Path, tree: ast.AST) -> Iterator[Finding]:
    for node, function in _attribute_calls(tree):
        if function.attr == "commit" and not node.args:
            yield Finding(path, node.lineno, "commit", "end the `write()` block instead")
        if function.attr in _POOLS and isinstance(function.value, ast.Name) and function.value.id == "asyncpg":
            yield Finding(path, node.lineno, "pool", "use ctx.db of the chassis")


def _skips(path: Path, tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in {"pytest", "unittest"}:
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value).rpartition(".")[2] in _RUNNERS:
            names = {node.attr}
        else:
            continue
        if names & _SKIPS:
            yield Finding(path, node.lineno, "skip", "use chassis.testing.skipping.skip_without, which fails in CI")


def _sleeps(path: Path, source: str, tree: ast.AST) -> Iterator[Finding]:
    lines = source.splitlines()
    for test in ast.walk(tree):
        if isinstance(test, Function) and test.name.startswith("test_"):
            for call in _steps(test):
                slept = ast.unparse(call.func) in {"time.sleep", "asyncio.sleep"}
                slept = slept and [*map(ast.unparse, call.args)] != ["0"]
                if slept and "# sleeps: " not in lines[call.lineno - 1]:
                    yield Finding(
                        path, call.lineno, "sleep", "it is too short on a slow machine; wait in a loop until it is so"
                    )


def _steps(node: ast.AST) -> Iterator[ast.Call]:
    """The calls that a test makes itself, and once: not those of loops, nor of functions inside it."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Call):
            yield part
        if not isinstance(part, Function | ast.Lambda | ast.While | ast.For | ast.AsyncFor):
            yield from _steps(part)


def _environment(path: Path, tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
            yield Finding(path, node.lineno, "environment", "declare it in settings.py")


def _middleware(path: Path, tree: ast.AST) -> Iterator[Finding]:
    for node, function in _attribute_calls(tree):
        if function.attr in {"add_middleware", "middleware"}:
            yield Finding(path, node.lineno, "middleware", "the chassis fixes the middleware and its order")


def _opens_transaction(node: ast.AST) -> bool:
    if isinstance(node, ast.AsyncWith):
        return any(
            isinstance(item.context_expr, ast.Call)
            and isinstance(item.context_expr.func, ast.Attribute)
            and item.context_expr.func.attr in {"write", "write_one"}
            for item in node.items
        )
    if isinstance(node, Function):
        arguments = [*node.args.args, *node.args.kwonlyargs]
        return any("WriteTx" in ast.unparse(argument.annotation) for argument in arguments if argument.annotation)
    return False


def _calls_in_transactions(path: Path, tree: ast.AST) -> list[Finding]:
    found = []
    for block in ast.walk(tree):
        if _opens_transaction(block):
            found += [
                Finding(path, node.lineno, "call", "no network call inside a transaction")
                for node in ast.walk(block)
                if isinstance(node, ast.Await) and _uses_the_network(node.value)
            ]
    return found


def _uses_the_network(node: ast.AST) -> bool:
    """Whether it calls a method that uses the network: ctx.http.call, provider.capture, ..."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    names = set(ast.unparse(node.func).replace("(", ".").replace(")", ".").split(".")[:-1])
    return bool(names & _CALLERS) or "asyncio.sleep" in ast.unparse(node.func)
