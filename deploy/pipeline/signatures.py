"""Who signed an image: the workflow that builds, of main, of this repository, and nobody else (cosign, keyless)."""

from __future__ import annotations

import os

from deploy.pipeline.commands import run, tried

ISSUER = "https://token.actions.githubusercontent.com"
WORKFLOW = ".github/workflows/images.yml@refs/heads/main"


def _words(reference: str) -> list[str]:
    repository = os.environ.get("GITHUB_REPOSITORY", "example/mercat")
    identity = f"https://github.com/{repository}/{WORKFLOW}"
    return ["cosign", "verify", "--certificate-identity", identity, "--certificate-oidc-issuer", ISSUER, reference]


def verify(reference: str) -> None:
    """The image is signed by the workflow that builds images of main.

    Raises:
        Refusal: it is not.
    """
    run(*_words(reference), seconds=300)


def signed(reference: str) -> bool:
    """Whether it is.

    Raises:
        Refusal: cosign is missing.
    """
    return tried(_words(reference), seconds=300).returncode == 0
