"""Serves the doubles on Unix sockets and runs Terraform against them.

Terraform is told of a provider that already runs (TF_REATTACH_PROVIDERS), so `init` looks for none in a registry and
writes no lock file. One server serves one Terraform command after the other; for commands side by side, start more.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import grpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from deploy.double import catalogue
from deploy.double.account import Account
from deploy.double.bindings import PACKAGES, Package
from deploy.double.overrides import PROVIDERS
from deploy.double.provider import ProviderServicer

TERRAFORM = Path(__file__).resolve().parents[1] / "terraform"
_SERVICE = "tfplugin6.Provider"
_LARGE = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


@contextlib.contextmanager
def doubles(account: Account, folder: Path = TERRAFORM) -> Iterator[dict[str, str]]:
    """Serves the providers that a folder uses while the block runs; yields the environment for Terraform.

    The environment keeps `.terraform` folders out of the tree and Terraform away from the network.
    """
    with tempfile.TemporaryDirectory(prefix="mercat-tf-") as place, contextlib.ExitStack() as stack:
        reattach = {}
        for package in PACKAGES.values():
            socket = Path(place) / f"{package.provider}.sock"
            stack.enter_context(_served(package, account, folder, socket))
            reattach[package.source] = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "unix", "String": str(socket)},
            }
        configuration = Path(place) / "terraformrc"
        configuration.write_text("disable_checkpoint = true\n", encoding="utf-8")
        yield {
            "TF_REATTACH_PROVIDERS": json.dumps(reattach),
            "TF_CLI_CONFIG_FILE": str(configuration),
            "TF_DATA_DIR": str(Path(place) / "data"),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        }


@contextlib.contextmanager
def _served(package: Package, account: Account, folder: Path, socket: Path) -> Iterator[None]:
    schemas = catalogue.schemas(package, catalogue.types_used(folder, package.prefix))
    provider = ProviderServicer(schemas, PROVIDERS[package.provider], account)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=_LARGE)
    rpc.add_ProviderServicer_to_server(_Full(provider), server)
    server.add_generic_rpc_handlers((_ephemeral(provider),))
    server.add_insecure_port(f"unix://{socket}")
    server.start()
    try:
        yield
    finally:
        server.stop(grace=None).wait()


class _Full(rpc.ProviderServicer):  # type: ignore[misc]  # generated code
    """Every method of the protocol: ours, and for the rest the generated "not implemented"."""

    def __init__(self, provider: ProviderServicer) -> None:
        for name in dir(provider):
            if name[0].isupper():
                setattr(self, name, getattr(provider, name))


def _ephemeral(provider: ProviderServicer) -> grpc.GenericRpcHandler:
    """The methods that the generated code does not know. Requests have the shape of a data source's: type, config."""

    def handler(answer: object) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(
            answer, request_deserializer=pb.ValidateDataResourceConfig.Request.FromString, response_serializer=bytes
        )

    return grpc.method_handlers_generic_handler(
        _SERVICE,
        {
            "ValidateEphemeralResourceConfig": handler(lambda *_: b""),
            "OpenEphemeralResource": handler(lambda request, _: provider.open_ephemeral(request)),
            "CloseEphemeralResource": handler(lambda *_: b""),
        },
    )
