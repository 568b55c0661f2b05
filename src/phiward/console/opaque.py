"""What an address names, and what becomes of a form whose sender must confirm first who she is."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from phiward.console.ports import Drafts
from phiward.console.sign_in import SignInPages
from phiward.console.visits import Visit
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import NotPermittedError

STEP_UP: Final = "act_needs_step_up"
"""The rule of the policies that asks for a fresh login."""


def named(visit: Visit, name: str) -> UUID:
    """The id in the address. What is none names nothing, like an unknown one. Raises UnknownIdError."""
    text = str(visit.request.path_params[name])
    try:
        found = UUID(text)
    except ValueError:
        raise UnknownIdError(name) from None
    if str(found) != text:
        raise UnknownIdError(name)
    return found


async def confirm_first(
    visit: Visit, refusal: NotPermittedError, drafts: Drafts, door: SignInPages, back: str
) -> Response:
    """To the provider and back to the page `back`, which has what was typed; any other refusal is raised again."""
    if refusal.rule != STEP_UP:
        raise refusal
    typed = visit.form.typed()
    if typed:
        await drafts.keep(visit.token, back, typed)
    return await door.confirm(visit.token, back)
