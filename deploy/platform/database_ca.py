"""The certificates of RDS's authorities, for the pods of services: fetched where a deployment runs, and checked.

No pod asks the internet for them: they lie in the ConfigMap `database-ca`. `python -m deploy.platform.database_ca URL`
prints them; the URL is rds_ca_bundle_url of the handover.
"""

from __future__ import annotations

import hashlib
import re
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import yaml

AUTHORITIES: dict[str, str] = yaml.safe_load(
    (Path(__file__).resolve().parent / "database_authorities.yaml").read_text(encoding="utf-8")
)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class DatabaseAuthorityError(RuntimeError):
    """There is no certificate that services could verify their database by."""


def fetch(url: str) -> str:
    """The known certificates of what AWS publishes at the URL, as PEM.

    Raises:
        DatabaseAuthorityError: nobody answers there within 30 s, or none of it is known here.
    """
    try:
        answer = httpx.get(url, timeout=30).raise_for_status()
    except httpx.HTTPError as error:
        raise DatabaseAuthorityError(f"the certificates of RDS could not be read from {url}: {error}") from error
    return known(answer.text)


def known(bundle: str, authorities: Mapping[str, str] = AUTHORITIES) -> str:
    """Those certificates of a PEM bundle that database_authorities.yaml names, in the order of the bundle.

    Raises:
        DatabaseAuthorityError: there is none.
    """
    found = [pem for pem in _CERTIFICATE.findall(bundle) if _fingerprint(pem) in authorities.values()]
    if not found:
        raise DatabaseAuthorityError(
            "none of the certificates is named in deploy/platform/database_authorities.yaml: compare their SHA-256"
            " (openssl x509 -fingerprint -sha256) with what AWS publishes, and add them there"
        )
    return "\n".join(found) + "\n"


def _fingerprint(pem: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


if __name__ == "__main__":
    try:
        print(fetch(sys.argv[1]), end="")
    except DatabaseAuthorityError as error:
        sys.exit(f"database_ca: {error}")
