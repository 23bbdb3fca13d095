"""A small Kubernetes API for tests: a real controller, such as Traefik, lists and watches the objects of a test.

`with KubernetesApi(objects) as api:` serves at `api.url` without TLS. `api.apply` and `api.delete` change objects while
it runs; `endpoint_slice` makes that of a Service. The controller may write the status of an object, and nothing else.
Objects are stored as they are given: nothing is validated, no default is set, and selectors are ignored.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable
from contextlib import suppress
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
# The kinds that can be listed, by API version.
KINDS = {
    "v1": "ConfigMap Endpoints Namespace Node Pod Secret Service",
    "discovery.k8s.io/v1": "EndpointSlice",
    "networking.k8s.io/v1": "Ingress IngressClass",
    "gateway.networking.k8s.io/v1": "BackendTLSPolicy GRPCRoute Gateway GatewayClass HTTPRoute ReferenceGrant TLSRoute",
    "gateway.networking.k8s.io/v1beta1": "ReferenceGrant",
    "traefik.io/v1alpha1": "IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP ServersTransport "
    "ServersTransportTCP TLSOption TLSStore TraefikService",
}
CLUSTER_WIDE = {"GatewayClass", "IngressClass", "Namespace", "Node"}
_PATH = re.compile(
    r"/api(?:s/(?P<group>[^/]+))?/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?P<status>/status)?"
)
_NOT_FOUND = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}


def _plural(kind: str) -> str:
    """The name of a kind in addresses."""
    lower = kind.lower()
    ends = {"endpoints": "", "backendtlspolicy": "ies", "ingress": "es", "ingressclass": "es", "gatewayclass": "es"}
    return lower.removesuffix("y" if ends.get(lower) == "ies" else "") + ends.get(lower, "s")


class Key(NamedTuple):
    """What identifies an object; without a name: all of a kind, and without a namespace: in all namespaces."""

    version: str
    kind: str
    namespace: str
    name: str

    def selects(self, other: Key) -> bool:
        """Whether an object is one of those."""
        return self[:2] == other[:2] and all(not mine or mine == its for mine, its in zip(self, other, strict=True))


def key_of(each: Object) -> Key:
    """The key of an object; a namespaced one without a namespace is in "default"."""
    namespace = "" if each["kind"] in CLUSTER_WIDE else each["metadata"].get("namespace", "default")
    return Key(each["apiVersion"], each["kind"], namespace, each["metadata"]["name"])


class KubernetesApi:
    """The objects, every change of them, and the server. All methods may be called from any thread."""

    def __init__(self, objects: Iterable[Object] = ()) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._objects: dict[Key, Object] = {}
        self._events: list[tuple[Key, Object]] = []
        self._closed = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.apply(objects)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def apply(self, objects: Iterable[Object]) -> None:
        """Create objects, or replace them. Their status stays as the controller wrote it."""
        with self._changed:
            for each in objects:
                key = key_of(each)
                old = self._objects.get(key, {"metadata": {"generation": 0}})
                generation = {"generation": old["metadata"]["generation"] + 1}
                kept = {"status": old["status"]} if "status" in old else {}
                self._store(key, {**deepcopy(each), **kept, "metadata": {**each["metadata"], **generation}})

    def delete(self, *objects: Object) -> None:
        """Delete objects that exist."""
        with self._changed:
            for key in map(key_of, objects):
                self._events.append((key, {"type": "DELETED", "object": self._objects.pop(key)}))
            self._changed.notify_all()

    def find(self, kind: str, name: str, namespace: str = "default") -> Object:
        """One object as it is now, with its status."""
        with self._changed:
            return deepcopy(next(each for key, each in self._objects.items() if key[1:] == (kind, namespace, name)))

    def set_status(self, key: Key, status: Object) -> Object | None:
        """Replace the status of an object; None if it does not exist."""
        with self._changed:
            return self._store(key, {**self._objects[key], "status": status}) if key in self._objects else None

    def listed(self, wanted: Key) -> tuple[int, list[Object]]:
        """The number of all changes until now, and the objects of a kind, or one of them."""
        with self._changed:
            return len(self._events), [each for key, each in self._objects.items() if wanted.selects(key)]

    def changes(self, since: int, wanted: Key) -> tuple[int, list[Object]] | None:
        """What has changed after so many changes, waiting until something has; None when the server is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._events) > since)
            found = [event for key, event in self._events[since:] if wanted.selects(key)]
            return None if self._closed else (len(self._events), found)

    def _store(self, key: Key, each: Object) -> Object:
        meta = {"uid": "-".join(key).replace("/", "-"), "resourceVersion": str(len(self._events) + 1)}
        each["metadata"] = {"creationTimestamp": "2026-01-01T00:00:00Z", **each["metadata"], **meta}
        each["metadata"] |= {"namespace": key.namespace} if key.namespace else {}
        self._events.append((key, {"type": "MODIFIED" if key in self._objects else "ADDED", "object": each}))
        self._objects[key] = each
        self._changed.notify_all()
        return each


def endpoint_slice(
    service: str, port: int, pods: Iterable[str] = (), *, ending: Iterable[str] = (), namespace: str = "default"
) -> Object:
    """The EndpointSlice of a Service's port "http": the IP addresses of its pods, which all listen at `port`.

    Every Service has one, also without pods. Those in `ending` still serve and are no longer ready. Pods need different
    addresses, such as 127.0.0.2 and 127.0.0.3: of two with the same address Traefik takes one, whatever their ports.
    """
    conditions = {address: {"ready": True, "serving": True, "terminating": False} for address in pods}
    conditions |= {address: {"ready": False, "serving": True, "terminating": True} for address in ending}
    labels = {"kubernetes.io/service-name": service}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"{service}-pods", "namespace": namespace, "labels": labels},
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
        "endpoints": [{"addresses": [address], "conditions": each} for address, each in conditions.items()],
    }


class _Handler(BaseHTTPRequestHandler):
    """Answers GET of a list, an object and a watch, and PUT of a status."""

    protocol_version = "HTTP/1.1"
    api: KubernetesApi

    def do_GET(self) -> None:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.path == "/version":
            return self._answer({"major": "1", "minor": "36", "gitVersion": "v1.36.0"})
        if (wanted := self._wanted()) is None:
            return self._answer(None)
        if query.get("watch") in {"1", "true"}:
            with suppress(ConnectionError):
                self._watch(wanted, query)
            return None
        version, found = self.api.listed(wanted)
        if wanted.name:
            return self._answer(found[0] if found else None)
        about = {"kind": f"{wanted.kind}List", "apiVersion": wanted.version}
        return self._answer({**about, "metadata": {"resourceVersion": str(version)}, "items": found})

    def do_PUT(self) -> None:
        body, wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"]))), self._wanted()
        writes = wanted is not None and urlsplit(self.path).path.endswith("/status")
        self._answer(self.api.set_status(wanted, body.get("status", {})) if wanted and writes else None)

    def _wanted(self) -> Key | None:
        if not (found := _PATH.fullmatch(urlsplit(self.path).path)):
            return None
        version = "/".join(filter(None, (found["group"], found["version"])))
        kinds = {_plural(kind): kind for kind in KINDS.get(version, "").split()}
        kind = kinds.get(found["plural"])
        return Key(version, kind, found["namespace"] or "", found["name"] or "") if kind else None

    def _watch(self, wanted: Key, query: dict[str, str]) -> None:
        """Send events until the server closes or the controller hangs up."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        since = int(query.get("resourceVersion") or 0)
        if query.get("sendInitialEvents") == "true":
            since, found = self.api.listed(wanted)
            meta = {"resourceVersion": str(since), "annotations": {"k8s.io/initial-events-end": "true"}}
            end = {"type": "BOOKMARK", "object": {"apiVersion": wanted.version, "kind": wanted.kind, "metadata": meta}}
            self._send([*({"type": "ADDED", "object": each} for each in found), end])
        while (news := self.api.changes(since, wanted)) is not None:
            since, events = news
            self._send(events)

    def _send(self, events: list[Object]) -> None:
        self.wfile.write(b"".join(json.dumps(event).encode() + b"\n" for event in events))

    def _answer(self, document: Object | None) -> None:
        body = json.dumps(document or _NOT_FOUND).encode()
        self.send_response(200 if document else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
