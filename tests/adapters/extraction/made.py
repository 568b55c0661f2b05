"""Documents made by hand, byte by byte: PDF, PNG, TIFF, DOCX. Every patient in them is invented."""

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from phiward.records.results import Place

PDF, PNG, TIFF, JPEG = "application/pdf", "image/png", "image/tiff", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PLACE = Place(2, 3, "Zebedee Quillfeather.pdf")
LETTER = (
    "Discharge summary of Zebedee Quillfeather",
    "Serum potassium 4.1 mmol per litre",
    "Lisinopril 10 mg every morning",
)


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object of a PDF."""
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def written(lines: Iterable[str]) -> bytes:
    """The content of a page with these lines."""
    words = " ".join(f"({line}) Tj T*" for line in lines)
    return f"BT /F1 14 Tf 72 720 Td 18 TL {words} ET".encode()


def shown(image: str = "/Im1") -> bytes:
    """The content of a page that is one picture."""
    return f"q 612 0 0 792 0 0 cm {image} Do Q".encode()


def pdf(
    contents: Sequence[bytes],
    *,
    catalog: str = "",
    page: str = "",
    size: str = "0 0 612 792",
    pictures: Mapping[str, int] | None = None,
    more: Sequence[bytes] = (),
    count: int | None = None,
    kids: str | None = None,
) -> bytes:
    """A PDF of one page for each content, with offsets. Objects: 1 catalog, 2 pages, 3 font, then `more` from 4."""
    named = " ".join(f"{name} {number} 0 R" for name, number in (pictures or {}).items())
    objects = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", *more]
    pages = []
    for content in contents:
        objects.append(content if content.startswith(b"<<") else stream(content))
        resources = f"<< /Font << /F1 3 0 R >> /XObject << {named} >> >>"
        rest = f"/MediaBox [{size}] /Contents {len(objects)} 0 R /Resources {resources} {page}"
        objects.append(f"<< /Type /Page /Parent 2 0 R {rest} >>".encode())
        pages.append(f"{len(objects)} 0 R")
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode()
    listed, counted = kids or " ".join(pages), len(pages) if count is None else count
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {counted} >>".encode()
    return _numbered(objects)


def _numbered(objects: Sequence[bytes], trailer: str = "") -> bytes:
    made, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    ending = f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return made + ending.encode()


def letter(*pages: Sequence[str], **words: str) -> bytes:
    """A PDF with text; each page's lines."""
    return pdf([written(lines) for lines in pages or (LETTER,)], **words)  # type: ignore[arg-type]


def pixels(pgm: bytes) -> tuple[int, int, bytes]:
    """Width, height and the grey bytes of a binary PGM as pdftoppm writes it."""
    _, size, _, content = pgm.split(b"\n", 3)
    width, height = map(int, size.split())
    return width, height, content


def scanned_pdf(pgms: Sequence[bytes], over: Sequence[str] = (), catalog: str = "") -> bytes:
    """A PDF whose pages are pictures, with a line of text over each where `over` has some."""
    pictures, contents = [], []
    for number, pgm in enumerate(pgms, 1):
        width, height, content = pixels(pgm)
        entries = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray"
        pictures.append(stream(zlib.compress(content), f"{entries} /BitsPerComponent 8 /Filter /FlateDecode"))
        contents.append(shown(f"/Im{number}") + b" " + written(over))
    return pdf(contents, catalog=catalog, more=pictures, pictures={f"/Im{n}": 3 + n for n in range(1, len(pgms) + 1)})


def png(width: int, height: int, content: bytes) -> bytes:
    """A grey PNG."""
    rows = b"".join(b"\0" + content[at : at + width] for at in range(0, len(content), width))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(each)) + kind + each + struct.pack(">I", zlib.crc32(kind + each)) for kind, each in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiff(pages: Sequence[tuple[int, int, bytes]], loops: bool = False) -> bytes:
    """A grey TIFF: for each page its directory, then its pixels. `loops`: the last leads to the first."""
    made = struct.pack("<2sHI", b"II", 42, 8)
    for number, (width, height, content) in enumerate(pages, 1):
        at = len(made)
        following = at + 2 + 9 * 12 + 4 + len(content)
        last = number == len(pages)
        fields = [
            (256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1),
            (273, 4, at + 2 + 9 * 12 + 4), (277, 3, 1), (278, 4, height), (279, 4, len(content)),
        ]  # fmt: skip
        made += struct.pack("<H", 9) + b"".join(
            struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields
        )
        made += struct.pack("<I", (8 if loops else 0) if last else following) + content
    return made


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a Word document."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: Sequence[str]) -> str:
    """A table of a Word document."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(
    body: str,
    parts: Mapping[str, str] | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    prolog: str = "",
    main: str = "document.main",
) -> bytes:
    """A Word document; `parts` are inner XML by kind ("header1", "footnotes"), `files` go in as they are."""
    styles = '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    given = {main: f"<w:body>{body}</w:body>", "styles": styles, **(parts or {})}
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for kind, content in given.items():
            element = f"w:{kind.split('.')[0].rstrip('0123456789')}"
            archive.writestr(f"word/{kind}.xml", f"{prolog}<{element} {_W}>{content}</{element}>")
            named = f"{_MAIN}{kind.rstrip('0123456789')}+xml"
            types += f'<Override PartName="/word/{kind}.xml" ContentType="{named}"/>'
        archive.writestr("[Content_Types].xml", f"{types}</Types>")
        for name, file in (files or {}).items():
            archive.writestr(name, file)
    return held.getvalue()
