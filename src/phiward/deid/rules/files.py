"""(P) biometric recordings and (Q) photographs, by their file names."""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_IMAGES = (
    "jpg",
    "jpeg",
    "png",
    "heic",
    "heif",
    "gif",
    "bmp",
    "tif",
    "tiff",
    "dcm",
    "dicom",
    "webp",
    "raw",
    "svs",
)
_RECORDINGS = ("wav", "mp3", "m4a", "ogg", "flac", "mp4", "mov", "avi", "wsq", "fpt", "iso", "edf", "webm")
_FILE = re.compile(rf"[\w\-./\\()]*[\w\-)]\.(?:{'|'.join(_IMAGES + _RECORDINGS)})(?![\w])", re.IGNORECASE)
_NEEDLES = tuple(f".{ending}" for ending in _IMAGES + _RECORDINGS)
_BIOMETRIC = re.compile(r"finger|retina|iris|voice|palm|face|gait|signature|biometric", re.IGNORECASE)


class Files:
    """Finds names of image, sound, film and biometric files."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category PHOTO or BIOMETRIC, the path included."""
        if "." not in text:
            return
        low = text.lower()
        if not any(needle in low for needle in _NEEDLES):
            return
        for word in re.finditer(r"\S+", text):
            match = _FILE.search(word.group()) if "." in word.group() else None
            if match:
                name = match.group().lower()
                recorded = name.endswith(_RECORDINGS) or _BIOMETRIC.search(name)
                category = Category.BIOMETRIC if recorded else Category.PHOTO
                yield Span(word.start() + match.start(), word.start() + match.end(), category, "file", 60)
