"""A closed-loop HTTP client on bare asyncio, so that the load costs as little as possible.

Run in a process of its own: `python bench/load.py URL KEY BODY_FILE CONNECTIONS SECONDS`. Prints one
JSON object: finished requests, errors, `data:` events a request, seconds, first byte and total times.
"""

import asyncio
import json
import re
import statistics
import sys
import time
from pathlib import Path


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[bool, int, float]:
    """One request: whether it was a whole 200, how many events came, seconds to the first of the body."""
    started = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    ok = head.startswith(b"HTTP/1.1 200")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length:
        body = await reader.readexactly(int(length[1]))
        return ok, 1, time.perf_counter() - started
    body, first = b"", 0.0
    while not body.endswith(b"0\r\n\r\n"):
        piece = await reader.read(65536)
        if not piece:
            return False, 0, first
        if not first and b"data: " in piece:
            first = time.perf_counter() - started
        body += piece
    return ok and b"[DONE]" in body, body.count(b"data: "), first


async def _client(address: tuple[str, int], request: bytes, stop: float, seen: dict[str, list[float]]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    try:
        while time.perf_counter() < stop:
            started = time.perf_counter()
            ok, events, first = await _ask(reader, writer, request)
            seen["ok" if ok else "error"].append(time.perf_counter() - started)
            if ok:
                seen["events"].append(events)
                seen["first"].append(first)
    finally:
        writer.close()


async def load(url: str, key: str, body: bytes, connections: int, seconds: float) -> dict[str, float]:
    """Load a URL and report."""
    host, port, path = re.match(r"http://([^:/]+):(\d+)(/.*)", url).groups()  # type: ignore[union-attr]
    request = (
        f"POST {path} HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {key}\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body
    seen: dict[str, list[float]] = {"ok": [], "error": [], "events": [], "first": []}
    begun = time.perf_counter()
    await asyncio.gather(*(_client((host, int(port)), request, begun + seconds, seen) for _ in range(connections)))
    return {
        "finished": len(seen["ok"]),
        "errors": len(seen["error"]),
        "events": statistics.mean(seen["events"]) if seen["events"] else 0,
        "wall": time.perf_counter() - begun,
        "p50_ms": statistics.median(seen["ok"]) * 1e3 if seen["ok"] else 0,
        "first_p50_ms": statistics.median(seen["first"]) * 1e3 if seen["first"] else 0,
    }


if __name__ == "__main__":
    target, credential, file, count, duration = sys.argv[1:]
    print(json.dumps(asyncio.run(load(target, credential, Path(file).read_bytes(), int(count), float(duration)))))
