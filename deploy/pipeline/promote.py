"""`python -m deploy.pipeline.promote COMMIT --digest D --from REGISTRY --to REGISTRY`: an image into the next registry.

It is verified by its signature where it was tried, copied with it, and must be the same digest there. Nothing is built.
Both registries are signed in to; what is there already is not copied again."""

from __future__ import annotations

import argparse

from deploy.pipeline import signatures
from deploy.pipeline.commands import run
from deploy.pipeline.digest import of
from deploy.pipeline.program import main
from deploy.pipeline.telling import output
from deploy.refusal import Refusal

_SECONDS = 900


def promote(digest: str, commit: str, source: str, target: str) -> None:
    """Copy it.

    Raises:
        Refusal: it is not signed, the target's tag is another image's, or the copy is not the same.
    """
    signatures.verify(f"{source}@{digest}")
    repository = target.partition("/")[2]
    there = of(repository, commit)
    if there not in {"", digest}:
        raise Refusal(
            f"{target}:{commit} is {there}, and not {digest} that was tried: nobody may have pushed it. Look who did."
        )
    if not there:
        run("cosign", "copy", f"{source}@{digest}", f"{target}:{commit}", seconds=_SECONDS)
    if (copied := of(repository, commit)) != digest:
        raise Refusal(f"{target}:{commit} is {copied or 'not there'} after the copy, and not {digest}.")
    signatures.verify(f"{target}@{digest}")


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.promote", description=__doc__)
    parser.add_argument("commit")
    parser.add_argument("--digest", required=True)
    parser.add_argument("--from", dest="source", required=True, metavar="REGISTRY")
    parser.add_argument("--to", dest="target", required=True, metavar="REGISTRY")
    asked = parser.parse_args()
    promote(asked.digest, asked.commit, asked.source, asked.target)
    output("digest", asked.digest)


if __name__ == "__main__":
    main(_work)
