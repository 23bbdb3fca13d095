"""Reads secrets of AWS Secrets Manager as the identity of this pod (EKS Pod Identity)."""

from __future__ import annotations

import hashlib
import hmac
import os
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

_SECONDS = 10
_SERVICE = "secretsmanager"


class _Credentials(msgspec.Struct, frozen=True, rename="pascal"):
    access_key_id: str
    secret_access_key: str
    token: str


class Account(msgspec.Struct, frozen=True):
    """Where secrets are read, and with whose credentials."""

    region: str
    endpoint: str
    credentials: _Credentials

    @classmethod
    def of_this_pod(cls) -> Self:
        """Raises OSError: this pod has no identity, or its credentials cannot be had."""
        try:
            region, address = os.environ["AWS_REGION"], os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            token = Path(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
        except KeyError as missing:
            raise OSError(f"This pod has no identity of AWS: {missing} is not set") from None
        answer = _ask(urllib.request.Request(address, headers={"Authorization": token}))  # noqa: S310 -- the node's agent
        endpoint = os.environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER", f"https://{_SERVICE}.{region}.amazonaws.com")
        return cls(region, endpoint, msgspec.json.decode(answer, type=_Credentials))

    def secret(self, name: str) -> dict[str, Any]:
        """A secret that is one JSON object.

        Raises:
            OSError: it cannot be read.
        """
        body = msgspec.json.encode({"SecretId": name})
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "host": urlsplit(self.endpoint).netloc,
            "x-amz-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "x-amz-security-token": self.credentials.token,
            "x-amz-target": "secretsmanager.GetSecretValue",
        }
        key = (self.credentials.access_key_id, self.credentials.secret_access_key)
        headers["authorization"] = authorization(key, (self.region, _SERVICE), "POST", headers, body)
        request = urllib.request.Request(self.endpoint, data=body, headers=headers)  # noqa: S310 -- https, see above
        try:
            answer = msgspec.json.decode(_ask(request))
            secret: dict[str, Any] = msgspec.json.decode(answer["SecretString"], type=dict[str, Any])
        except (OSError, KeyError, msgspec.DecodeError) as error:
            raise OSError(f"The secret {name} cannot be read: {error}") from None
        return secret


def _ask(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 -- see above
        content: bytes = answer.read()
    return content


def authorization(
    key: tuple[str, str], place: tuple[str, str], method: str, headers: Mapping[str, str], body: bytes
) -> str:
    """The header of AWS' Signature Version 4 for a request to the path `/`, without a query.

    `key` is the access key's id and secret, `place` the region and the service; `headers` have lower-case names, among
    them x-amz-date.
    """
    moment = headers["x-amz-date"]
    signed = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name].strip()}" for name in sorted(headers)]
    canonical = "\n".join([method, "/", "", *lines, "", signed, hashlib.sha256(body).hexdigest()])
    scope = "/".join([moment[:8], *place, "aws4_request"])
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    derived = f"AWS4{key[1]}".encode()
    for part in scope.split("/"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    signature = hmac.digest(derived, text.encode(), "sha256").hex()
    return f"AWS4-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders={signed}, Signature={signature}"
