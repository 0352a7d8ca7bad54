"""A headless Chromium, told what to do and asked what it received through its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pyte

DEADLINE_S = 120.0
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def program() -> str | None:
    """Return the browser of this machine, None when there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """One page; what comes through its channel is drawn by a terminal emulator."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._screen = pyte.Screen(200, 80)
        self._stream = pyte.ByteStream(self._screen)
        self.requested: list[str] = []
        """Every address that the page has loaded from, or tried to."""
        self.refused: list[str] = []
        """What the browser has refused or could not load."""
        self._reading = asyncio.create_task(self._read())

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    async def ask(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._channel.send_json({"id": self._number, "method": method, "params": parameters})
        return await asyncio.wait_for(answer, DEADLINE_S)

    async def evaluate(self, expression: str) -> Any:
        return (await self.ask("Runtime.evaluate", expression=expression))["result"].get("value")

    async def press(self, key: str) -> None:
        await self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"])

    async def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < end, f"the page shows:\n{self.text}\n{self.refused}"
            await asyncio.sleep(0.05)

    async def until_shown(self, words: str) -> None:
        await self.until(lambda: words in self.text)

    async def close(self) -> None:
        self._reading.cancel()
        await self._channel.close()

    async def _read(self) -> None:
        async for message in self._channel:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told.get("result", told.get("error")))
            else:
                self._take(told["method"], told["params"])

    def _take(self, method: str, parameters: dict[str, Any]) -> None:
        match method:
            case "Network.webSocketFrameReceived" if parameters["response"]["opcode"] == 2:
                self._stream.feed(base64.b64decode(parameters["response"]["payloadData"]))
            case "Network.requestWillBeSent":
                self.requested.append(parameters["request"]["url"])
            case "Network.webSocketCreated":
                self.requested.append(parameters["url"])
            case "Network.loadingFailed":
                self.refused.append(parameters["errorText"])


@asynccontextmanager
async def a_page(address: str, folder: Path) -> AsyncIterator[Page]:
    """Open an address in a browser of its own."""
    aiohttp: Any = importlib.import_module("aiohttp")
    browser = _start(folder)
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            tabs = await (await session.get(f"http://127.0.0.1:{port}/json/list")).json()
            place = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            page = Page(await session.ws_connect(place, max_msg_size=0))
            for domain in ("Network", "Page", "Runtime"):
                await page.ask(f"{domain}.enable")
            await page.ask("Emulation.setFocusEmulationEnabled", enabled=True)
            await page.ask("Page.navigate", url=address)
            try:
                yield page
            finally:
                await page.close()
    finally:
        _end(browser)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-extensions", "--no-first-run"]
    options += ["--enable-unsafe-swiftshader", "--disable-background-networking", "--window-size=1200,760"]
    places = [f"--user-data-dir={folder}", "--remote-debugging-port=0", "about:blank"]
    return subprocess.Popen(
        [program() or "chromium", *options, *places],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(browser: subprocess.Popen[bytes]) -> None:
    """Ask it to end, so that it removes its files, and let nothing of it live on."""
    browser.terminate()
    with suppress(subprocess.TimeoutExpired):
        browser.wait(DEADLINE_S)
    with suppress(ProcessLookupError):
        os.killpg(browser.pid, signal.SIGKILL)
    browser.wait()


async def _port(file: Path) -> int:
    end = time.monotonic() + DEADLINE_S
    while not file.exists() or not file.read_text().strip():
        assert time.monotonic() < end, "the browser did not begin"
        await asyncio.sleep(0.05)
    return int(file.read_text().splitlines()[0])
