import itertools

from proofs.contract import LINES, WIDTH, shortened
from proofs.signed_in import SECONDS, SignedIn


def test_a_long_failure_report_is_shortened():
    report = "\n".join(["noise", "= FAILURES =", "Received: 431", "curl '" + "a" * 9_000 + "'", *["line"] * 500])
    told = shortened(report).split("\n")
    assert told[1] == "Received: 431"
    assert len(told) == LINES + 1
    assert max(map(len, told)) < WIDTH + 40
    assert told[-1].endswith("more lines")


def test_a_short_report_is_unchanged():
    assert shortened("noise\n= FAILURES =\n\nReceived: 500\n") == "= FAILURES =\nReceived: 500"


def test_a_token_is_replaced_before_it_ends():
    now, tokens = [0.0], map(str, itertools.count(1))
    signed_in = SignedIn(lambda: next(tokens), lambda: now[0])
    found = []
    for now[0] in (100.0, 100.0 + SECONDS - 1, 100.0 + SECONDS, 100.0 + 2 * SECONDS - 1, 100.0 + 2 * SECONDS):
        found.append(signed_in.token())
    assert found == ["1", "1", "2", "2", "3"]
