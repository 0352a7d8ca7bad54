"""Who may come in: only this machine's browser that was given the address, and no other site through it."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Entrance:
    """Checks every request, the one that opens the console's channel included.

    A page of another site can make the browser send requests here. Its name for us is in ``Host`` when it has made
    its own name point to this machine, its own name is in ``Origin`` when it opens a channel, and it cannot know the
    token: each of the three is refused alone.

    Args:
        host: the address that is listened on.
        port: its port.
        token: what the address that was printed ends with.
    """

    def __init__(self, host: str, port: int, *, token: str) -> None:
        self.host = host
        self.port = port
        self.origin = f"http://{host}:{port}"
        self._token = token
        self._cookie = f"jobboy_{port}"

    @property
    def address(self) -> str:
        """The address to open once; the browser keeps the token from then on."""
        return f"{self.origin}/?token={self._token}"

    def refusal(self, headers: Mapping[str, str], cookies: Mapping[str, str], token: str | None) -> str | None:
        """Return why a request is refused, None when it may come in."""
        if headers.get("Host") != f"{self.host}:{self.port}":
            return f"this console answers to {self.origin} only"
        origin = headers.get("Origin")
        if origin is not None and origin != self.origin:
            return "another site may not use this console"
        given = cookies.get(self._cookie, "") if token is None else token
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return "open the whole address that jobboy-console --serve has printed"
        return None

    def middleware(self, web: Any) -> Any:
        """Return what aiohttp asks before anything else."""

        @web.middleware  # type: ignore[untyped-decorator]  # aiohttp is there only with the extra
        async def enter(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
            token = request.query.get("token")
            refused = self.refusal(request.headers, request.cookies, token)
            if refused is not None:
                return web.Response(status=403, text=f"{refused}\n", headers=_HEADERS)
            if token is not None:
                return self._keep_token(web)
            response = await handler(request)
            if not response.prepared:
                response.headers.update({**_HEADERS, "Content-Security-Policy": self._policy()})
            return response

        return enter

    def _keep_token(self, web: Any) -> Any:
        """Let the browser keep the token, and take it out of the address that others may see."""
        response = web.Response(status=303, headers={**_HEADERS, "Location": "/"})
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict", path="/")
        return response

    def _policy(self) -> str:
        """Say what the page may load: only what comes from here, so that it needs no other network."""
        return (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
            f"img-src 'self' data:; connect-src 'self' ws://{self.host}:{self.port}; frame-ancestors 'none'; "
            "base-uri 'none'; form-action 'none'"
        )
