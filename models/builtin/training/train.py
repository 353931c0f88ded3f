"""Trains the built-in network. One command, seeded, resumable:

    python train.py --data ../../../../shared/data --out RUN --steps 6000 [--leave-out camel libby] [--start FROM.pt]
"""

import argparse
import glob
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from colours import histograms, log_odds
from network import KEY, Network
from prompts import correct, damage, first_prompts
from sources import load_clips, load_davis
from synthesis import FRAMES, SIZE, Sources, sample, with_colours

SEQUENCES = ['blackswan', 'camel', 'car-shadow', 'dog', 'libby', 'parkour']


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    network = Network().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.02)
    average = {key: value.clone() for key, value in network.state_dict().items()}
    step = 0
    last = out / 'last.pt'
    if last.exists():
        state = torch.load(last, weights_only=True)
        network.load_state_dict(state['network'])
        optimizer.load_state_dict(state['optimizer'])
        average, step = state['average'], state['step']
    elif options.start:
        average = torch.load(options.start, weights_only=True)['average']
        network.load_state_dict(average)
        average = {key: value.clone() for key, value in average.items()}
    names = [name for name in SEQUENCES if name not in options.leave_out]
    loader = torch.utils.data.DataLoader(
        Samples(options, names, step),
        batch_size=options.batch,
        num_workers=options.workers,
        prefetch_factor=4,
        persistent_workers=True,
    )
    log = (out / 'log.jsonl').open('a')
    sums, started = {}, time.time()
    for batch in loader:
        rate = schedule(step, options)
        for group in optimizer.param_groups:
            group['lr'] = rate
        rng = np.random.default_rng([options.seed, step])
        with torch.autocast('cpu', dtype=torch.bfloat16, enabled=not options.float32):
            loss, parts = losses(network, batch, rng, options.prompts)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        if torch.isfinite(norm):
            optimizer.step()
        step += 1
        keep = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            for key, value in network.state_dict().items():
                if value.dtype.is_floating_point:
                    average[key].lerp_(value, 1 - keep)
                else:
                    average[key].copy_(value)
        for key, value in parts.items():
            sums.setdefault(key, []).append(value)
        if step % 50 == 0 or step == options.steps:
            line = {'step': step, 'seconds': round(time.time() - started, 1), 'rate': rate}
            line |= {key: round(float(np.mean(values)), 4) for key, values in sums.items()}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + '\n')
            log.flush()
            sums = {}
        if step % 200 == 0 or step == options.steps:
            state = {'network': network.state_dict(), 'optimizer': optimizer.state_dict(), 'average': average, 'step': step}
            torch.save(state, out / 'next.pt')
            (out / 'next.pt').replace(last)
        if step >= options.steps:
            break


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--start', help='weights to start from, instead of at random')
    parser.add_argument('--leave-out', nargs='*', default=[])
    parser.add_argument('--steps', type=int, default=6000)
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--rate', type=float, default=1.5e-3)
    parser.add_argument('--real', type=float, default=0.35, help='share of samples from annotated sequences')
    parser.add_argument('--prompts', type=float, default=0.5, help='weight of the loss of first masks')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--float32', action='store_true')
    return parser.parse_args()


def schedule(step, options):
    warm = min(1, (step + 1) / min(200, options.steps / 10))
    return float(options.rate * warm * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * min(1, step / options.steps)))))


class Samples(torch.utils.data.IterableDataset):
    def __init__(self, options, names, step):
        self.options = options
        self.names = names
        self.step = step

    def __iter__(self):
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        data = Path(self.options.data)
        plain = load_clips(glob.glob(f'{data}/backgrounds/*.mp4'))
        plain += load_clips(glob.glob(f'{data}/clips/*.mp4'), every=2)
        sources = Sources(load_davis(data / 'davis', self.names), plain)
        rng = np.random.default_rng([self.options.seed, self.step, worker.id if worker else 0])
        while True:
            frames, masks = sample(rng, sources, self.options.real)
            if (masks[0] > 127).sum() >= 40:
                yield with_colours(frames, masks)


def losses(network, batch, rng, prompts):
    frames, masks, bins, anchor_odds, edges = batch
    images = frames.permute(0, 1, 4, 2, 3).float()
    truth = masks.float().unsqueeze(2) / 255  # [B, FRAMES, 1, S, S]
    weight = 1 + edges.float().unsqueeze(2) * (3 / 255)
    size = len(images)
    stacked = images.flatten(0, 1).contiguous(memory_format=torch.channels_last)
    features = network.encoder(stacked)
    at = [[level.unflatten(0, (size, FRAMES))[:, index] for level in features] for index in range(FRAMES)]
    carry_loss, carry_iou, carry_score = carry_losses(network, at, truth, weight, bins.numpy(), anchor_odds, rng)
    loss = carry_loss + 0.05 * carry_score
    parts = {'carry': carry_loss, 'iou': carry_iou, 'score': carry_score}
    if prompts > 0:
        prompt_loss, prompt_iou, prompt_score = prompt_losses(
            network, at[0], truth[:, 0], weight[:, 0], bins[:, 0].numpy(), rng
        )
        loss = loss + prompts * prompt_loss + 0.05 * prompt_score
        parts |= {'prompt': prompt_loss, 'prompt_iou': prompt_iou, 'prompt_score': prompt_score}
    return loss, {key: float(torch.as_tensor(value).detach()) for key, value in parts.items()}


def carry_losses(network, at, truth, weight, bins, anchor_odds, rng):
    """Frame 0 is the anchor. Frame 1 is predicted too, but in half of the samples handed on as a damaged truth: what a
    run in its middle looks like."""
    size = len(truth)
    grid = SIZE // 8
    ys, xs = np.mgrid[0:grid, 0:grid]
    places = torch.from_numpy(np.stack([xs, ys], -1).reshape(-1, 2)).float()
    far_key, far_value = at[0][2].flatten(2), network.memory(at[0][1], truth[:, 0]).flatten(2)
    before = truth[:, 0]
    near_key, near_value = far_key, far_value
    recent = [histograms(bins[b, 0], truth[b, 0, 0].numpy()) for b in range(size)]
    loss, ious, score_loss = 0, [], 0
    for index in range(1, FRAMES):
        odds = np.stack([log_odds(bins[b, index], recent[b]) for b in range(size)])
        maps = torch.stack([before[:, 0], anchor_odds[:, index] / 4, torch.from_numpy(odds) / 4], 1)
        _, f8, key, s4, s2 = at[index]
        logits, scores = network.carrier(f8, key, s4, s2, maps, places, far_key, far_value, near_key, near_value)
        target = truth[:, index]
        loss = loss + mask_loss(logits, target, weight[:, index]).mean()
        soft = torch.sigmoid(logits.float())
        iou = hard_iou(soft > 0.5, target > 0.5)[:, 0]
        there = ((target > 0.5).sum((1, 2, 3)) > 20).float()
        score_loss = score_loss + F.binary_cross_entropy_with_logits(scores[:, 0].float(), there)
        score_loss = score_loss + F.binary_cross_entropy_with_logits(scores[:, 1].float(), iou)
        ious.append(float(iou.mean()))
        if index + 1 == FRAMES:
            break
        before = soft
        if index == 1:
            given = rng.random(size) < 0.5
            damaged = np.stack([damage(rng, target[b, 0].numpy() > 0.5) for b in range(size)])
            pick = torch.from_numpy(given).view(-1, 1, 1, 1)
            before = torch.where(pick, torch.from_numpy(damaged).float().unsqueeze(1), soft)
        near_key, near_value = key.flatten(2), network.memory(f8, before).flatten(2)
        for b in range(size):
            fresh = histograms(bins[b, index], before[b, 0].detach().numpy())
            recent[b] = tuple(0.6 * old + 0.4 * new for old, new in zip(recent[b], fresh))
    return loss / (FRAMES - 1), float(np.mean(ious)), score_loss / (FRAMES - 1)


def prompt_losses(network, levels, truth, weight, bins, rng):
    """Two rounds: first prompts, then corrections of what came of them."""
    size = len(truth)
    hard = truth[:, 0].numpy() > 0.5
    said = [first_prompts(rng, bins[b], hard[b]) for b in range(size)]
    loss, score_loss, ious = 0, 0, []
    for turn in range(2):
        maps = torch.from_numpy(np.stack([each.maps() for each in said]))
        logits, scores = network.prompter(*levels, maps)
        each = mask_loss(logits, truth.expand_as(logits), weight)
        iou = hard_iou(logits > 0, truth > 0.5)
        # A first click may mean several things: the nearest candidate learns most.
        share = 0.85 if turn == 0 else 0.6
        loss = loss + (share * each.amin(1) + (1 - share) * each.mean(1)).mean()
        score_loss = score_loss + F.binary_cross_entropy_with_logits(scores.float(), iou)
        chosen = scores.float().argmax(1)
        picked = logits.float()[torch.arange(size), chosen].detach()
        ious.append(float(iou[torch.arange(size), chosen].mean()))
        if turn == 0:
            soft = torch.sigmoid(picked).numpy()
            for b in range(size):
                said[b].before = soft[b]
                for _ in range(int(rng.integers(1, 4))):
                    correct(rng, said[b], hard[b], soft[b] > 0.5)
    return loss / 2, float(np.mean(ious)), score_loss / 2


def mask_loss(logits, target, weight):
    """Cross-entropy, weighted towards the outline, and soft IoU; [B, masks]."""
    logits = logits.float()
    soft = torch.sigmoid(logits)
    entropy = F.binary_cross_entropy_with_logits(logits, target, weight, reduction='none').mean((2, 3))
    both = (soft * target).sum((2, 3))
    either = (soft + target).sum((2, 3)) - both
    return 2 * entropy + 1 - (both + 20) / (either + 20)


def hard_iou(one, other):
    """[B, masks]"""
    both = (one & other).sum((2, 3)).float()
    either = (one | other).sum((2, 3)).float()
    return torch.where(either == 0, torch.ones_like(either), both / either.clamp(min=1))


if __name__ == '__main__':
    main()
