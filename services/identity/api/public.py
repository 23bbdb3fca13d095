"""Endpoints for shoppers: their account and their sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response

from chassis.auth import CurrentPrincipal
from chassis.limits import account as by_account
from chassis.limits import client_net, limit
from chassis.problems import NotFound, responses
from identity import audits, store
from identity.api.cookies import (
    REFRESHING,
    clear_refresh_cookie,
    refresh_cookie,
    refuse_cross_site,
    set_refresh_cookie,
)
from identity.api.schemas import AccountLanguage, AccountOut, JsonWebKeySet, SessionOut, Sessions, SignedIn, SignIn
from identity.api.sign_in_limits import SIGN_IN_LIMITS, by_session, limit_sign_ins, remember_device
from identity.context import Ctx
from identity.keys import SigningKeys
from identity.problems import Busy, CrossSite, InvalidCredentials, SessionEnded
from identity.second_factor import SecondFactorRequired, WrongCode
from identity.usecases.end_sessions import sign_out, sign_out_elsewhere
from identity.usecases.refresh_session import refresh_session
from identity.usecases.set_language import set_language
from identity.usecases.sign_in import Tokens, sign_in

router = APIRouter()
UserAgent = Annotated[str | None, Header(include_in_schema=False)]


@router.get(
    "/api/v1/accounts/me",
    tags=["accounts"],
    summary="Who am I",
    operation_id="read_own_account",
    responses=responses(NotFound),
)
async def get_own_account(ctx: Ctx, who: CurrentPrincipal) -> AccountOut:
    """The account that is signed in."""
    async with ctx.db.read() as tx:
        account = await store.account(tx, who.account_id)
    if account is None:
        raise NotFound("This account is gone.")
    return AccountOut.of(account)


@router.put(
    "/api/v1/accounts/me/language",
    status_code=204,
    tags=["accounts"],
    summary="Set the language of my mails",
    operation_id="set_own_language",
    responses=responses(NotFound),
)
async def put_own_language(body: AccountLanguage, ctx: Ctx, who: CurrentPrincipal) -> None:
    """Mails about the account are in it from now on."""
    await set_language(ctx, who, body.language)


@router.post(
    "/api/v1/sessions",
    status_code=201,
    tags=["sessions"],
    summary="Sign in",
    openapi_extra={"x-limits": SIGN_IN_LIMITS},
    responses=responses(InvalidCredentials, SecondFactorRequired, WrongCode, Busy),
)
async def create_session(
    body: SignIn, ctx: Ctx, request: Request, response: Response, user_agent: UserAgent = None
) -> SignedIn:
    """An access token of 5 minutes, and a refresh token in a cookie. The cookie `__Host-device` tells later that
    somebody signed in here before: tries from this browser are counted apart from those of strangers.
    """
    network = client_net(request)
    async with audits.limited(ctx, network):
        known = await limit_sign_ins(ctx, request, body.email)
    agent = user_agent[:200] if user_agent else None
    tokens = await sign_in(ctx, body.email, body.password, body.code, user_agent=agent, network=network, known=known)
    remember_device(ctx, request, response, tokens.account)
    return _signed_in(ctx, tokens, response)


@router.post(
    "/api/v1/sessions/refresh",
    tags=["sessions"],
    summary="Refresh the access token",
    operation_id="refresh_session",
    openapi_extra=REFRESHING,
    responses=responses(SessionEnded, CrossSite),
    dependencies=[
        Depends(limit("refresh", "120/min", by=by_session, fail="closed")),
        Depends(refuse_cross_site),
    ],
)
async def refresh(ctx: Ctx, request: Request, response: Response) -> SignedIn:
    """A new access token for the cookie `__Host-refresh`, which is replaced. Send the header `X-Mercat: refresh`."""
    return _signed_in(ctx, await refresh_session(ctx, refresh_cookie(request)), response)


@router.get("/api/v1/sessions", tags=["sessions"], summary="Where am I signed in")
async def list_sessions(ctx: Ctx, who: CurrentPrincipal) -> Sessions:
    """Newest first."""
    async with ctx.db.read() as tx:
        sessions = await store.live_sessions(tx, who.account_id)
    return Sessions(items=[SessionOut.of(session, who.session_id) for session in sessions])


@router.delete("/api/v1/sessions/current", status_code=204, tags=["sessions"], summary="Sign out")
async def delete_current_session(ctx: Ctx, who: CurrentPrincipal, response: Response) -> None:
    """The session's tokens are refused from now on."""
    await sign_out(ctx, who)
    clear_refresh_cookie(response)


@router.delete(
    "/api/v1/sessions/{session_id}",
    status_code=204,
    tags=["sessions"],
    summary="Sign out elsewhere",
    responses=responses(NotFound),
    dependencies=[Depends(limit("revoke", "30/min", by=by_account, fail="open"))],
)
async def delete_session(session_id: UUID, ctx: Ctx, who: CurrentPrincipal) -> None:
    """End another of your sessions."""
    await sign_out_elsewhere(ctx, who, session_id)


@router.get(
    "/.well-known/jwks.json",
    tags=["keys"],
    summary="The keys that verify access tokens",
    operation_id="read_keys",
    response_model=JsonWebKeySet,
)
async def get_jwks(ctx: Ctx) -> Response:
    """RFC 7517. A key is published a day before it signs."""
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(ctx.get(SigningKeys).jwks, media_type="application/json", headers=headers)


def _signed_in(ctx: Ctx, tokens: Tokens, response: Response) -> SignedIn:
    set_refresh_cookie(response, tokens.refresh_token, tokens.refresh_seconds)
    return SignedIn(
        access_token=tokens.access_token,
        expires_in=ctx.settings.access_token_seconds,
        session_id=tokens.session_id,
        account=AccountOut.of(tokens.account),
        lacks_second_factor=tokens.lacks_second_factor,
    )
