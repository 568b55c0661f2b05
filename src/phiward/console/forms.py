"""Reading forms: once, within bounds, and only from our own pages. The one place that asks where a form came from."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from phiward.console import cookies
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.text import Secret

MAX_FORM_BYTES: Final = 65_536
MAX_FIELDS: Final = 60
OURS: Final = frozenset({"csrf", "once"})
"""Fields that the frame adds; they are no part of a draft."""


class Form(Mapping[str, str]):
    """The fields of a form, stripped. What came twice counts once, the last."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """`fields` as they were sent."""
        self._fields = {name: value.strip() for name, value in fields.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Form({len(self._fields)} fields)"

    def text(self, name: str, *, most: int, least: int = 0) -> str:
        """A field of `least` to `most` characters; "" where it is absent. Raises InvalidRequestError."""
        value = self._fields.get(name, "")
        if not least <= len(value) <= most:
            raise InvalidRequestError(f"Write {least:,} to {most:,} characters.", param=name)
        return value

    def day(self, name: str) -> date | None:
        """A field of the form YYYY-MM-DD; None where it is empty. Raises InvalidRequestError."""
        value = self._fields.get(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise InvalidRequestError("A date is written YYYY-MM-DD.", param=name) from None

    def typed(self) -> dict[str, str]:
        """What the person wrote: everything but what the frame added."""
        return {name: value for name, value in self._fields.items() if name not in OURS and value}


NO_FORM: Final = Form({})


async def read_form(request: Request, origin: str) -> Form:
    """The form of a request from our own page. Raises NotPermittedError (rule csrf, form)."""
    if not cookies.is_ours(request, origin):
        raise NotPermittedError("The form came from another site.", rule="csrf")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            raise NotPermittedError("The form is too large.", rule="form")
    try:
        pairs = parse_qsl(bytes(body).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise NotPermittedError("The form has too many fields.", rule="form") from None
    return Form(dict(pairs))


def refuse_other_session(form: Form, token: Secret) -> None:
    """Raises NotPermittedError unless the form carries the mark of this very session."""
    if not cookies.carries(token, form.get("csrf")):
        raise NotPermittedError("The form is not of this session.", rule="csrf")
