"""The header If-Match (RFC 9110, 13.1.1): a change is made only to the version that its sender has read.

The ETag of a thing that can be changed is its version in quotes: `"7"`. Whoever sends it back as If-Match is refused
with 412 when somebody else has changed the thing since; without the header, the last change wins.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

import re
from typing import Annotated, ClassVar

from fastapi import Depends, Header, Request
from pydantic import Field

from chassis.problems import FieldError, Malformed, Problem

HEADER = "If-Match"
# A version is a bigint: at most 19 digits. The ETag has the quotes too.
_ETAG = re.compile(r'"([1-9][0-9]{0,18})"')
_MOST = 21
_HIGHEST = 2**63 - 1


class VersionChanged(Problem):
    """412: the thing has another version than `If-Match` names; `version` is the present one.

    What to do: Read it again, decide whether your change is still right, and send it with the new `ETag`.
    """

    status: ClassVar[int] = 412
    type: ClassVar[str] = "version-changed"
    title: ClassVar[str] = "Somebody else has changed this meanwhile"


def etag(version: int) -> str:
    """The ETag of a version, for the answer's headers."""
    return f'"{version}"'


def if_match(header: str | None) -> int | None:
    """The version that a header's value names; None for no header, and for `*`, which any version matches.

    Raises:
        Malformed: it is neither `*` nor one ETag of this API. A weak one never matches, so it is refused as well.
    """
    text = None if header is None else header.strip(" \t")
    if text is None or text == "*":
        return None
    found = _ETAG.fullmatch(text)
    if found is None or int(found[1]) > _HIGHEST:
        raise _malformed('Send one ETag as you got it, in its quotes, such as "7"', "etag")
    return int(found[1])


def check_version(wanted: int | None, present: int) -> None:
    """Refuse a change of another version than the present one.

    For a row that is locked, or where the statement that changes it compares the version once more.

    Raises:
        VersionChanged: it is another one.
    """
    if wanted is not None and wanted != present:
        raise VersionChanged(
            f"Its version is {present}, and {HEADER} names {wanted}. Read it again before you change it.",
            headers={"ETag": etag(present)},
            version=present,
        )


def _malformed(message: str, code: str) -> Malformed:
    fault = FieldError(f"header.{HEADER}", message, code)
    return Malformed("Which version was meant cannot be told.", errors=[fault])


async def _if_match(
    request: Request,
    _value: Annotated[
        Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": _MOST})] | None,
        Header(
            alias=HEADER,
            description='The `ETag` that you have read, such as `"7"`. If it has another one by now, nothing is '
            "changed and the answer is 412. Without this header, and with `*`, the change is made in any case.",
            examples=["*"],
        ),
    ] = None,
) -> int | None:
    given = [value for name, value in request.scope["headers"] if name == b"if-match"]
    if len(given) > 1:
        raise _malformed("This header stands more than once; send it once", "duplicate")
    return if_match(given[0].decode("latin-1") if given else None)


IfMatch = Annotated[int | None, Depends(_if_match)]
"""In a handler: `version: IfMatch`, with `VersionChanged` and `Malformed` among its `responses`."""
PRECONDITION_PROBLEMS = (Malformed, VersionChanged)
"""What an operation refuses for the header: for its `responses`."""
