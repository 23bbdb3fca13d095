"""A FastAPI endpoint with a typed answer, without the chassis."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.web import Model

app = FastAPI(openapi_url=None)


class Hello(Model):
    """The answer."""

    hello: str


@app.get("/hello")
async def hello() -> Hello:
    """Answer as plain FastAPI does."""
    return Hello(hello="world")
