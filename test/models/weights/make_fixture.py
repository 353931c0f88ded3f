"""Writes fixtures/trained.pt with PyTorch: what a training run saves, in small.

    python3 test/models/weights/make_fixture.py
"""

from collections import OrderedDict
from pathlib import Path

import torch

model = OrderedDict(
    {
        "plain": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4,
        "turned": (torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4).t(),
        "half": torch.tensor([0.5, -2.0, 65504.0, 2.0**-24], dtype=torch.float16),
        "brain": torch.tensor([1.0, -3.5], dtype=torch.bfloat16),
        "double": torch.tensor([0.1], dtype=torch.float64),
        "scalar": torch.tensor(7.0),
    }
)
layer = torch.nn.Linear(2, 1)
optimiser = torch.optim.AdamW(layer.parameters(), lr=1e-3)
layer(torch.ones(1, 2)).sum().backward()
optimiser.step()
torch.save(
    {
        "model": model,
        "optimizer": optimiser.state_dict(),
        "epoch": 3,
        "loss": {"core": 0.25},
        "steps": {"train": 12345678901234},
        "dtype": torch.float32,
        "device": torch.device("cpu"),
        "size": torch.Size([1, 2]),
    },
    Path(__file__).parent / "fixtures" / "trained.pt",
)
