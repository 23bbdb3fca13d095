from __future__ import annotations

from pathlib import Path

import pytest

from tools import rules

HERE = Path("services/shop/usecases/sell.py")

BAD = {
    "commit": "async def f(connection):\n    await connection.commit()\n",
    "pool": "import asyncpg\nasync def f():\n    return await asyncpg.create_pool('x')\n",
    "environment": "import os\nurl = os.environ['DATABASE_URL']\n",
    "middleware": "def f(app):\n    app.add_middleware(object)\n",
    "size": "def f():\n" + "    x = 1\n" * 41,
}
_OPEN = "async def f(ctx):\n    async with ctx.db.{} as tx:\n        await ctx.http.call('catalog')\n"
CALLS = {
    "in a write block": _OPEN.format("write()"),
    "in a block of one": _OPEN.format("write_one()"),
    "with a transaction given": "async def f(ctx, tx: WriteTx):\n    await ctx.get(Provider).provider.capture()\n",
    "asleep": "import asyncio\nasync def f(tx: WriteTx):\n    await asyncio.sleep(1)\n",
}
GOOD = '''
async def sell(ctx, order):
    """Two statements, then a call outside."""
    async with ctx.db.write() as tx:
        await tx.execute("update stock set n = n - 1")
        await ctx.jobs.enqueue(tx, "mail", order)
    await ctx.http.call("payments", "POST", "/internal/payments")
'''


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_reports_its_violation(rule):
    assert [finding.rule for finding in rules.check(HERE, BAD[rule], service=True)] == [rule]


@pytest.mark.parametrize("where", CALLS)
def test_calls_out_inside_a_transaction_are_found(where):
    assert [finding.rule for finding in rules.check(HERE, CALLS[where], service=True)] == ["call"]


SKIPS = {
    "a call": "import pytest\ndef test_f():\n    pytest.skip('no')\n",
    "a mark": "import pytest\n@pytest.mark.skip\ndef test_f():\n    f()\n",
    "a condition": "import pytest\n@pytest.mark.skipif(True, reason='no')\ndef test_f():\n    f()\n",
    "an import": "import pytest\nnumpy = pytest.importorskip('numpy')\n",
    "a name": "from pytest import skip\n",
    "a mark of its own": "from pytest import mark\nslow = mark.skip\n",
    "a failure forgiven": "import pytest\n@pytest.mark.xfail\ndef test_f():\n    f()\n",
    "unittest": "import unittest\n@unittest.skipIf(True, 'no')\ndef test_f():\n    f()\n",
}


@pytest.mark.parametrize("how", SKIPS)
def test_a_skip_is_reported_except_in_skip_without(how):
    for path in (Path("deploy/tests/test_f.py"), Path("chassis/tests/conftest.py"), HERE):
        assert [finding.rule for finding in rules.check(path, SKIPS[how], service=False)] == ["skip"]
    assert rules.check(rules.SKIPPING, SKIPS[how], service=False) == []


def test_other_functions_named_skip_are_not_reported():
    source = "def f(data, connection):\n    data.skip('x')\n    connection.putrequest('GET', '/', skip_host=True)\n"
    assert rules.check(HERE, source, service=False) == []


def test_code_without_violations_is_not_reported():
    assert rules.check(HERE, GOOD, service=True) == []


def test_outside_of_services_only_sizes_count():
    assert rules.check(HERE, BAD["environment"], service=False) == []
    assert [finding.rule for finding in rules.check(HERE, "x = 1\n" * 251, service=False)] == ["size"]


def test_a_docstring_takes_the_lines_it_needs():
    contract = '    """A contract.\n' + "    More.\n" * 40 + '    """\n'
    assert rules.check(HERE, f"def f():\n{contract}    return 1\n", service=False) == []


def test_a_test_may_be_longer():
    story = "def test_f():\n" + "    x = 1\n" * 50
    assert rules.check(Path("chassis/tests/test_f.py"), story, service=False) == []


def test_a_finding_says_where_and_what():
    finding = rules.check(HERE, BAD["commit"], service=True)[0]
    assert str(finding) == f"{HERE}:2: commit: end the `write()` block instead"


SLEEPS = {
    "async def test_f():\n    await asyncio.sleep(1)\n": [2],
    "def test_f():\n    with shop():\n        time.sleep(0.1)\n": [3],
    "def test_f():\n    while not done():\n        time.sleep(0.1)\n": [],
    "async def test_f():\n    await asyncio.sleep(0)\n": [],
    "async def test_f():\n    await asyncio.sleep(delay=1)\n": [2],
    "def test_f():\n    def slow():\n        time.sleep(9)\n    serve(slow)\n": [],
    "def helper():\n    time.sleep(1)\n": [],
    "def test_f():\n    time.sleep(1)  # sleeps: its lease lapses\n": [],
}


@pytest.mark.parametrize("source", SLEEPS)
def test_a_test_that_waits_for_a_time_is_reported(source):
    found = rules.check(Path("services/shop/tests/test_f.py"), source, service=False)
    assert [(each.rule, each.line) for each in found] == [("sleep", line) for line in SLEEPS[source]]
    assert rules.check(Path("services/shop/worker.py"), source, service=False) == []
