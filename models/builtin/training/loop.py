"""The loop of both trainings: resumable, logged, with an average of the weights, which is what counts."""

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch

SEQUENCES = ['blackswan', 'camel', 'car-shadow', 'dog', 'libby', 'parkour']


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', required=True)
    parser.add_argument('--cutouts', help='folder of pictures with alpha, more shapes and skins for composites')
    parser.add_argument('--out', required=True)
    parser.add_argument('--start', help='weights to start from, instead of at random')
    parser.add_argument('--leave-out', nargs='*', default=[])
    parser.add_argument('--steps', type=int, default=6000)
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--rate', type=float, default=1.5e-3)
    parser.add_argument('--real', type=float, default=0.35, help='share of samples from annotated sequences')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--float32', action='store_true')
    return parser.parse_args()


def names_of(options):
    return [name for name in SEQUENCES if name not in options.leave_out]


def train(network, samples, losses, options):
    """`samples(step)` is an iterable data set; `losses(network, batch, rng)` gives a loss and numbers for the log."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.02)
    step, last = 0, out / 'last.pt'
    if last.exists():
        state = torch.load(last, weights_only=True)
        network.load_state_dict(state['network'])
        optimizer.load_state_dict(state['optimizer'])
        average, step = state['average'], state['step']
    else:
        if options.start:
            network.load_state_dict(torch.load(options.start, weights_only=True)['average'])
        average = {key: value.clone() for key, value in network.state_dict().items()}
    loader = torch.utils.data.DataLoader(
        samples(step), batch_size=options.batch, num_workers=options.workers, prefetch_factor=4
    )
    log = (out / 'log.jsonl').open('a')
    sums, started = {}, time.time()
    for batch in loader:
        if step >= options.steps:
            break
        rate = schedule(step, options)
        for group in optimizer.param_groups:
            group['lr'] = rate
        rng = np.random.default_rng([options.seed, step])
        with torch.autocast('cpu', dtype=torch.bfloat16, enabled=not options.float32):
            loss, parts = losses(network, batch, rng)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        if torch.isfinite(norm):
            optimizer.step()
        step += 1
        update(average, network, min(0.998, (1 + step) / (10 + step)))
        for key, value in parts.items():
            sums.setdefault(key, []).append(float(value))
        if step % 50 == 0 or step == options.steps:
            line = {'step': step, 'seconds': round(time.time() - started, 1), 'rate': rate}
            line |= {key: round(float(np.nanmean(values)), 4) for key, values in sums.items()}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + '\n')
            log.flush()
            sums = {}
        if step % 200 == 0 or step == options.steps:
            state = {'network': network.state_dict(), 'optimizer': optimizer.state_dict(), 'average': average, 'step': step}
            torch.save(state, out / 'next.pt')
            (out / 'next.pt').replace(last)


def schedule(step, options):
    warm = min(1, (step + 1) / min(200, options.steps / 10))
    return float(options.rate * warm * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * min(1, step / options.steps)))))


@torch.no_grad()
def update(average, network, keep):
    for key, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            average[key].lerp_(value, 1 - keep)
        else:
            average[key].copy_(value)


class Samples(torch.utils.data.IterableDataset):
    """What `one(rng, sources)` draws; `load()` reads the sources, once a worker."""

    def __init__(self, load, one, seed, step):
        self.load, self.one, self.seed, self.step = load, one, seed, step

    def __iter__(self):
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        sources = self.load()
        rng = np.random.default_rng([self.seed, self.step, worker.id if worker else 0])
        while True:
            drawn = self.one(rng, sources)
            if drawn is not None:
                yield drawn
