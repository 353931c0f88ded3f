"""Trains the network that carries masks. One command, seeded, resumable:

    python train.py --data ../../../../shared/data --cutouts CUTOUTS --out RUN [--leave-out camel libby] [--start FROM.pt]
"""

from functools import partial

import numpy as np
import torch
from torch.nn import functional as F

from colours import histograms, log_odds
from loop import Samples, arguments, names_of, train
from losses import hard_iou, mask_loss
from network import Network
from prompts import damage
from sources import load_sources
from synthesis import FRAMES, SIZE, sample, with_colours


def main():
    options = arguments(__doc__)
    one = partial(draw, real_share=options.real)
    train(Network(), lambda step: Samples(partial(load, options), one, options.seed, step), losses, options)


def load(options):
    return load_sources(options.data, names_of(options), options.cutouts)


def draw(rng, sources, real_share):
    frames, masks = sample(rng, sources, real_share)
    return with_colours(frames, masks) if (masks[0] > 127).sum() >= 40 else None


def losses(network, batch, rng):
    """Frame 0 is the anchor. Frame 1 is predicted too, but in half of the samples handed on as a damaged truth: what a
    run in its middle looks like.
    """
    frames, masks, bins, anchor_odds, edges = batch
    images = frames.permute(0, 1, 4, 2, 3).float()
    truth = masks.float().unsqueeze(2) / 255  # [B, FRAMES, 1, S, S]
    weight = 1 + edges.float().unsqueeze(2) * (3 / 255)
    bins = bins.numpy()
    size = len(images)
    features = network.encoder(images.flatten(0, 1).contiguous(memory_format=torch.channels_last))
    at = [[level.unflatten(0, (size, FRAMES))[:, index] for level in features] for index in range(FRAMES)]
    grid = SIZE // 8
    ys, xs = np.mgrid[0:grid, 0:grid]
    places = torch.from_numpy(np.stack([xs, ys], -1).reshape(-1, 2)).float()
    far_key, far_value = at[0][1].flatten(2), network.memory(at[0][0], truth[:, 0]).flatten(2)
    before = truth[:, 0]
    near_key, near_value = far_key, far_value
    recent = [histograms(bins[b, 0], truth[b, 0, 0].numpy()) for b in range(size)]
    loss, ious, score_loss = 0, [], 0
    for index in range(1, FRAMES):
        odds = np.stack([log_odds(bins[b, index], recent[b]) for b in range(size)])
        maps = torch.stack([before[:, 0], anchor_odds[:, index] / 4, torch.from_numpy(odds) / 4], 1)
        f8, key, s4, s2 = at[index]
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
    turns = FRAMES - 1
    loss, score_loss = loss / turns, score_loss / turns
    parts = {'carry': loss.detach(), 'iou': np.mean(ious), 'score': score_loss.detach()}
    return loss + 0.05 * score_loss, parts


if __name__ == '__main__':
    main()
