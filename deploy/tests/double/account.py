"""The account that the double pretends to be: what its resources' computed attributes say, and what is remembered.

Answers depend on nothing but a resource's own configuration, so that a plan, its apply and the next plan agree.
"""

from __future__ import annotations

import threading
from typing import Any

from deploy.tests.double import answers
from deploy.tests.double.wire import UNKNOWN


class NotThere(LookupError):
    """A data source asks for what nobody has made yet."""


class Account:
    """One account in one region; what was made is kept: a layer reads what another wrote, an import finds it."""

    def __init__(self) -> None:
        self.id = "000000000000"
        self.role = "somebody"
        self.region = "eu-central-1"
        self.default_tags: dict[str, str] = {}
        self.parameters: dict[str, str] = {}
        self.resources: dict[str, int] = {}
        self.made: dict[tuple[str, str], dict[str, Any]] = {}
        self.written: dict[tuple[str, str], str] = {}
        # Set when Terraform asks its providers to stop, as it does on Ctrl-C.
        self.stopping = threading.Event()
        self._lock = threading.Lock()

    def configure(self, config: dict[str, Any]) -> None:
        """Takes the provider's configuration, with which a command begins: where, whose, which tags all bear."""
        self.stopping.clear()
        self.region = config.get("region") or self.region
        allowed = config.get("allowed_account_ids") or []
        self.id = next(iter(allowed), self.id)
        tags = config.get("default_tags") or []
        self.default_tags = dict(tags[0]["tags"] or {}) if tags else {}

    def tags_all(self, tags: Any) -> Any:
        """A resource's own tags over the provider's."""
        if tags is UNKNOWN:
            return UNKNOWN
        return {**self.default_tags, **(tags or {})}

    def answer(self, name: str, attribute: str, about: dict[str, Any], config: dict[str, Any]) -> Any:
        """What a computed attribute says that nobody set. about: its schema; config: the resource as it is written.

        What could have been set and was not stays null, so that a rule sees that it was left out. What depends on
        something not known yet is not known either.
        """
        if attribute == "region":
            return self.region
        if about["optional"] and attribute not in {"id", "name", "arn"}:
            return None
        if UNKNOWN in config.values():
            return UNKNOWN
        return answers.answer(answers.Owner(self.id, self.region), name, attribute, about["type"], config)

    def remember(self, name: str, value: dict[str, Any]) -> None:
        """Note that a resource was made, and the value of an SSM parameter."""
        with self._lock:
            self.resources[name] = self.resources.get(name, 0) + 1
            self.made[name, str(value.get("id"))] = value
            if name == "aws_ssm_parameter":
                self.parameters[value["name"]] = value["insecure_value"] or value["value"]

    def write(self, name: str, value: dict[str, Any], config: dict[str, Any]) -> None:
        """Keep a write-only value, as AWS does: the password of a database, the value of a secret."""
        for attribute, key in (("password_wo", "identifier"), ("secret_string_wo", "secret_id")):
            if config.get(attribute) is not None:
                self.written[name, str(value[key])] = config[attribute]

    def waited(self, _name: str) -> bool:
        """Whether a new resource was waited for until it was ready: the provider's waiters end at once on Ctrl-C."""
        return not self.stopping.is_set()

    def forget(self, name: str, value: dict[str, Any]) -> None:
        """Note that a resource was destroyed."""
        with self._lock:
            self.made.pop((name, str(value.get("id"))), None)
            if name == "aws_ssm_parameter":
                self.parameters.pop(value["name"], None)

    def look_up(self, name: str, config: dict[str, Any]) -> dict[str, Any]:
        """What a data source answers beyond its configuration.

        Raises:
            NotThere: when nobody made it.
        """
        if name == "aws_ssm_parameter":
            if config["name"] not in self.parameters:
                raise NotThere(f"ParameterNotFound: {config['name']}")
            return {"insecure_value": self.parameters[config["name"]], "value": self.parameters[config["name"]]}
        if name == "aws_caller_identity":
            return {"account_id": self.id, "arn": f"arn:aws:sts::{self.id}:assumed-role/{self.role}/test"}
        if name == "aws_secretsmanager_secret_version":
            # A plan of the double knows a version that an apply has yet to write.
            return {"secret_string": self.written.get((name, str(config["secret_id"])), '{"password": ""}')}
        return {}
