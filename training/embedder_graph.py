"""Writes the graph of the local embedding model: what is computed, without the weights.

    python -m training.embedder_graph src/phiward/adapters/embedding/minilm.onnx

The weights come from the installed model when a session is made, under the names that
`phiward.adapters.embedding.weights` gives them. One text goes through at a time, so there is no padding, no mask and
no batch: nothing of another text is anywhere near. Whoever changes the graph writes the file anew; a test compares.

Layer normalisation is written out because it is then vectorised: it took a third of the time as one operator.
Source: Devlin et al. 2018 (BERT), Wang et al. 2020 (MiniLM), Reimers and Gurevych 2019 (pooling); the operators are
those of ONNX 18 and of ONNX Runtime's own domain.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from phiward.adapters.embedding.weights import LAYERS, MAX_TOKENS

WIDTH, WIDE, HEADS, WORDS = 384, 1536, 12, 30522
EPSILON = 1e-12
RUNTIME = "com.microsoft"


class Graph:
    """Nodes and the weights that they ask for. A value is named as what made it."""

    def __init__(self, quantised: bool) -> None:
        """`quantised`: whole numbers of 8 bits where a layer multiplies; else float32, which the tests compare with."""
        self._quantised = quantised
        self._nodes: list[NodeProto] = []
        self._asked: dict[str, TensorProto] = {}
        constants: dict[str, NDArray[Any]] = {
            "zero": np.array([0], np.int64),
            "first": np.array([1], np.int64),
            "last": np.array([-1], np.int64),
            "thirds": np.array([WIDTH] * 3, np.int64),
            "epsilon": np.array(EPSILON, np.float32),
        }
        for name, value in constants.items():
            self._asked[name] = numpy_helper.from_array(value, name)

    def node(self, operator: str, inputs: list[str], name: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output; returns its name."""
        self._nodes.append(helper.make_node(operator, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def weight(self, name: str, *shape: int, kind: int = TensorProto.FLOAT) -> str:
        """Ask for a weight that is handed over when a session is made."""
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="weights")
        self._asked[name] = tensor
        return name

    def linear(self, x: str, name: str, inputs: int, outputs: int, *, rows: bool = False, bias: bool = True) -> str:
        """Multiply by a layer's weights. `rows`: each token has its own scale, else the text has one."""
        if not self._quantised:
            y = self.node("MatMul", [x, self.weight(f"{name}.weight", inputs, outputs)], f"{name}.product")
        else:
            y = self._whole_numbers(x, name, inputs, outputs, rows)
        return self.node("Add", [y, self.weight(f"{name}.bias", outputs)], f"{name}.sum") if bias else y

    def _whole_numbers(self, x: str, name: str, inputs: int, outputs: int, rows: bool) -> str:
        weight = self.weight(f"{name}.weight", inputs, outputs, kind=TensorProto.INT8)
        scale = self.weight(f"{name}.scale", outputs)
        if not rows:
            return self.node("DynamicQuantizeMatMul", [x, weight, scale], f"{name}.product", RUNTIME)
        largest = self.node("ReduceMax", [self.node("Abs", [x], f"{name}.abs"), "last"], f"{name}.largest")
        even = self.node("Div", [x, largest], f"{name}.even")
        y = self.node("DynamicQuantizeMatMul", [even, weight, scale], f"{name}.even_product", RUNTIME)
        return self.node("Mul", [y, largest], f"{name}.product")

    def norm(self, x: str, name: str) -> str:
        """Layer normalisation over the width."""
        middle = self.node("Sub", [x, self.node("ReduceMean", [x, "last"], f"{name}.mean")], f"{name}.middle")
        square = self.node("Mul", [middle, middle], f"{name}.square")
        variance = self.node("ReduceMean", [square, "last"], f"{name}.variance")
        spread = self.node("Sqrt", [self.node("Add", [variance, "epsilon"], f"{name}.positive")], f"{name}.spread")
        unit = self.node("Div", [middle, spread], f"{name}.unit")
        scaled = self.node("Mul", [unit, self.weight(f"{name}.weight", WIDTH)], f"{name}.scaled")
        return self.node("Add", [scaled, self.weight(f"{name}.bias", WIDTH)], f"{name}.out")

    def words(self) -> str:
        """From token ids, shape (1, tokens), to vectors of words at their places."""
        word = self.node("Gather", [self.weight("word", WORDS, WIDTH), "ids"], "words")
        count = self.node("Shape", ["ids"], "count", start=1)
        place = self.node("Slice", [self.weight("place", MAX_TOKENS, WIDTH), "zero", count, "zero"], "places")
        return self.norm(self.node("Add", [word, place], "placed"), "norm")

    def layer(self, x: str, name: str) -> str:
        """Attention, then two layers with GELU between; what comes in is added to each."""
        both = self.linear(x, f"{name}.attend", WIDTH, 3 * WIDTH)
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._nodes.append(helper.make_node("Split", [both, "thirds"], parts, name=f"{name}.split", axis=2))
        seen = self.node("MultiHeadAttention", parts, f"{name}.seen", RUNTIME, num_heads=HEADS)
        told = self.linear(seen, f"{name}.gather", WIDTH, WIDTH)
        y = self.norm(self.node("Add", [x, told], f"{name}.attended"), f"{name}.attend_norm")
        wide = self.linear(y, f"{name}.widen", WIDTH, WIDE, rows=True, bias=False)
        bent = self.node("BiasGelu", [wide, self.weight(f"{name}.widen.bias", WIDE)], f"{name}.bent", RUNTIME)
        narrow = self.linear(bent, f"{name}.narrow", WIDE, WIDTH, rows=True)
        return self.norm(self.node("Add", [y, narrow], f"{name}.added"), f"{name}.norm")

    def finish(self, x: str) -> bytes:
        """The mean over the tokens, of length 1; then the file."""
        mean = self.node("ReduceMean", [x, "first"], "mean", keepdims=0)
        self.node("LpNormalization", [mean], "vector", axis=1, p=2)
        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])
        vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, WIDTH])
        graph = helper.make_graph(self._nodes, "minilm", [ids], [vector], list(self._asked.values()))
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(RUNTIME, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="phiward")
        return bytes(model.SerializeToString(deterministic=True))


def graph(quantised: bool = True) -> bytes:
    """The file: input `ids` of shape (1, tokens), output `vector` of shape (1, 384)."""
    made = Graph(quantised)
    x = made.words()
    for row in range(LAYERS):
        x = made.layer(x, f"layer.{row}")
    return made.finish(x)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(graph())
