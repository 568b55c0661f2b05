"""(O) IP addresses, and hardware addresses as (M) device identifiers."""

import ipaddress
import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_V4 = re.compile(r"[0-9](?<![0-9A-Za-z.].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_VERSION = re.compile(r"(?:\bv|\bversion|\bver\.?|\bsection|\bsec\.?|\bbuild|\bparagraph|\boid|§)\s?:?$", re.IGNORECASE)
_V6 = re.compile(r"[0-9A-Fa-f:](?<![0-9A-Za-z:].)[0-9A-Fa-f:]{2,39}(?:\.[0-9]{1,3}){0,3}(?![0-9A-Za-z:])")
_MAC = re.compile(
    r"[0-9A-Fa-f](?<![0-9A-Za-z:\-].)[0-9A-Fa-f]([:\-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z:])"
)


class Network:
    """Finds IPv4, IPv6 and MAC addresses."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category IP or DEVICE. A number of four parts behind the word version stays."""
        if text.count(".") >= 3:
            for match in _V4.finditer(text):
                octets = match.group().split(".")
                if all(int(octet) < 256 for octet in octets) and not _VERSION.search(
                    text[max(0, match.start() - 12) : match.start()]
                ):
                    yield Span(match.start(), match.end(), Category.IP, "ipv4", 60)
        colons = text.count(":")
        if colons >= 5 or text.count("-") >= 5:
            for match in _MAC.finditer(text):
                yield Span(match.start(), match.end(), Category.DEVICE, "mac", 60)
        if colons >= 7 or "::" in text:
            for match in _V6.finditer(text):
                if _is_v6(match.group()):
                    yield Span(match.start(), match.end(), Category.IP, "ipv6", 61)


def _is_v6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return len(text) > 4 or any(character.isdigit() for character in text)
