"""Of what is fetched for RDS's authorities only known certificates reach a pod."""

from __future__ import annotations

import hashlib
import re
import ssl
from pathlib import Path

import pytest

from deploy.platform.database_ca import AUTHORITIES, DatabaseAuthorityError, fetch, known
from mercat.edge import certificates


@pytest.fixture
def pem(tmp_path: Path) -> str:
    certificates.ensure(tmp_path)
    text = (tmp_path / "localhost.pem").read_text()
    return text[text.index("-----BEGIN") : text.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----"


def fingerprint(pem: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def test_a_known_certificate_is_kept_and_a_strangers_is_not(pem: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    certificates.ensure(other)
    stranger = (other / "localhost.pem").read_text()
    assert known(f"{stranger}\n# a comment\n{pem}\n", {"ours": fingerprint(pem)}) == pem + "\n"


def test_where_nothing_is_known_the_message_says_what_to_do(pem: str) -> None:
    with pytest.raises(DatabaseAuthorityError, match=r"compare their SHA-256"):
        known(pem)


def test_nobody_who_answers_is_said_with_the_address() -> None:
    with pytest.raises(DatabaseAuthorityError, match=r"could not be read from https://127\.0\.0\.1:9/"):
        fetch("https://127.0.0.1:9/bundle.pem")


def test_each_region_has_its_three_authorities() -> None:
    regions = {re.sub(r"^Amazon RDS (.+) Root CA .*$", r"\1", name) for name in AUTHORITIES}
    assert "eu-central-1" in regions
    assert len(AUTHORITIES) == len(set(AUTHORITIES.values())) == 3 * len(regions)
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in AUTHORITIES.values())
