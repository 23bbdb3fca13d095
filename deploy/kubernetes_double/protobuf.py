"""Reads the bodies that helm and kubectl send as protobuf: Secrets, reviews of access, and options of a delete.

Field numbers are those of Kubernetes' generated.proto files, which never change.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.kubernetes_double.kinds import Object
from deploy.kubernetes_double.refused import Refused

MAGIC = b"k8s\x00"
_TEXT, _NUMBER, _BYTES = "text", "number", "bytes"
_MAP, _BYTES_MAP = {1: ("key", _TEXT), 2: ("value", _TEXT)}, {1: ("key", _TEXT), 2: ("value", _BYTES)}
# By field number: name and type, which is a message, or a map as a list of one message.
_META = {
    1: ("name", _TEXT),
    3: ("namespace", _TEXT),
    5: ("uid", _TEXT),
    6: ("resourceVersion", _TEXT),
    11: ("labels", [_MAP]),
    12: ("annotations", [_MAP]),
}
_RESOURCE = dict(enumerate(((n, _TEXT) for n in "namespace verb group version resource subresource name".split()), 1))
_KINDS: Mapping[str, Mapping[int, Any]] = {
    "Secret": {1: ("metadata", _META), 2: ("data", [_BYTES_MAP]), 3: ("type", _TEXT)},
    "DeleteOptions": {2: ("preconditions", {1: ("uid", _TEXT)}), 4: ("propagationPolicy", _TEXT)},
    "SelfSubjectAccessReview": {1: ("metadata", _META), 2: ("spec", {1: ("resourceAttributes", _RESOURCE)})},
}
_ENVELOPE = {1: ("type", {1: ("apiVersion", _TEXT), 2: ("kind", _TEXT)}), 2: ("raw", "raw")}


def read(body: bytes) -> Object:
    """The object in a body that begins with MAGIC.

    Raises:
        Refused: it is of a kind that is not read here.
    """
    envelope = _message(body.removeprefix(MAGIC), _ENVELOPE)
    kind = envelope["type"]["kind"]
    if kind not in _KINDS:
        raise Refused(415, "UnsupportedMediaType", f"protobuf of {kind} is not read here")
    return {**envelope["type"], **_message(envelope.get("raw", b""), _KINDS[kind])}


def _message(data: bytes, fields: Mapping[int, Any]) -> Object:
    found: Object = {}
    for number, value in _values(data):
        name, kind = fields.get(number, ("", None))
        if isinstance(kind, list):
            entry = _message(value, kind[0])
            found.setdefault(name, {})[entry["key"]] = entry.get("value", "")
        elif isinstance(kind, dict):
            found[name] = _message(value, kind)
        elif kind == _TEXT and value:
            found[name] = value.decode()
        elif kind == _BYTES:
            found[name] = base64.b64encode(value).decode()
        elif kind is not None and value:
            found[name] = value
    return found


def _values(data: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        if tag & 7 == 2:
            length, place = _varint(data, place)
            yield tag >> 3, data[place : place + length]
            place += length
        elif tag & 7 == 0:
            number, place = _varint(data, place)
            yield tag >> 3, number
        else:
            raise Refused(400, "BadRequest", f"a field of wire type {tag & 7}, which no such object has")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
