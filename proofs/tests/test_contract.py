from proofs.contract import LINES, WIDTH, shortened


def test_failures_are_short_however_long_the_request_was():
    report = "\n".join(["noise", "= FAILURES =", "Received: 431", "curl '" + "a" * 9_000 + "'", *["line"] * 500])
    told = shortened(report).split("\n")
    assert told[1] == "Received: 431"
    assert len(told) == LINES + 1
    assert max(map(len, told)) < WIDTH + 40
    assert told[-1].endswith("more lines")


def test_a_short_report_is_told_whole():
    assert shortened("noise\n= FAILURES =\n\nReceived: 500\n") == "= FAILURES =\nReceived: 500"
