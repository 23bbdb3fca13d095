"""Serves the doubles on Unix sockets and runs Terraform against them.

Terraform is told of a provider that already runs (TF_REATTACH_PROVIDERS), so `init` looks for none in a registry and
writes no lock file. One server serves one Terraform command after the other; for commands side by side, start more.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from tf.gen import tfplugin_pb2 as pb

from deploy import TERRAFORM
from deploy.tests.double import catalogue
from deploy.tests.double.account import Account
from deploy.tests.double.bindings import PACKAGES, Package, with_program
from deploy.tests.double.overrides import PROVIDERS
from deploy.tests.double.provider import ProviderServicer

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
            "PATH": with_program(os.environ)["PATH"],
            "GOGC": "400",  # a fifth less CPU: it collects garbage less often, and has memory enough
        }


@contextlib.contextmanager
def _served(package: Package, account: Account, folder: Path, socket: Path) -> Iterator[None]:
    schemas = catalogue.schemas(package, catalogue.types_used(folder, package.prefix))
    provider = ProviderServicer(schemas, PROVIDERS[package.provider], account)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=_LARGE)
    server.add_generic_rpc_handlers((_methods(provider),))
    server.add_insecure_port(f"unix://{socket}")
    server.start()
    try:
        yield
    finally:
        server.stop(grace=None).wait()


def _methods(provider: ProviderServicer) -> grpc.GenericRpcHandler:
    """What the double answers; to any other method of the protocol gRPC says "unimplemented"."""
    methods = {
        name: grpc.unary_unary_rpc_method_handler(
            getattr(provider, name),
            request_deserializer=getattr(pb, name).Request.FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )
        for name in dir(provider)
        if name[0].isupper()
    }
    # These answer with bytes. Requests of ephemeral resources have the shape of a data source's: type, configuration.
    answers: dict[str, Callable[[Any, Any], bytes]] = {
        "GetProviderSchema": lambda *_: provider.all_schemas,
        "ValidateEphemeralResourceConfig": lambda *_: b"",
        "OpenEphemeralResource": lambda request, _: provider.open_ephemeral(request),
        "CloseEphemeralResource": lambda *_: b"",
    }
    request = pb.ValidateDataResourceConfig.Request.FromString
    raw = {
        name: grpc.unary_unary_rpc_method_handler(answer, request_deserializer=request)
        for name, answer in answers.items()
    }
    return grpc.method_handlers_generic_handler("tfplugin6.Provider", {**methods, **raw})
