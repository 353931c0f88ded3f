"""Trains the network for first masks. One command, seeded, resumable:

    python train_prompter.py --data ../../../../shared/data --cutouts CUTOUTS --out RUN [--leave-out camel libby]
"""

from functools import partial

import numpy as np
import torch
from torch.nn import functional as F

from loop import Samples, arguments, names_of, train
from losses import hard_iou, mask_loss
from prompter import Prompter
from prompts import correct, first_prompts
from sources import load_sources
from stills import still

# Frames of annotated sequences are kept at their full height: a window of them is enlarged often enough.
FULL = 480


def main():
    options = arguments(__doc__)
    one = partial(still, real_share=options.real)
    train(Prompter(), lambda step: Samples(partial(load, options), one, options.seed, step), losses, options)


def load(options):
    return load_sources(options.data, names_of(options), options.cutouts, 3, FULL, 360)


def losses(network, batch, rng):
    """A mask of what was said first, and of what was said in up to four corrections of it; one of them is learned from
    (the others are computed by the network as it is: RITM, Sofiiuk et al., 2021).
    """
    pictures, masks, bins, edges, others, is_wide = batch
    image = pictures.permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
    truth = masks.float().unsqueeze(1) / 255
    weight = 1 + edges.float().unsqueeze(1) * (3 / 255)
    hard, others, bins = truth[:, 0].numpy() > 0.5, others.numpy() > 127, bins.numpy()
    said = [first_prompts(rng, bins[b], hard[b], others[b], bool(is_wide[b])) for b in range(len(image))]
    turns = int(rng.choice([0, 1, 2, 3, 4], p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    network.eval()
    for _ in range(turns):
        with torch.no_grad():
            logits, _ = network(image, drawn(said))
        soft = torch.sigmoid(logits.float())[:, 0].numpy()
        for each, before, true in zip(said, soft, hard):
            each.before = before
            # Now and then the mask is looked at again, without a word.
            if rng.random() < 0.85:
                correct(rng, each, true, before > 0.5)
    network.train()
    logits, score = network(image, drawn(said))
    iou = hard_iou(logits > 0, truth > 0.5)
    mask = mask_loss(logits, truth, weight).mean()
    scored = F.binary_cross_entropy_with_logits(score.float(), iou)
    wide = is_wide.numpy()
    parts = {'mask': mask.detach(), 'score': scored.detach()}
    ious = iou[:, 0].numpy()
    name = 'first' if turns == 0 else f'after{turns}'
    parts |= {name: ious[~wide].mean() if (~wide).any() else np.nan, f'{name}_click': ious[wide].mean() if wide.any() else np.nan}
    return mask + 0.1 * scored, parts


def drawn(said):
    return torch.from_numpy(np.stack([each.maps() for each in said]))


if __name__ == '__main__':
    main()
