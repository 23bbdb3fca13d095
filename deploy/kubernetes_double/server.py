"""The HTTP server of the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from deploy.kubernetes_double import discovery, patches, protobuf
from deploy.kubernetes_double.kinds import Address, Key, Object
from deploy.kubernetes_double.refused import Refused
from deploy.kubernetes_double.selectors import selected
from deploy.kubernetes_double.store import Store

# Whether who asks may do this: verb, resource as roles name it, namespace, name.
May = Callable[[str, str, str, str], bool]
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class Handler(BaseHTTPRequestHandler):
    """Answers one connection. requests: what was asked, as verb and resource, for tests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes, of which the second would wait 40 ms
    store: Store
    may: May
    requests: list[str]

    def handle(self) -> None:
        """Serve until the client hangs up, however it does."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:  # noqa: D102
        self._answered(self._get)

    def do_POST(self) -> None:  # noqa: D102
        self._answered(self._create)

    def do_PUT(self) -> None:  # noqa: D102
        self._answered(self._update)

    def do_PATCH(self) -> None:  # noqa: D102
        self._answered(self._update)

    def do_DELETE(self) -> None:  # noqa: D102
        self._answered(self._delete)

    def _answered(self, work: Callable[[Address], Object | None]) -> None:
        """Answer with what the work returns, unless it has answered itself."""
        self._query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self._body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        try:
            if (known := discovery.document(path, self.store.kinds)) is not None:
                return self._send(200, known)
            address = self._address(path)
            self._authorize(address)
            if (answer := work(address)) is not None:
                self._send(201 if self.command == "POST" else 200, answer)
        except Refused as refused:
            self._send(refused.code, refused.document())

    def _address(self, path: str) -> Address:
        if (found := self.store.kinds.address(path)) is None:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        return found

    def _authorize(self, address: Address) -> None:
        verb = _VERBS.get(self.command) or ("get" if address.key.name else "list")
        if verb == "delete" and not address.key.name:
            verb = "deletecollection"
        if self._query.get("watch") in {"1", "true"}:
            verb = "watch"
        self.requests.append(f"{verb} {address.resource}")
        key, review = address.key, address.key.kind == "SelfSubjectAccessReview"
        if not review and not self.may(verb, address.resource, key.namespace, key.name):
            where = f' in the namespace "{key.namespace}"' if key.namespace else " at the cluster scope"
            raise Refused(
                403, "Forbidden", f'{address.resource} is forbidden: User cannot {verb} "{address.plural}"{where}'
            )

    def _get(self, address: Address) -> Object | None:
        if self._query.get("watch") in {"1", "true"}:
            self._watch(address.key)
            return None
        if address.subresource == "log":
            self._send_text(self.store.get(address.key)["metadata"].get("annotations", {}).get("log", ""))
            return None
        if address.key.name:
            return self.store.get(address.key)
        version, found = self.store.listed(address.key)
        about = {"kind": f"{address.key.kind}List", "apiVersion": address.key.version}
        items = [each for each in found if selected(each, self._query)]
        return {**about, "metadata": {"resourceVersion": str(version)}, "items": items}

    def _create(self, address: Address) -> Object:
        each = self._read()
        key = address.key._replace(name=each.get("metadata", {}).get("name", ""))
        if key.kind == "SelfSubjectAccessReview":
            return {**each, "status": {"allowed": self._reviewed(each["spec"]["resourceAttributes"])}}
        return self.store.create(key, each, dry="dryRun" in self._query)

    def _reviewed(self, asked: Object) -> bool:
        resource = ".".join(filter(None, (asked.get("resource", ""), asked.get("group", ""))))
        resource += f"/{asked['subresource']}" if asked.get("subresource") else ""
        return self.may(asked["verb"], resource, asked.get("namespace", ""), asked.get("name", ""))

    def _update(self, address: Address) -> Object:
        status = address.subresource == "status"
        if self.command == "PATCH":
            kind = self.headers["Content-Type"]
            return patches.patch(self.store, address.key, kind, self._body, self._query, status=status)
        each = self._read()
        return self.store.update(address.key, lambda _: each, status=status, dry="dryRun" in self._query)

    def _delete(self, address: Address) -> Object:
        options = self._read() if self._body else {}
        if "dryRun" in self._query or options.get("dryRun"):
            return self.store.get(address.key)
        policy = options.get("propagationPolicy") or self._query.get("propagationPolicy") or "Background"
        if address.key.name:
            if (uid := (options.get("preconditions") or {}).get("uid")) is not None:
                self.store.update(
                    address.key, lambda old: {**old, "metadata": {**old["metadata"], "uid": uid}}, dry=True
                )
            return self.store.delete(address.key, policy)
        _, found = self.store.listed(address.key)
        for each in found:
            if selected(each, self._query):
                with suppress(Refused):  # somebody else's delete came first
                    self.store.delete(self.store.kinds.key_of(each), policy)
        return {"kind": "Status", "apiVersion": "v1", "status": "Success"}

    def _read(self) -> Object:
        if self._body.startswith(protobuf.MAGIC):
            return protobuf.read(self._body)
        try:
            each: Any = yaml.safe_load(self._body) if self._body[:1] != b"{" else json.loads(self._body)
        except (ValueError, yaml.YAMLError) as error:
            raise Refused(400, "BadRequest", f"the body is neither JSON nor YAML: {error}") from error
        if not isinstance(each, dict):
            raise Refused(415, "UnsupportedMediaType", "the body is no object")
        return each

    def _watch(self, wanted: Key) -> None:
        """Send events until the server closes or the controller hangs up."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        since = int(self._query.get("resourceVersion") or 0)
        if self._query.get("sendInitialEvents") == "true":
            since, found = self.store.listed(wanted)
            meta = {"resourceVersion": str(since), "annotations": {"k8s.io/initial-events-end": "true"}}
            end = {"type": "BOOKMARK", "object": {"apiVersion": wanted.version, "kind": wanted.kind, "metadata": meta}}
            self._events([*({"type": "ADDED", "object": each} for each in found), end])
        while (news := self.store.changes(since, wanted)) is not None:
            since, events = news
            self._events(events)

    def _events(self, events: list[Object]) -> None:
        chosen = [event for event in events if event["type"] == "BOOKMARK" or selected(event["object"], self._query)]
        self.wfile.write(b"".join(json.dumps(event).encode() + b"\n" for event in chosen))

    def _send(self, status: int, document: Object) -> None:
        self._send_body(status, "application/json", json.dumps(document).encode())

    def _send_text(self, text: str) -> None:
        self._send_body(200, "text/plain", text.encode())

    def _send_body(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # noqa: D102
        pass
