"""Writes the trained weights as three ONNX graphs, which `network.ts` runs:

    python export.py --weights RUN/last.pt --out ../../../resources/builtin
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

from network import KEY, PATCH, VALUE, WIDTHS, Network

OPSET = 17
# Tensors with fewer numbers stay as they are.
SMALLEST = 64


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--weights', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--golden', help='where to write what PyTorch computes, for a test of ours')
    options = parser.parse_args()
    network = Network().eval()
    network.load_state_dict(torch.load(options.weights, weights_only=True)['average'])
    for value in network.state_dict().values():
        if value.dtype == torch.float32 and value.numel() >= SMALLEST:
            value.copy_(value.half().float())
    if options.golden:
        write_golden(network, options.golden)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    height, width = 64, 96
    h, w = height // 8, width // 8
    c2, c4, c8, _ = WIDTHS
    f8 = torch.rand(1, c8, h, w)
    key = torch.rand(1, KEY, h, w)
    s4, s2 = torch.rand(1, c4, 2 * h, 2 * w), torch.rand(1, c2, 4 * h, 4 * w)
    full = {2: 'height', 3: 'width'}
    grid = {2: 'h8', 3: 'w8'}
    features = {'f8': grid, 'key': grid, 's4': {2: 'h4', 3: 'w4'}, 's2': {2: 'h2', 3: 'w2'}}
    write(out / 'encoder.onnx', WithoutCoarse(network.encoder), {'image': torch.rand(1, 3, height, width)}, list(features), {'image': full, **features})
    write(out / 'memory.onnx', network.memory, {'f8': f8, 'probability': torch.rand(1, 1, height, width)}, ['value'], {'f8': grid, 'probability': full, 'value': grid})
    read = {
        'far_key': torch.rand(1, KEY, 2 * h * w), 'far_value': torch.rand(1, VALUE + PATCH**2, 2 * h * w),
        'near_key': torch.rand(1, KEY, h * w), 'near_value': torch.rand(1, VALUE + PATCH**2, h * w),
    }
    write(
        out / 'carrier.onnx',
        network.carrier,
        {'f8': f8, 'key': key, 's4': s4, 's2': s2, 'maps': torch.rand(1, 3, height, width), 'places': torch.rand(h * w, 2), **read},
        ['logits', 'score'],
        {**{name: features[name] for name in ('f8', 'key', 's4', 's2')}, 'maps': full, 'places': {0: 'tokens'},
         'far_key': {2: 'far'}, 'far_value': {2: 'far'}, 'near_key': {2: 'near'}, 'near_value': {2: 'near'}, 'logits': full},
    )


class WithoutCoarse(nn.Module):
    """The encoder as `Carrier` reads it: f16 is inside f8 already."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, image):
        return self.encoder(image)[1:]


def write(path, module, inputs, outputs, axes):
    torch.onnx.export(
        module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
        dynamic_axes=axes, opset_version=OPSET, do_constant_folding=True, dynamo=False,
    )
    model = onnx.load(str(path))
    halve(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    print(path.name, f'{path.stat().st_size / 2**20:.2f} MiB', len(model.graph.node), 'nodes')


@torch.inference_mode()
def write_golden(network, path):
    """A frame of 48 x 32 after another, drawn by a formula that the test knows too: logits and scores."""
    height, width = 32, 48
    ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing='ij')
    planes = torch.stack([xs * 5 + ys, ys * 7 + 3, xs * ys]).float()
    frames = [(planes + 40 * index) % 251 for index in range(2)]
    mask = ((xs > 12) & (xs < 30) & (ys > 8) & (ys < 24)).float()[None, None]
    odds = torch.sin(planes[:2] / 9)[None]
    _, f8, key, _, _ = network.encoder(frames[0][None])
    value = network.memory(f8, mask)
    _, g8, key1, s4, s2 = network.encoder(frames[1][None])
    tokens = torch.stack([xs[::8, ::8] // 8, ys[::8, ::8] // 8], -1).reshape(-1, 2).float()
    near = key.flatten(2), value.flatten(2)
    far = torch.cat([near[0], near[0]], 2), torch.cat([near[1], near[1]], 2)
    logits, score = network.carrier(g8, key1, s4, s2, torch.cat([mask, odds], 1), tokens, *far, *near)
    numbers = {'logits': logits.flatten().tolist(), 'score': score.flatten().tolist()}
    Path(path).write_text(json.dumps({name: [round(x, 4) for x in values] for name, values in numbers.items()}) + '\n')


def halve(graph):
    """Keeps weights as float16, with a Cast behind each: half the file, and float32 arithmetic all the same."""
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.size < SMALLEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + '.half'))
        casts.append(helper.make_node('Cast', [name + '.half'], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


if __name__ == '__main__':
    main()
