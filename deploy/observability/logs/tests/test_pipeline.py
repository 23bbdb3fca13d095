"""Logstash's pipeline: no line goes by the script, and none goes elsewhere."""

from __future__ import annotations

import re

from deploy.observability.logs.tests.running import FILES


def pipeline_faults(text: str) -> list[str]:
    """What is wrong with Logstash's pipeline: each line passes the script, then goes to Elasticsearch by TLS."""
    pieces = re.split(r"^(?:input|filter|output) \{", text, flags=re.MULTILINE)
    parts = dict(zip(("input", "filter", "output"), pieces[1:], strict=True))
    found = [] if re.search(r"^  ruby \{\s+path => .*redact\.rb", parts["filter"], re.MULTILINE) else ["no redaction"]
    dropped = re.search(r'^  if "_rubyexception" in \[tags\] \{\s+drop \{\}', parts["filter"], re.MULTILINE)
    found += [] if dropped else ["a line goes on where the script fails"]
    outputs = re.findall(r"^  (\w+)(?: \{| .*\{)", parts["output"], re.MULTILINE)
    found += [] if outputs == ["elasticsearch"] else [f"lines go to {outputs}"]
    found += [] if "ssl_certificate_authorities" in parts["output"] else ["no certificate is verified"]
    found += [] if "data_stream => true" in parts["output"] else ["to no data stream"]
    return found


def test_the_pipeline_lets_no_line_pass_by_and_mistakes_in_it_are_found():
    text = (FILES / "pipeline.conf").read_text(encoding="utf-8")
    assert pipeline_faults(text) == []
    seeds = {
        "no redaction": ("  ruby {", "  mutate {"),
        "a line goes on where": ('"_rubyexception"', '"_exception"'),
        "lines go to": ("output {\n", 'output {\n  file { path => "/tmp/x" }\n'),
        "no certificate": ("ssl_certificate_authorities", "ssl_verification_mode"),
        "to no data stream": ("data_stream => true", "data_stream => false"),
    }
    for said, (was, becomes) in seeds.items():
        assert said in "".join(pipeline_faults(text.replace(was, becomes))), said
