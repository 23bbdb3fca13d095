from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.values import uuid7
from identity.domain import refresh as domain

KEY = bytes(32)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
GRACE = timedelta(seconds=10)


@given(st.text(max_size=120))
def test_a_forged_token_is_refused(text):
    assert domain.parse(KEY, text) is None


@given(st.uuids(), st.integers(1, 10**9))
def test_a_token_is_read_back_and_is_bound_to_its_key(session_id, generation):
    token = domain.make(KEY, session_id, generation)
    assert domain.parse(KEY, token.text) == token
    assert domain.parse(b"another key", token.text) is None


@given(
    current=st.integers(2, 50),
    used=st.integers(1, 50),
    age=st.floats(0, 30),
    over=st.sampled_from(["", "ended", "expired"]),
)
def test_only_the_current_token_rotates_and_only_its_parent_may_replay(current, used, age, over):
    session_id = uuid7()
    state = domain.SessionState(
        generation=current,
        current_hash=domain.make(KEY, session_id, current).hash,
        parent_hash=domain.make(KEY, session_id, current - 1).hash,
        rotated_at=NOW - timedelta(seconds=age),
        ended=over == "ended",
        expired=over == "expired",
        now=NOW,
    )
    verdict = domain.judge(domain.make(KEY, session_id, used), state, GRACE)
    if over:
        assert verdict == "ended"
    elif used == current:
        assert verdict == "rotate"
    elif used == current - 1 and age <= 10:
        assert verdict == "replay"
    else:
        assert verdict == "reuse"
    strict = domain.judge(domain.make(KEY, session_id, used), state, timedelta(0))
    assert strict != "replay"


async def test_a_token_is_exchanged_for_its_child(service, sign_up, sign_in, refresh):
    await sign_up()
    session = await sign_in()
    answer, child = await refresh(session["refresh_token"])
    assert answer.status_code == 200
    assert child not in {"", session["refresh_token"]}
    assert answer.json()["session_id"] == session["session_id"]
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await service.client.get("/api/v1/accounts/me", headers=headers)).status_code == 200


async def test_fifty_at_once_give_one_child_and_sign_nobody_out(sign_up, sign_in, refresh, query):
    """A page that finds its access token run out in all its requests looks like this: no theft."""
    await sign_up()
    session = await sign_in()
    results = await asyncio.gather(*(refresh(session["refresh_token"]) for _ in range(50)))
    assert {answer.status_code for answer, _ in results} == {200}
    children = {child for _, child in results}
    assert len(children) == 1
    assert await query("select generation from sessions") == 2
    assert await query("select ended_at from sessions") is None
    assert (await refresh(children.pop()))[0].status_code == 200


def test_a_parent_may_be_replayed_any_number_of_times_within_the_grace():
    """Whoever counts them ends the sessions of busy pages, and a thief needs one only."""
    session_id = uuid7()
    hashes = [domain.make(KEY, session_id, generation).hash for generation in (1, 2)]
    state = domain.SessionState(2, hashes[1], hashes[0], NOW - timedelta(seconds=9), False, False, NOW)
    assert domain.judge(domain.make(KEY, session_id, 1), state, GRACE) == "replay"


async def test_a_used_child_closes_the_grace(sign_up, sign_in, refresh, query):
    await sign_up()
    first = (await sign_in())["refresh_token"]
    _, second = await refresh(first)
    _, third = await refresh(second)
    answer, _ = await refresh(first)
    assert (answer.status_code, answer.json()["type"]) == (401, "session-ended")
    # The whole family is dead, the newest token with it.
    assert (await refresh(third))[0].status_code == 401
    assert await query("select end_reason from sessions") == "reuse"
    assert await query("select count(*) from outbox where type = 'session.ended'") == 1
    assert await query("select count(*) from audit_lines where action = 'session.refresh_token_reused'") == 1


async def test_the_parent_after_the_grace_is_reuse(service, sign_up, sign_in, refresh, query):
    await sign_up()
    session = await sign_in()
    await refresh(session["refresh_token"])
    async with service.ctx.db.write() as tx:
        await tx.execute("update sessions set rotated_at = now() - interval '11 seconds'")
    assert (await refresh(session["refresh_token"]))[0].status_code == 401
    assert await query("select end_reason from sessions") == "reuse"


async def test_signing_out_wins_over_a_refresh_at_the_same_time(service, sign_up, sign_in, refresh):
    await sign_up()
    for _ in range(5):
        session = await sign_in()
        leave = service.client.delete("/api/v1/sessions/current", headers=session["headers"])
        (_, child), left = await asyncio.gather(refresh(session["refresh_token"]), leave)
        assert left.status_code == 204
        for token in filter(None, (child, session["refresh_token"])):
            assert (await refresh(token))[0].status_code == 401


@pytest.mark.parametrize("column", ["idle_until", "absolute_until"])
async def test_a_session_runs_out(service, sign_up, sign_in, refresh, column):
    await sign_up()
    session = await sign_in()
    async with service.ctx.db.write() as tx:
        await tx.execute(f"update sessions set {column} = now()")
    assert (await refresh(session["refresh_token"]))[0].json()["type"] == "session-ended"


@pytest.mark.parametrize("token", [None, "", "rubbish", "0" * 32 + ".1." + "A" * 43])
async def test_an_unknown_token_is_401(refresh, token):
    answer, _ = await refresh(token)
    assert (answer.status_code, answer.json()["type"]) == (401, "session-ended")


async def test_a_token_of_a_deleted_session_is_401(service, refresh):
    from identity.keys import SigningKeys

    key = service.ctx.get(SigningKeys).encryption.refresh_key
    assert (await refresh(domain.make(key, uuid7(), 1).text))[0].status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Mercat": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost:8080"}, 200),
        ({"Origin": "http://testserver"}, 200),
    ],
)
async def test_only_the_stores_own_pages_may_use_the_cookie(sign_up, sign_in, refresh, query, headers, status):
    await sign_up()
    session = await sign_in()
    answer, _ = await refresh(session["refresh_token"], **headers)
    assert answer.status_code == status
    assert await query("select generation from sessions") == (2 if status == 200 else 1)
