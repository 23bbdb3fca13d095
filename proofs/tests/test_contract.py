from proofs.contract import LINES, WIDTH, shortened


def test_a_long_failure_report_is_shortened():
    report = "\n".join(["noise", "= FAILURES =", "Received: 431", "curl '" + "a" * 9_000 + "'", *["line"] * 500])
    told = shortened(report).split("\n")
    assert told[1] == "Received: 431"
    assert len(told) == LINES + 1
    assert max(map(len, told)) < WIDTH + 40
    assert told[-1].endswith("more lines")


def test_a_short_report_is_unchanged():
    assert shortened("noise\n= FAILURES =\n\nReceived: 500\n") == "= FAILURES =\nReceived: 500"
