"""The image that was built of a commit.

A commit that changes nothing an image holds (documents, Terraform) has no image of its own. Then that of the last
commit before it is meant, if nothing of what an image holds differs between the two. All else is refused: nothing is
built anew for a release.
"""

from __future__ import annotations

import re

from deploy.pipeline import registries
from deploy.pipeline.commands import run, tried
from deploy.refusal import MISUSED, Refusal

# What deploy/images/build.sh copies into an image, and by what it builds; a test compares.
HELD = ("chassis", "services", "reporting", "web/storefront", "deploy/images", "requirements/image.txt")
LEFT_OUT = (":(exclude,glob)**/tests/**", ":(exclude)chassis/testing")
_BACK = 200
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def of(environment: str, tag: str) -> str:
    """The digest that a tag names in the environment's registry; empty: there is no such tag.

    Raises:
        Refusal: AWS cannot be asked.
    """
    repository, account = registries.repository(), registries.account(environment)
    words = ["--registry-id", account, "--repository-name", repository, "--image-ids", f"imageTag={tag}"]
    query = ["--query", "imageDetails[0].imageDigest", "--output", "text"]
    done = tried(["aws", "ecr", "describe-images", *words, *query])
    if "ImageNotFoundException" in done.stderr:
        return ""
    found = done.stdout.strip()
    if done.returncode or not _DIGEST.fullmatch(found):
        raise Refusal(f"{environment}'s registry cannot be asked for {tag}: {(done.stderr or found).strip()}")
    return found


def built(environment: str, commit: str) -> tuple[str, str]:
    """The commit that was built, and the digest of its image.

    Raises:
        Refusal: none was built of what this commit holds.
    """
    resolved = tried(["git", "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"])
    if resolved.returncode:
        raise Refusal(f"{commit} is no commit of this repository.", MISUSED)
    whole = resolved.stdout.strip()
    for before in run("git", "rev-list", "--first-parent", f"--max-count={_BACK}", whole).split():
        if not _same(before, whole):
            break
        if digest := of(environment, before):
            return before, digest
    raise Refusal(
        f"No image of {whole[:12]} is in {environment}'s registry: let its run on main succeed (or that of the"
        " environment before this one), and try again. A release is never built anew."
    )


def _same(before: str, commit: str) -> bool:
    """Whether the images of both would hold the same."""
    done = tried(["git", "diff", "--quiet", before, commit, "--", *HELD, *LEFT_OUT])
    if done.returncode > 1:
        raise Refusal(f"git diff {before[:12]}: {done.stderr.strip()}")
    return done.returncode == 0
