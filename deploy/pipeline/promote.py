"""`python -m deploy.pipeline.promote ENV COMMIT`: the image of a commit, from where it was tried into ENV's registry.

It is found by its commit, verified by its signature, copied with it, and must be the same digest there: a line
`digest=sha256:...`. Nothing is built. Needs the environment's release role; what is there already is not copied again.
"""

from __future__ import annotations

import argparse

from deploy.pipeline import registries, signatures
from deploy.pipeline.commands import run
from deploy.pipeline.digest import built, of
from deploy.pipeline.program import main
from deploy.pipeline.telling import output
from deploy.refusal import Refusal

_SECONDS = 900


def promote(environment: str, commit: str) -> str:
    """Copy it; its digest.

    Raises:
        Refusal: there is none, it is not signed, the tag is another image's, or the copy is not the same.
    """
    before = registries.before(environment)
    source, target = registries.address(before), registries.address(environment)
    for each in (before, environment):
        password = run("aws", "ecr", "get-login-password")
        run("cosign", "login", registries.host(each), "--username", "AWS", "--password-stdin", stdin=password)
    tag, digest = built(before, commit)
    signatures.verify(f"{source}@{digest}")
    if (there := of(environment, tag)) not in {"", digest}:
        raise Refusal(
            f"{target}:{tag} is {there}, and not {digest}, which was tried in {before}: look who pushed it there."
        )
    if not there:
        run("cosign", "copy", f"{source}@{digest}", f"{target}:{tag}", seconds=_SECONDS)
    if (copied := of(environment, tag)) != digest:
        raise Refusal(f"{target}:{tag} is {copied or 'not there'} after the copy, and not {digest}.")
    signatures.verify(f"{target}@{digest}")
    return digest


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.promote", description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("commit")
    asked = parser.parse_args()
    output("digest", promote(asked.environment, asked.commit))


if __name__ == "__main__":
    main(_work)
