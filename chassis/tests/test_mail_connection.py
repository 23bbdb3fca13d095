"""One connection to the mail server carries many mails, and is not kept for longer than it is of use."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from chassis.mail import SmtpSender, smtp
from chassis.testing import eventually
from chassis.tests.grumpy import LETTER, Grumpy

A_MAIL = ["MAIL", "RCPT", "DATA"]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(smtp, "JUST_USED", 600)
    with Grumpy().open() as grumpy:
        yield grumpy


async def test_mails_that_come_together_cost_three_exchanges_each(server):
    async with SmtpSender(SecretStr(server.url)) as sender:
        await asyncio.gather(*(sender.send(*LETTER) for _ in range(4)))
    assert server.asked == ["EHLO", *A_MAIL, *A_MAIL, *A_MAIL, *A_MAIL]


async def test_a_connection_is_closed_after_its_maximum_of_mails(server, monkeypatch):
    monkeypatch.setattr(smtp, "MOST_MAILS", 2)
    async with SmtpSender(SecretStr(server.url)) as sender:
        for _ in range(3):
            await sender.send(*LETTER)
    assert server.asked == ["EHLO", *A_MAIL, *A_MAIL, "EHLO", *A_MAIL]


async def test_an_idle_connection_is_closed(server, monkeypatch):
    monkeypatch.setattr(smtp, "IDLE", 0.01)
    async with SmtpSender(SecretStr(server.url)) as sender:
        await sender.send(*LETTER)
        used = sender._smtp
        assert used is not None
        await eventually(lambda: not used.is_connected, what="the end of the connection")
        await sender.send(*LETTER)
    assert server.asked == ["EHLO", *A_MAIL, "EHLO", *A_MAIL]
