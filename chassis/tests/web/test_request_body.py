from __future__ import annotations

import asyncio

import pytest
from fastapi import APIRouter

from chassis.config import Settings
from chassis.service import create_service
from chassis.testing.apps import started
from chassis.testing.databases import empty_database
from chassis.web import Model

router = APIRouter()


class Thing(Model):
    name: str


@router.post("/api/v1/things")
async def things(thing: Thing) -> Thing:
    return thing


@pytest.fixture
async def client(bench):
    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}) as client:
        yield client


async def test_a_stalled_body_is_refused_with_408(client, monkeypatch):
    monkeypatch.setattr("chassis.web.request_body._PART_SECONDS", 0.05)
    parts, answer = [{"type": "http.request", "body": b"{", "more_body": True}], []

    async def receive():
        return parts.pop() if parts else await asyncio.Event().wait()

    async def send(message):
        answer.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"10")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/things",
        "raw_path": b"/api/v1/things",
        "headers": headers,
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
    }
    await client._transport.app(scope, receive, send)
    assert answer[0]["status"] == 408
    assert b'"type":"too-slow"' in answer[1]["body"]
