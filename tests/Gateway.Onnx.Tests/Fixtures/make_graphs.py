"""Writes graphs/: tiny ONNX graphs that behave, and ones with one fault each. Needs python3-onnx and python3-numpy. Usage: make_graphs.py

The good graph gives the mean over tokens of dot(embedding[id], weights) * (1 + position / 1000), so that ids, their order and
their number all matter. It reads at most 256 tokens. The byte pieces of U+0001, U+0002 and U+0003 in tokenizers/bpe-bytes.model
make it give NaN, give an infinity, and fail.
"""
import os

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "graphs")
VOCABULARY, WIDTH, LONGEST, FIRST_BYTE = 900, 2, 256, 6


def weights(vocabulary=VOCABULARY, labels=1):
    rng = numpy.random.default_rng(7)
    embedding = rng.standard_normal((vocabulary, WIDTH)).astype(numpy.float32)
    embedding[FIRST_BYTE + 1] = numpy.nan
    embedding[FIRST_BYTE + 2, 0] = numpy.inf
    row = numpy.arange(vocabulary, dtype=numpy.int64)
    row[FIRST_BYTE + 3] = vocabulary + 5  # looked up in the embedding: out of range
    head = rng.standard_normal((WIDTH, labels)).astype(numpy.float32)
    head[0] = 1
    position = (1 + numpy.arange(LONGEST, dtype=numpy.float32)[:, None] / 1000)
    return {"row": row, "embedding": embedding, "head": head, "position": position}


def graph(ids_type=TensorProto.INT64, ids="input_ids", mask="attention_mask", output="logits", output_type=TensorProto.FLOAT, out_dims=("batch", 1), tables=None, extra=None):
    tables = tables or weights()
    node = helper.make_node
    nodes = [
        node("Cast", [ids], ["ids"], to=TensorProto.INT64),
        node("Gather", ["row", "ids"], ["rows"]),
        node("Gather", ["embedding", "rows"], ["tokens"]),
        node("Cast", [mask or ids], ["cast_mask"], to=TensorProto.FLOAT),
    ]
    if mask:
        nodes.append(node("Unsqueeze", ["cast_mask", "two"], ["weight"]))
    else:
        nodes += [node("Mul", ["cast_mask", "nought"], ["zeros"]), node("Add", ["zeros", "unit"], ["ones"]), node("Unsqueeze", ["ones", "two"], ["weight"])]
    nodes += [
        node("CumSum", ["weight", "one"], ["upto"]),
        node("Sub", ["upto", "unit"], ["before"]),
        node("Squeeze", ["before", "two"], ["before_flat"]),
        node("Cast", ["before_flat"], ["at"], to=TensorProto.INT64),
        node("Gather", ["position", "at"], ["stretch"]),
        node("Mul", ["tokens", "stretch"], ["placed"]),
        node("Mul", ["placed", "weight"], ["weighed"]),
        node("ReduceSum", ["weighed", "one_axis"], ["sum"], keepdims=0),
        node("ReduceSum", ["weight", "one_axis"], ["count"], keepdims=0),
        node("Div", ["sum", "count"], ["mean"]),
    ]
    if len(out_dims) == 1:
        nodes += [node("MatMul", ["mean", "head"], ["matrix"]), node("Squeeze", ["matrix", "one_axis"], ["raw"])]
    else:
        nodes.append(node("MatMul", ["mean", "head"], ["raw"]))
    if out_dims[-1] == "labels":  # a shape that only running it tells
        nodes += [node("Compress", ["raw", "every"], ["kept"], axis=1), node("Cast", ["kept"], [output], to=output_type)]
    else:
        nodes.append(node("Cast", ["raw"], [output], to=output_type))
    constants = {"one": numpy.array(1, numpy.int64), "two": numpy.array([2], numpy.int64), "one_axis": numpy.array([1], numpy.int64),
                 "unit": numpy.array(1, numpy.float32), "nought": numpy.array(0, numpy.float32), "every": numpy.array([True, True])}
    inputs = [helper.make_tensor_value_info(name, ids_type, ["batch", "length"]) for name in (ids, mask, extra) if name]
    if extra:
        nodes.append(node("Identity", [extra], ["unused_extra"]))
    made = helper.make_graph(nodes, "fixture", inputs, [helper.make_tensor_value_info(output, output_type, out_dims)],
                             [numpy_helper.from_array(v, k) for k, v in {**tables, **constants}.items()])
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 14)], ir_version=7, producer_name="fixture")


def save(name, model, **options):
    path = os.path.join(HERE, name + ".onnx")
    onnx.save(model, path, **options)
    print(name, os.path.getsize(path), "bytes")


def main():
    os.makedirs(HERE, exist_ok=True)
    data = os.path.join(HERE, "external.bin")
    if os.path.exists(data):
        os.remove(data)  # onnx appends
    save("good", graph())
    save("int32", graph(ids_type=TensorProto.INT32))
    save("no-mask", graph(mask=None))
    save("float-input", graph(ids_type=TensorProto.FLOAT))
    save("double-output", graph(output_type=TensorProto.DOUBLE))
    save("two-labels", graph(out_dims=("batch", 2), tables=weights(labels=2)))
    save("two-labels-undeclared", graph(out_dims=("batch", "labels"), tables=weights(labels=2)))
    save("flat-output", graph(out_dims=("batch",)))
    save("extra-input", graph(extra="token_type_ids"))
    save("small-embedding", graph(tables=weights(vocabulary=500)))
    save("external", graph(), save_as_external_data=True, location="external.bin", size_threshold=1024)


if __name__ == "__main__":
    main()
