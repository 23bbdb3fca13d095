"""The API as tests use it: a server at a free port, and its objects."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from copy import deepcopy
from http.server import ThreadingHTTPServer
from typing import Self

from deploy.kubernetes_double.kinds import Key, Object
from deploy.kubernetes_double.server import Handler, May
from deploy.kubernetes_double.store import Store


class _Server(ThreadingHTTPServer):
    # Clients of Kubernetes open many connections at once; five that wait, Python's number, are soon exceeded.
    request_queue_size = 128


class KubernetesApi:
    """`with KubernetesApi(objects) as api:` serves at `api.url` without TLS. may: who asks may do it."""

    def __init__(self, objects: Iterable[Object] = (), *, may: May = lambda *_: True) -> None:
        self.store = Store()
        self.requests: list[str] = []
        attributes = {"store": self.store, "may": staticmethod(may), "requests": self.requests}
        self._server = _Server(("127.0.0.1", 0), type("Bound", (Handler,), attributes))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.apply(objects)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.store.changed:
            self.store.closed = True
            self.store.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def apply(self, objects: Iterable[Object]) -> None:
        """Create objects, or replace them. Their status stays as the controller wrote it."""
        for each in map(deepcopy, objects):
            key = self.store.kinds.key_of(each)
            with self.store.changed:
                if self.store.find(key) is None:
                    self.store.create(key, each, anywhere=True)
                else:
                    self.store.update(key, lambda _, each=each: each)  # type: ignore[misc]  # a default's type is not known

    def delete(self, *objects: Object) -> None:
        """Delete objects that exist."""
        for each in objects:
            self.store.delete(self.store.kinds.key_of(each))

    def find(self, kind: str, name: str, namespace: str = "default") -> Object:
        """One object as it is now, with its status.

        Raises:
            StopIteration: there is none.
        """
        _, objects = self.store.listed()
        wanted = (kind, name, namespace)
        return deepcopy(next(each for each in objects if _identity(each) == wanted))

    def names(self, kind: str) -> list[str]:
        """The names of all objects of a kind, sorted."""
        _, objects = self.store.listed()
        return sorted(each["metadata"]["name"] for each in objects if each["kind"] == kind)

    def listed(self, wanted: Key) -> tuple[int, list[Object]]:
        """The number of all changes until now, and the objects of a kind, or one of them."""
        return self.store.listed(wanted)

    def changes(self, since: int, wanted: Key) -> tuple[int, list[Object]] | None:
        """What has changed after so many changes, waiting until something has; None when the server is closing."""
        return self.store.changes(since, wanted)


def _identity(each: Object) -> tuple[str, str, str]:
    return each["kind"], each["metadata"]["name"], each["metadata"].get("namespace", "default")


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
