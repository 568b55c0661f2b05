"""The graph of the embedding model: the shipped file is what the tool writes, and it computes the right network."""

import re
from importlib import resources

import numpy as np
import onnx
import pytest
from tokenizers import Tokenizer

from phiward.adapters.embedding.minilm import open_session
from phiward.adapters.embedding.weights import TOKENIZER, WEIGHTS, arranged, installed_folder, pinned, tensors
from tests.adapters.embedding.reference import SENTENCES, vectors
from training.embedder_graph import graph

SHIPPED = resources.files("phiward.adapters.embedding").joinpath("minilm.onnx").read_bytes()


def test_the_shipped_graph_is_what_the_tool_writes() -> None:
    """To the byte: nobody edits it by hand, and whoever changes the tool writes it anew."""
    assert graph() == SHIPPED


def test_the_graph_holds_no_weights() -> None:
    """All are asked for from outside, but for five small constants."""
    inside = [one for one in onnx.load_from_string(SHIPPED).graph.initializer if one.data_location == 0]
    assert sorted(one.name for one in inside) == ["epsilon", "first", "last", "thirds", "zero"]
    assert len(SHIPPED) < 40_000


def test_the_graph_takes_one_text_at_a_time() -> None:
    """So that no neighbour can be in a text's vector; whole numbers only where a layer multiplies."""
    made = onnx.load_from_string(SHIPPED).graph
    (ids,) = made.input
    assert [one.dim_value or one.dim_param for one in ids.type.tensor_type.shape.dim] == [1, "tokens"]
    multiplied = [node.name for node in made.node if node.op_type == "DynamicQuantizeMatMul"]
    assert len(multiplied) == 24
    assert [name for name in multiplied if not re.match(r"layer\.\d\.", name)] == []


def test_the_same_graph_in_float32_is_the_published_network() -> None:
    """Against an independent implementation; so what the shipped one differs by is whole numbers and nothing else."""
    found = tensors(pinned(installed_folder(), WEIGHTS))
    weights = arranged(found)
    session = open_session(graph(quantised=False), weights)
    tokenizer = Tokenizer.from_str(pinned(installed_folder(), TOKENIZER).decode())
    tokenizer.no_padding()
    sentences = [tokenizer.encode(text).ids for text in (*SENTENCES, "", "chest pain " * 60)]
    made = [session.run(["vector"], {"ids": np.array([ids], np.int64)})[0][0] for ids in sentences]
    assert np.stack(made) == pytest.approx(vectors(sentences, found), abs=1e-5)
