"""Mean J (IoU) of a training's weights on annotated sequences, from the first true mask, as `track.ts` follows an object,
but in the whole frame and not in a window.

    python evaluate.py --data ../../../../shared/data --weights RUN/last.pt camel libby
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from colours import bins_of, histograms, log_odds
from network import Network

# Pixels of the working picture, at most; its edges are multiples of 16.
WORKING_PIXELS = 480 * 256
# What is kept of the colours of recent frames from one frame to the next.
RECENT = 0.8


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', required=True)
    parser.add_argument('--weights', required=True)
    parser.add_argument('--every', type=int, default=0, help='also remember every n-th frame for good')
    parser.add_argument('--frames', type=int, default=10**6)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--show')
    parser.add_argument('names', nargs='+')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    state = torch.load(options.weights, weights_only=True)
    network = Network().eval()
    network.load_state_dict(state['average'])
    means = []
    for name in options.names:
        pictures, truth = load(options.data, name, options.frames)
        masks, scores = follow(network, pictures, truth[0], options.every)
        ious = [iou(mask, true) for mask, true in zip(masks, truth[1:])]
        off = np.mean([abs(score[1] - value) for score, value in zip(scores, ious)])
        means.append(np.mean(ious))
        print(f'{name} {means[-1]:.3f}  by quarters', ' '.join(f'{q.mean():.2f}' for q in np.array_split(np.array(ious), 4)), f' IoU score off by {off:.3f}', flush=True)
        if options.show:
            show(options.show, name, pictures, masks)
    print(f'mean J {np.mean(means):.3f} (step {state["step"]})')


def load(root, name, limit):
    files = sorted((Path(root) / 'davis/JPEGImages/480p' / name).glob('*.jpg'))[:limit]
    pictures = [np.ascontiguousarray(cv2.imread(str(file))[..., ::-1]) for file in files]
    truth = [cv2.imread(str(Path(root) / 'davis/Annotations/480p' / name / f'{file.stem}.png'), 0) > 127 for file in files]
    return pictures, truth


def iou(one, other):
    either = (one | other).sum()
    return 1.0 if either == 0 else float((one & other).sum() / either)


def working_size(height, width):
    scale = min(1, (WORKING_PIXELS / (height * width)) ** 0.5)
    return max(16, round(height * scale / 16) * 16), max(16, round(width * scale / 16) * 16)


@torch.inference_mode()
def follow(network, pictures, first, every):
    full = first.shape
    height, width = working_size(*full)
    ys, xs = np.mgrid[0 : height // 8, 0 : width // 8]
    places = torch.from_numpy(np.stack([xs, ys], -1).reshape(-1, 2)).float()
    before = cv2.resize(first.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    far, masks, scores, near, anchor, recent = [], [], [], None, None, None
    for index, picture in enumerate(pictures):
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        bins = bins_of(small)
        f8, key, s4, s2 = network.encoder(torch.from_numpy(small).permute(2, 0, 1)[None].float())
        if index > 0:
            maps = np.stack([before, log_odds(bins, anchor) / 4, log_odds(bins, recent) / 4])[None]
            far_key, far_value = (torch.cat(part, 2) for part in zip(*far))
            logits, score = network.carrier(f8, key, s4, s2, torch.from_numpy(maps), places, far_key, far_value, *near)
            keep_supported(logits[0, 0].numpy(), before)
            large = F.interpolate(logits, full, mode='bilinear', align_corners=False)[0, 0]
            masks.append((large > 0).numpy())
            scores.append(torch.sigmoid(score[0]).tolist())
            before = torch.sigmoid(logits)[0, 0].numpy()
        value = network.memory(f8, torch.from_numpy(before)[None, None]).flatten(2)
        near = (key.flatten(2), value)
        fresh = histograms(bins, before)
        if index == 0:
            anchor = recent = fresh
            far.append(near)
        elif (before > 0.5).any():
            recent = tuple(RECENT * old + (1 - RECENT) * new for old, new in zip(recent, fresh))
        if every and index and index % every == 0:
            far = [far[0], *far[1:][-3:], near]
    return masks, scores


def keep_supported(logits, before):
    """Takes off, in place, regions that are not where the object was before; `keepSupported` of `regions.ts`."""
    count, labels = cv2.connectedComponents((logits > 0).astype(np.uint8), connectivity=8)
    near = cv2.dilate((before > 0.5).astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    kept = [label for label in range(1, count) if near[labels == label].mean() > 0.3]
    if kept:
        logits[(labels > 0) & ~np.isin(labels, kept)] = -8


def show(folder, name, pictures, masks):
    picks = np.linspace(1, len(pictures) - 1, 6).astype(int)
    tiles = []
    for pick in picks:
        tile = pictures[pick].copy()
        tile[masks[pick - 1]] = tile[masks[pick - 1]] // 2 + np.array([127, 0, 0], np.uint8)
        tiles.append(cv2.resize(tile, (427, 240)))
    Path(folder).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(f'{folder}/{name}.png', np.vstack([np.hstack(tiles[:3]), np.hstack(tiles[3:])])[..., ::-1])


if __name__ == '__main__':
    main()
