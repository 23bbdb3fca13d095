"""What Terraform asks a provider, answered from the schemas and from memory.

A plan of the double knows everything at once: where the real provider says "known after apply", the double answers
what it will answer then (answers.py). So that a plan can be read whole: each policy, each reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from deploy.tests.double import wire
from deploy.tests.double.account import Account, NotThere
from deploy.tests.double.distil import Schema
from deploy.tests.double.wire import UNKNOWN, decode, encode

Schemas = dict[str, dict[str, Schema]]


class ProviderServicer:
    """One provider: `schemas` by kind and type, its own configuration's schema, and the account it pretends to be."""

    def __init__(self, schemas: Schemas, own: Schema, account: Account) -> None:
        self.schemas = schemas
        self.own = own
        self.account = account
        # Serialised once: Terraform asks for it at every turn, and it is some megabytes.
        self.all_schemas = self._all_schemas().SerializeToString()

    def _all_schemas(self) -> pb.GetProviderSchema.Response:
        response = pb.GetProviderSchema.Response(
            provider=wire.schema(self.own),
            resource_schemas={name: wire.schema(block) for name, block in self.schemas["resource"].items()},
            data_source_schemas={name: wire.schema(block) for name, block in self.schemas["data"].items()},
            server_capabilities=pb.ServerCapabilities(plan_destroy=True, get_provider_schema_optional=True),
        )
        wire.with_ephemeral(response, self.schemas["ephemeral"])
        return response

    def ValidateProviderConfig(self, _request: Any, _context: Any) -> pb.ValidateProviderConfig.Response:
        """Accept any configuration of the provider."""
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, _context: Any) -> pb.ValidateResourceConfig.Response:
        """Terraform has checked the rest against the schema; this is for a provider to say."""
        wrong = _set_though_computed(self.schemas["resource"][request.type_name], decode(request.config))
        return pb.ValidateResourceConfig.Response(
            diagnostics=[
                wire.error(
                    "Value for unconfigurable attribute", f"{request.type_name}.{name} is decided by the provider."
                )
                for name in wrong
            ]
        )

    def ValidateDataResourceConfig(self, _request: Any, _context: Any) -> pb.ValidateDataResourceConfig.Response:
        """Accept any configuration of a data source."""
        return pb.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, _context: Any) -> pb.ConfigureProvider.Response:
        """Take over the region, the account and the default tags."""
        self.account.configure(decode(request.config))
        return pb.ConfigureProvider.Response()

    def UpgradeResourceState(self, request: Any, _context: Any) -> pb.UpgradeResourceState.Response:
        """The state as it is: the schema has one version."""
        return pb.UpgradeResourceState.Response(upgraded_state=encode(json.loads(request.raw_state.json)))

    def ReadResource(self, request: Any, _context: Any) -> pb.ReadResource.Response:
        """The state as it is: nothing changes outside of Terraform."""
        return pb.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request: Any, _context: Any) -> pb.PlanResourceChange.Response:
        """The proposed state with its computed attributes filled in; as it is where the resource is destroyed."""
        proposed = decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        planned = self._complete("resource", request.type_name, proposed, decode(request.config))
        return pb.PlanResourceChange.Response(planned_state=encode(planned))

    def ApplyResourceChange(self, request: Any, _context: Any) -> pb.ApplyResourceChange.Response:
        """Make, change or destroy a resource, and answer its new state."""
        planned = decode(request.planned_state)
        if planned is None:
            self.account.forget(request.type_name, decode(request.prior_state))
            return pb.ApplyResourceChange.Response(new_state=request.planned_state)
        config = decode(request.config)
        made = self._complete("resource", request.type_name, planned, config)
        self.account.remember(request.type_name, made)
        self.account.write(request.type_name, made, config)
        response = pb.ApplyResourceChange.Response(new_state=encode(made))
        if decode(request.prior_state) is None and not self.account.waited(request.type_name):
            # As the AWS provider does: the resource exists, Terraform keeps it as tainted.
            response.diagnostics.append(wire.error(f"waiting for {request.type_name} create: context canceled"))
        return response

    def ImportResourceState(self, request: Any, _context: Any) -> pb.ImportResourceState.Response:
        """What the account has by that id, without what AWS does not give back: the number of a write-only value."""
        found = self.account.made.get((request.type_name, request.id))
        if found is None:
            return pb.ImportResourceState.Response(
                diagnostics=[wire.error("Cannot import non-existent remote object", request.id)]
            )
        state = {key: None if key.endswith("_wo_version") else value for key, value in found.items()}
        imported = pb.ImportResourceState.ImportedResource(type_name=request.type_name, state=encode(state))
        return pb.ImportResourceState.Response(imported_resources=[imported])

    def ReadDataSource(self, request: Any, _context: Any) -> pb.ReadDataSource.Response:
        """What the account knows, or the error that AWS would give."""
        config = decode(request.config)
        try:
            known = self.account.look_up(request.type_name, config)
        except NotThere as missing:
            return pb.ReadDataSource.Response(diagnostics=[wire.error(str(missing))])
        return pb.ReadDataSource.Response(
            state=encode(self._complete("data", request.type_name, {**config, **known}, config))
        )

    def StopProvider(self, _request: Any, _context: Any) -> pb.StopProvider.Response:
        """Note that Terraform was interrupted."""
        self.account.stopping.set()
        return pb.StopProvider.Response()

    def open_ephemeral(self, request: Any) -> bytes:
        """An ephemeral resource with its computed attributes, as an encoded message."""
        config = decode(request.config)
        known = {**config, **self.account.look_up(request.type_name, config)}
        return wire.opened(self._complete("ephemeral", request.type_name, known, config))

    def _complete(self, kind: str, name: str, value: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
        """`value` with an answer for each computed attribute that nobody set, and nothing in write-only ones."""
        schema = self.schemas[kind][name]
        done = {**value, **self._complete_blocks(name, schema, value)}
        for attribute, about in schema["attributes"].items():
            if about["write_only"]:
                done[attribute] = None
            elif about["computed"] and attribute == "tags_all":
                done[attribute] = self.account.tags_all(done.get("tags"))
            elif about["computed"] and done.get(attribute) in (None, UNKNOWN) and config.get(attribute) is None:
                done[attribute] = self.account.answer(name, attribute, about, config)
        return done

    def _complete_blocks(self, name: str, schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
        """The lists and sets of blocks of `value`, with an answer where only the provider has one."""
        done: dict[str, Any] = {}
        for block, nested in schema["blocks"].items():
            if isinstance(value.get(block), list):
                path, inner = f"{name}.{block}", nested["block"]
                done[block] = [self._complete_block(path, inner, element) for element in value[block]]
        return done

    def _complete_block(self, path: str, schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
        done = {**value, **self._complete_blocks(path, schema, value)}
        for attribute, about in schema["attributes"].items():
            if about["computed"] and not about["optional"] and done.get(attribute) in (None, UNKNOWN):
                done[attribute] = self.account.answer(path, attribute, about, value)
        return done


def _set_though_computed(block: Schema, config: dict[str, Any]) -> Iterator[str]:
    """The attributes that a configuration sets and only the provider may, also those of inner blocks."""
    for name, about in block["attributes"].items():
        if about["computed"] and not about["optional"] and config.get(name) is not None:
            yield name
    for name, nested in block["blocks"].items():
        inner = config.get(name) or []
        for value in inner if isinstance(inner, list) else [inner]:
            if isinstance(value, dict):
                yield from (f"{name}.{attribute}" for attribute in _set_though_computed(nested["block"], value))
