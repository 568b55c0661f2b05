"""Opens what the application needs when the server starts, and closes it when the server stops.

uvicorn builds the application before its event loop runs, but pools and sessions belong to a loop.
So this ASGI application answers the lifespan protocol, and builds the real one inside it.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from phiward.domain.errors import PhiwardError
from phiward.logs import frames_of

Opening = Callable[[], AbstractAsyncContextManager[ASGIApp]]
log = structlog.get_logger("phiward.gateway")


class Application:
    """`opening` yields the application to serve; it is entered at start-up and left at shutdown."""

    def __init__(self, opening: Opening) -> None:
        """Nothing is opened before the server says so."""
        self._opening = opening
        self._inner: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the lifespan protocol, or hand on."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._inner is not None:
            await self._inner(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                self._inner = await stack.enter_async_context(self._opening())
            except PhiwardError as error:
                log.error("refused to start", code=error.code, reason=str(error), advice=error.advice)
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            except Exception as fault:
                log.error("refused to start", kind=type(fault).__name__, frames=frames_of(fault))
                await send({"type": "lifespan.startup.failed", "message": type(fault).__name__})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._inner = None
        await send({"type": "lifespan.shutdown.complete"})
