"""The certificates of a time-stamp response in the order that DER asks for.

`certificates` of a SignedData is a SET, which OpenSSL and authorities built on it write in the order of the chain;
`rfc3161_client` reads strict DER and refuses that. The set is signed by nobody, so that sorting it changes nothing that
is verified. Source: RFC 3161, 2.4.2; RFC 5652, 5.1; X.690, 10.1 and 11.6.
"""

from dataclasses import dataclass

_CONTEXT_0 = 0xA0
_TOKEN, _CONTENT, _SIGNED = 1, 1, 0
"""Places: of the token in the response, of the content in the token, of SignedData in that."""
_CERTIFICATES = 3
_LONGEST_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Element:
    """A tag of one byte, and what it holds."""

    tag: int
    content: bytes

    def encoded(self) -> bytes:
        """In DER."""
        size = len(self.content)
        if size < 128:
            return bytes([self.tag, size]) + self.content
        length = size.to_bytes((size.bit_length() + 7) // 8, "big")
        return bytes([self.tag, 128 + len(length)]) + length + self.content


def elements(data: bytes) -> list[Element]:
    """What stands side by side. Raises ValueError for what is cut, of undefined length, or has a longer tag."""
    found, place = [], 0
    while place < len(data):
        tag, place = data[place], place + 1
        if tag & 31 == 31 or place >= len(data):
            raise ValueError("no DER")
        size, place = data[place], place + 1
        if size >= 128:
            octets = size - 128
            if not 0 < octets <= _LONGEST_LENGTH:
                raise ValueError("no DER")
            size, place = int.from_bytes(data[place : place + octets], "big"), place + octets
        if place + size > len(data):
            raise ValueError("no DER")
        found.append(Element(tag, data[place : place + size]))
        place += size
    return found


def sorted_certificates(response: bytes) -> bytes:
    """A TimeStampResp whose certificates are in order. Raises ValueError where it has not that form."""
    return _replaced(response, (0, _TOKEN, _CONTENT, _SIGNED))


def _replaced(data: bytes, path: tuple[int, ...]) -> bytes:
    """`data` with the certificates of the SignedData at `path` sorted."""
    parts = elements(data)
    step, rest = path[0], path[1:]
    if step >= len(parts):
        raise ValueError("no time-stamp token")
    if rest:
        inner = _replaced(parts[step].content, rest)
    else:
        signed = elements(parts[step].content)
        inner = b"".join(one.encoded() for one in (*signed[:_CERTIFICATES], *map(_sorted, signed[_CERTIFICATES:])))
    parts[step] = Element(parts[step].tag, inner)
    return b"".join(part.encoded() for part in parts)


def _sorted(part: Element) -> Element:
    if part.tag != _CONTEXT_0:
        return part
    return Element(part.tag, b"".join(sorted(one.encoded() for one in elements(part.content))))
