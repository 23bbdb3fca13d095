"""Terraform's plugin protocol, version 6: our schemas and values in its messages.

The messages come from the package `tf`, whose copy of the protocol is older than write-only arguments and ephemeral
resources. Protocol Buffers keep fields they do not know, so these few are added by number (protocol 6.9:
Schema.Attribute.write_only = 11, GetProviderSchema.Response.ephemeral_resource_schemas = 8,
OpenEphemeralResource.Response.result = 3).
"""

from __future__ import annotations

import json
from typing import Any

import msgpack
from tf.gen import tfplugin_pb2 as pb

NESTING = {"single": pb.Schema.NestedBlock.SINGLE, "list": pb.Schema.NestedBlock.LIST, "set": pb.Schema.NestedBlock.SET}


class Unknown:
    """A value that Terraform does not know yet."""


UNKNOWN = Unknown()


def decode(value: pb.DynamicValue) -> Any:
    """Python's own types; UNKNOWN where a value is not known; None for null."""
    if value.json:
        return json.loads(value.json)
    if not value.msgpack:
        return None
    return msgpack.unpackb(value.msgpack, ext_hook=lambda *_: UNKNOWN, strict_map_key=False)


def encode(value: Any) -> pb.DynamicValue:
    """A value in Terraform's MessagePack; UNKNOWN becomes its extension type."""
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=_extension))


def _extension(value: object) -> msgpack.ExtType:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\x00")
    raise TypeError(f"{value!r} is no value of Terraform's")


def schema(block: dict[str, Any]) -> pb.Schema:
    """The protocol's message for a block of a provider's schema."""
    return pb.Schema(version=0, block=_block(block))


def _block(block: dict[str, Any]) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[_attribute(name, attribute) for name, attribute in sorted(block["attributes"].items())],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                block=_block(nested["block"]),
                nesting=NESTING[nested["nesting"]],
                min_items=0 if nested["nesting"] == "single" else nested["min"],
                max_items=0 if nested["nesting"] == "single" else nested["max"],
            )
            for name, nested in sorted(block["blocks"].items())
        ],
    )


def _attribute(name: str, attribute: dict[str, Any]) -> pb.Schema.Attribute:
    message = pb.Schema.Attribute(
        name=name,
        type=json.dumps(attribute["type"]).encode(),
        required=attribute["required"],
        optional=attribute["optional"],
        computed=attribute["computed"],
    )
    if attribute["write_only"]:
        message.MergeFromString(_field(11, 0) + b"\x01")
    return message


def with_ephemeral(response: pb.GetProviderSchema.Response, schemas: dict[str, dict[str, Any]]) -> None:
    """Adds the schemas of ephemeral resources."""
    for name, block in schemas.items():
        entry = _bytes(1, name.encode()) + _bytes(2, schema(block).SerializeToString())
        response.MergeFromString(_bytes(8, entry))


def opened(result: Any) -> bytes:
    """OpenEphemeralResource.Response, serialised."""
    return _bytes(3, encode(result).SerializeToString())


def _field(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _bytes(number: int, content: bytes) -> bytes:
    return _field(number, 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def error(summary: str, detail: str = "") -> pb.Diagnostic:
    """A diagnostic that ends the command."""
    return pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=summary, detail=detail)
