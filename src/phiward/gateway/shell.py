"""The outermost layer: an id for every request, headers for every answer, and no exception beyond.

What escapes the application is a defect. It is answered with a bare 500 and logged by its type and
the lines it passed, never by its message, which may hold PHI.
"""

from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phiward.domain.ports import NewId
from phiward.gateway.errors import bare_failure
from phiward.logs import frames_of

log = structlog.get_logger("phiward.gateway")


class Shell:
    """ASGI middleware; `app` finds the request's id in `scope["state"]["interaction"]`."""

    def __init__(self, app: ASGIApp, new_id: NewId) -> None:
        """Wrap `app`."""
        self._app, self._new_id = app, new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        interaction = self._new_id()
        scope.setdefault("state", {})["interaction"] = interaction
        guarded = _Guarded(send, interaction)
        try:
            await self._app(scope, receive, guarded)
        except Exception as fault:
            log.error("defect", interaction=str(interaction), kind=type(fault).__name__, frames=frames_of(fault))
            if not guarded.started:
                await bare_failure()(scope, receive, guarded)
            elif not guarded.ended:
                await guarded({"type": "http.response.body", "body": b"", "more_body": False})


class _Guarded:
    """Adds the headers, and remembers how far the answer went."""

    def __init__(self, send: Send, interaction: UUID) -> None:
        self._send = send
        self._headers = [
            (b"x-request-id", str(interaction).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        self.started = False
        self.ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            own = message.get("headers", [])
            said = {name for name, _ in own}
            message = {**message, "headers": [*own, *(one for one in self._headers if one[0] not in said)]}
        elif message["type"] == "http.response.body":
            self.ended = not message.get("more_body", False)
        await self._send(message)
