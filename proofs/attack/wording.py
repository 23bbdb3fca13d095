"""B4: words that staff write for mails and policies: no template runs, nothing leaks into them, no page runs them."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from typing import Any

from proofs.attack.markup import CORPUS, running, shown_as_data
from proofs.attack.people import boss_of, member, program
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Words of staff: mails and policies are text, name what they may, and run nowhere"
SHOP, _POLICY = "/api/v1/admin/shop", "/api/v1/shop/policies/payment?language=en"
# One mail of each service that lets staff write them.
MAILS = ("/api/v1/admin/accounts/mails/password_reset", "/api/v1/admin/mails/link")
# The parts of a mail's frame and text.
PARTS = {"html", "head", "meta", "title", "body", "div", "h1", "p", "a", "br", "img", "table", "tr", "td"}
SUM = str(7 * 191)
# What no mail may name: with a dollar, as the store's own templates do.
LEAKS = (
    "$password",
    "$password_hash",
    "$token",
    "$account_id",
    "$smtp_url",
    "$database_url",
    "${ctx.settings.smtp_url}",
    "${__class__}",
    "$__globals__",
    "${shop!r}",
    "$email_of_others",
    "$",
    "${",
)
BUTTONS = (
    "[Go](javascript:alert(1))",
    "[Go](data:text/html,<script>alert(1)</script>)",
    '[Go](https://evil.example/"onmouseover="alert(1))',
    "[<img src=x onerror=alert(1)>](https://evil.example/)",
    "[Go]( javascript:alert(1))",
    "[Go](vbscript:x)",
    'https://evil.example/"><script>alert(1)</script>',
)
HEADERS = ("Hi\r\nBcc: thief@evil.example", "Hi\nContent-Type: text/html", "Hi\u2028Bcc: thief@evil.example", "Hi\x00")


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded. What the shop says is put back."""
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        owner = await stack.enter_async_context(member(store, boss, "customer"))
        key = await stack.enter_async_context(program(store, boss, "settings:read"))
        stranger = await stack.enter_async_context(shopper(store))
        before = (await boss.call("GET", SHOP)).body
        try:
            await _named(boss, before, CORPUS[2])
            wrong = [found for path in MAILS for found in await _written(boss, path)]
            wrong += await _mailed(boss, owner, stranger)
            wrong += await _profile(boss, stranger)
            wrong += await _policies(boss, stranger)
        finally:
            await _named(boss, before, before["name"])
        return wrong + await _rights({"a key that reads": key, "a customer": owner})


async def _named(boss: Shopper, before: dict[str, Any], name: str, **more: Any) -> int:
    """Have the shop say this of itself; the status of the answer."""
    now = (await boss.call("GET", SHOP)).body
    fields = ("logo_url", "colours", "currencies", "languages", "time_zone", "mail_sender", "seller")
    wish = {**{field: before[field] for field in fields}, "name": name, "version": now["version"], **more}
    return (await boss.call("PUT", SHOP, json=wish)).status


async def _needed(boss: Shopper, path: str) -> str:
    """The placeholders without which this mail is of no use, as a text."""
    folder, kind = path.rsplit("/", 1)
    items = (await boss.call("GET", f"{folder}/templates")).body["items"]
    needed = next(each["needed"] for each in items if (each["kind"], each["language"]) == (kind, "en"))
    return "\n\n".join(f"${name}" for name in needed)


async def _written(boss: Shopper, path: str) -> list[str]:
    """Preview each text; a preview shows it as it is, and names nothing that it may not."""
    place, needed = f"{path}/templates/en", await _needed(boss, path)
    wrong, refused = [], 0
    for text in (*CORPUS, *BUTTONS):
        for subject, body in ((text[:200], f"Hello\n\n{needed}"), ("News", f"{text}\n\n{needed}")):
            shown = await boss.call("POST", f"{place}/preview", json={"subject": subject, "body": body})
            if shown.status != 200:
                wrong += [] if shown.status == 422 else [f"a preview of {text!r}: {shown}"]
                refused += 1
                continue
            found = running(shown.body["html"], PARTS)
            wrong += [f"the preview of {text!r} holds {found}"] if found else []
            said = shown.body["subject"] + shown.body["text"] + shown.body["html"]
            wrong += [f"{text!r} is reckoned out"] if SUM in said else []
    for leak in LEAKS:
        for wish in ({"subject": leak, "body": needed or "Hello"}, {"subject": "News", "body": f"{leak}\n\n{needed}"}):
            for method, end in (("POST", "/preview"), ("PUT", "")):
                answer = await boss.call(method, place + end, json=wish)
                if answer.status != 422:
                    wrong.append(f"{method} {path}{end} with {wish}: {answer.status}")
    for subject in HEADERS:
        answer = await boss.call("PUT", place, json={"subject": subject, "body": f"Hello\n\n{needed}"})
        if answer.status != 422:
            wrong.append(f"a subject {subject!r}: {answer.status}")
    print(f"  {path}: {2 * len((*CORPUS, *BUTTONS))} previews, {refused} refused", flush=True)
    return wrong + ([] if refused < len(CORPUS) else [f"nearly all previews of {path} are refused: nothing was shown"])


async def _mailed(boss: Shopper, owner: Shopper, stranger: Shopper) -> list[str]:
    """Send one of hostile words to the owner of an account, for whom somebody asks for a reset."""
    place = f"{MAILS[0]}/templates/en"
    wish = {"subject": CORPUS[0], "body": "\n\n".join((*CORPUS, *BUTTONS, await _needed(boss, MAILS[0])))}
    put = await boss.call("PUT", place, json=wish)
    assert put.status == 200, put

    async def sent() -> list[dict[str, Any]]:
        mails = await owner.store.mails(owner.email)
        found = [mail for mail in mails if CORPUS[0] in mail["subject"]]
        if not found:  # the words are read anew within seconds
            await stranger.call("POST", "/api/v1/password-resets", json={"email": owner.email})
        return found

    try:
        mails: list[dict[str, Any]] = []
        with suppress(TimeoutError):
            mails = await eventually(sent, 30, "a mail in the words of staff", every=2)
        if not mails:
            return ["no mail came in the words of staff, so nothing was shown"]
        wrong = [f"a mail holds {found}" for found in running(mails[0]["html"], PARTS)]
        wrong += [f"a mail goes to {mails[0]['to']}"] if mails[0]["to"] != [owner.email] else []
        return wrong + (["a mail's text is reckoned out"] if SUM in mails[0]["text"] + mails[0]["html"] else [])
    finally:
        assert (await boss.call("DELETE", place)).status == 204


async def _profile(boss: Shopper, stranger: Shopper) -> list[str]:
    """What the shop says of itself stands in every mail and page."""
    before = (await boss.call("GET", SHOP)).body
    tries: list[dict[str, Any]] = [
        {"logo_url": 'https://cdn.example.com/"onerror="alert(1)'},
        {"logo_url": "javascript:alert(1)"},
        {"logo_url": "data:image/svg+xml,<svg/onload=alert(1)>"},
        {"colours": before["colours"] | {"primary": "#fff;}body{background:url(//evil.example)"}},
        {"mail_sender": {"name": "Shop\r\nBcc: thief@evil.example", "reply_to": None}},
        {"mail_sender": {"name": None, "reply_to": "a@example.com\r\nBcc: thief@evil.example"}},
        {"mail_sender": {"name": None, "reply_to": "a@example.com, thief@evil.example"}},
        {"time_zone": "../../etc/passwd"},
        {"languages": ["en", "'; drop"]},
    ]
    told = {str(each): await _named(boss, before, before["name"], **each) for each in tries}
    wrong = [f"the shop may say {what}: {status}" for what, status in told.items() if status != 422]
    shown, found = await shown_as_data(stranger, "/api/v1/shop", "what the shop says of itself")
    return wrong + shown + ([] if isinstance(found, dict) else ["the shop says nothing of itself"])


async def _policies(boss: Shopper, stranger: Shopper) -> list[str]:
    """A policy of hostile words is data to the page that shows it, and that page runs the store's own scripts alone."""
    place, page = f"{SHOP}/policies/payment/en", "/policies/payment"
    before = await stranger.call("GET", _POLICY)
    words = "\n\n".join((*CORPUS, *BUTTONS, *LEAKS))
    put = await boss.call("PUT", place, json={"title": CORPUS[0], "body": words})
    assert put.status == 200, put
    try:
        await eventually(lambda: _is(stranger, words), 30, "the new policy")
        wrong, found = await shown_as_data(stranger, _POLICY, "a policy")
        wrong += [] if found["title"] == CORPUS[0] else [f"a policy's title is not as it was written: {found['title']}"]
        async with stranger.http.get(stranger.base + page) as answer:
            html, policy = await answer.text(), answer.headers.get("Content-Security-Policy", "")
        rules = {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}
        wanted = {"default-src": "'none'", "script-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'"}
        wrong += [f"{page} has {name} {rules.get(name)!r}" for name, rest in wanted.items() if rules.get(name) != rest]
        return wrong + [f"{page} holds {text!r}" for text in (*CORPUS, *BUTTONS) if text in html]
    finally:
        if before.status == 200:
            old = {"title": before.body["title"], "body": before.body["body"]}
            assert (await boss.call("PUT", place, json=old)).status == 200
        else:
            assert (await boss.call("DELETE", place)).status == 204


async def _is(stranger: Shopper, words: str) -> bool:
    answer = await stranger.call("GET", _POLICY)
    return answer.status == 200 and answer.body["body"] == words


async def _rights(people: dict[str, Shopper]) -> list[str]:
    """Who may read settings writes none of the words."""
    wish = {"subject": "News", "body": "Hello"}
    wrong = []
    for who, each in people.items():
        for method, path, body in (
            *(("PUT", f"{path}/templates/en", wish) for path in MAILS),
            *(("DELETE", f"{path}/templates/en", None) for path in MAILS),
            ("PUT", f"{SHOP}/policies/payment/en", {"title": "News", "body": "Hello"}),
            ("DELETE", f"{SHOP}/policies/payment/en", None),
            ("PUT", SHOP, {}),
        ):
            status = (await each.call(method, path, json=body)).status
            wrong += [] if status == 403 else [f"{method} {path} as {who}: {status}"]
    return wrong
