"""A workflow that keeps every rule, to be broken by tests."""

from __future__ import annotations

from pathlib import Path

import yaml

from tools.pipeline.workflows import Workflow

CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
KEPT = f"""\
name: kept
on:
  pull_request:
  merge_group:
permissions: {{}}
concurrency:
  group: kept-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - run: make check
  sum:
    needs: one
    if: always()
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions: {{}}
    steps:
      - if: contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')
        run: exit 1
"""


def workflow(text: str = KEPT, name: str = "kept.yml") -> Workflow:
    return Workflow(Path(".github/workflows") / name, text, yaml.safe_load(text))


def broken(old: str, new: str, text: str = KEPT) -> Workflow:
    """The workflow with a piece replaced, which must be there."""
    assert old in text
    return workflow(text.replace(old, new))
