from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from chassis.limits import rule
from chassis.testing import running_app
from chassis.testing.limits import at_one_moment
from identity.tests.conftest import PASSWORD

ADA, BOB = "ada@example.com", "bob@example.com"
OWNER = "192.0.2.77"


@pytest.fixture
async def service(bench, key_file, mailbox):
    """Its quotas never refill, however long a busy machine takes."""
    settings = {"key_encryption_key_file": key_file, "smtp_url": mailbox.url}
    async with running_app("identity", bench, **settings) as service:
        at_one_moment(service.ctx.limiter)
        yield service


async def guess(service, email: str, password: str, address: str = "203.0.113.7", **headers: str):
    wish = {"email": email, "password": password}
    answer = await service.client.post(
        "/api/v1/sessions",
        json=wish,
        headers={"X-Forwarded-For": address, **{k.title(): v for k, v in headers.items()}},
    )
    service.client.cookies.clear()
    return answer


async def attack(service, email: str, tries: int = 200) -> Counter[int]:
    """So many strangers, each from an address of their own, twenty at a time; and how they were answered."""
    room = asyncio.Semaphore(20)

    async def one(number: int) -> int:
        async with room:
            return (
                await guess(service, email, f"wrong {number}", f"198.51.{number // 250}.{number % 250 + 1}")
            ).status_code

    return Counter(await asyncio.gather(*(one(number) for number in range(tries))))


async def exhaust(service, email: str) -> None:
    """What `attack` comes to, without its hashes: nothing is left of what strangers may try."""
    await asyncio.gather(*(service.ctx.limiter.check(rule("login-account", "100/hour"), email) for _ in range(110)))


async def locked_out(service, email: str, address: str = OWNER, **headers: str) -> bool:
    """Whether the right password is refused."""
    return (await guess(service, email, PASSWORD, address, **headers)).status_code == 429


def cookie(answer, name: str = "__Host-device") -> str:
    """A cookie that an answer sets, as a browser would send it."""
    return f"{name}={answer.headers['set-cookie'].partition(f'{name}=')[2].partition(';')[0]}"


async def test_the_sixth_try_in_a_minute_is_refused_even_if_it_is_right(service, sign_up, query):
    await sign_up()
    assert [(await guess(service, ADA, f"wrong {n}")).status_code for n in range(5)] == [401] * 5
    assert (await guess(service, ADA, PASSWORD)).status_code == 429
    assert await query("select count(*) from sessions") == 0


async def test_the_limit_counts_by_account_and_address(service, sign_up):
    await sign_up()
    await sign_up(BOB)
    for number in range(5):
        await guess(service, ADA, f"wrong {number}")
    assert (await guess(service, ADA, PASSWORD, "198.51.100.9")).status_code == 201
    assert (await guess(service, BOB, PASSWORD)).status_code == 201


async def test_an_attack_locks_out_unknown_browsers_but_no_known_device(service, sign_up):
    await sign_up()
    await sign_up(BOB)
    known = cookie(await guess(service, ADA, PASSWORD, OWNER))
    bobs = cookie(await guess(service, BOB, PASSWORD, "192.0.2.78"))
    answered = await attack(service, ADA)
    assert answered.keys() == {401, 429}
    assert answered[401] <= 100
    for nothing in ("", bobs, f"{known[:-4]}AAAA", "__Host-device=rubbish"):
        assert await locked_out(service, ADA, "192.0.2.200", cookie=nothing)
    assert (await guess(service, ADA, PASSWORD, "192.0.2.201", cookie=known)).status_code == 201
    assert (await guess(service, BOB, PASSWORD, "192.0.2.202")).status_code == 201


@pytest.mark.parametrize("means", ["refresh", "access"])
async def test_an_attack_does_not_lock_out_a_signed_in_browser(service, sign_up, sign_in, refresh, means):
    await sign_up()
    await sign_up(BOB)
    session, bobs = await sign_in(), await sign_in(BOB)
    await exhaust(service, ADA)

    def with_it(of: dict) -> dict[str, str]:
        return {"cookie": f"__Host-refresh={of['refresh_token']}"} if means == "refresh" else of["headers"]

    assert await locked_out(service, ADA, **with_it(bobs))
    assert (await guess(service, ADA, PASSWORD, OWNER, **with_it(session))).status_code == 201
    assert (await service.client.delete("/api/v1/sessions/current", headers=session["headers"])).status_code == 204
    assert await locked_out(service, ADA, **with_it(session))


async def test_a_replaced_refresh_token_identifies_no_browser(service, sign_up, sign_in, refresh):
    await sign_up()
    first = (await sign_in())["refresh_token"]
    _, second = await refresh(first)
    await exhaust(service, ADA)
    assert (await guess(service, ADA, PASSWORD, OWNER, cookie=f"__Host-refresh={first}")).status_code == 201
    await refresh(second)
    assert await locked_out(service, ADA, cookie=f"__Host-refresh={first}")


async def test_failed_sign_ins_of_an_address_do_not_lock_out_a_known_device(service, sign_up):
    await sign_up()
    known = cookie(await guess(service, ADA, PASSWORD, OWNER))
    spent = rule("login", service.ctx.settings.sign_in_address_limit)
    await asyncio.gather(*(service.ctx.limiter.check(spent, OWNER) for _ in range(1_300)))
    assert (await guess(service, ADA, PASSWORD, OWNER)).status_code == 429
    assert (await guess(service, ADA, PASSWORD, OWNER, cookie=known)).status_code == 201


async def test_a_stolen_device_has_few_tries_and_locks_only_itself(service, sign_up):
    await sign_up()
    stolen = cookie(await guess(service, ADA, PASSWORD, OWNER))
    other = cookie(await guess(service, ADA, PASSWORD, OWNER))
    for number in range(5):
        answer = await guess(service, ADA, "wrong", f"198.51.100.{number}", cookie=stolen)
        assert answer.status_code == 401
    refused = await guess(service, ADA, PASSWORD, OWNER, cookie=stolen)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert (await guess(service, ADA, PASSWORD, OWNER, cookie=other)).status_code == 201


async def test_a_refusal_reveals_neither_account_nor_device(service, sign_up):
    await sign_up()
    known = cookie(await guess(service, ADA, PASSWORD, OWNER))
    answers: list[list[httpx.Response]] = []
    for email, sent in ((ADA, ""), ("nobody@example.com", ""), (ADA, known)):
        tries = [await guess(service, email, "wrong", f"203.0.113.{len(answers)}", cookie=sent) for _ in range(6)]
        assert [answer.status_code for answer in tries] == [401] * 5 + [429]
        answers.append(tries)
    for number in (0, 5):
        told = [
            (
                set(answer.headers),
                {**answer.json(), "request_id": "", "trace_id": "", "detail": answer.json()["detail"][:9]},
            )
            for answer in (tries[number] for tries in answers)
        ]
        assert told[0] == told[1] == told[2]
        assert not [name for name in told[0][0] if name.startswith("ratelimit")]


async def test_a_known_device_gives_no_access_without_a_password(service, sign_up):
    await sign_up()
    known = cookie(await guess(service, ADA, PASSWORD, OWNER))
    assert (await guess(service, ADA, "wrong", OWNER, cookie=known)).status_code == 401
    for path in ("/api/v1/accounts/me", "/api/v1/sessions"):
        assert (await service.client.get(path, headers={"Cookie": known})).status_code == 401
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set status = 'disabled'")
    assert (await guess(service, ADA, PASSWORD, OWNER, cookie=known)).status_code == 401


async def test_two_accounts_share_a_known_device(service, sign_up):
    await sign_up()
    await sign_up(BOB)
    first = await guess(service, ADA, PASSWORD, OWNER)
    both = cookie(await guess(service, BOB, PASSWORD, OWNER, cookie=cookie(first)))
    assert both.partition(".")[0] == cookie(first).partition(".")[0]
    await exhaust(service, ADA)
    await exhaust(service, BOB)
    assert (await guess(service, ADA, PASSWORD, OWNER, cookie=both)).status_code == 201
    assert (await guess(service, BOB, PASSWORD, OWNER, cookie=both)).status_code == 201
    given = first.headers["set-cookie"].partition("__Host-device=")[2]
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=31536000"):
        assert word in given


async def test_many_waiting_passwords_leave_a_slot_for_a_known_device(service, sign_up):
    """A try that is refused for being one too many is never verified: it gets its answer where there is no place."""
    from identity.hashing import PasswordHasher

    await sign_up()
    known = cookie(await guess(service, ADA, PASSWORD, OWNER))
    for number in range(5):
        await guess(service, ADA, f"wrong {number}")
    service.ctx.get(PasswordHasher)._room = 0
    assert (await guess(service, ADA, PASSWORD, "203.0.113.8")).json()["type"] == "sign-in-busy"
    assert (await guess(service, ADA, PASSWORD, OWNER, cookie=known)).status_code == 201
    assert (await guess(service, ADA, PASSWORD)).status_code == 429


async def test_a_sign_in_with_an_invalid_token_is_not_refused(service, sign_up):
    await sign_up()
    for authorization in ("Bearer rubbish", "Basic eDp5", service.token()["Authorization"]):
        answer = await guess(service, ADA, PASSWORD, OWNER, authorization=authorization)
        assert answer.status_code == 201


async def test_neighbours_do_not_use_up_what_a_session_may_refresh(service, sign_up, sign_in, refresh):
    await sign_up()
    session = await sign_in()
    answers = await asyncio.gather(*(refresh("made up") for _ in range(150)))
    assert {answer.status_code for answer, _ in answers} == {401, 429}
    assert (await refresh(session["refresh_token"]))[0].status_code == 200
