"""Log odds of a pixel's colour inside and outside a mask: histograms of 16 x 16 x 16 over 8-bit Lab, smoothed.

`colour-odds.ts` computes the same numbers when Masklet runs.
"""

import cv2
import numpy as np

BINS = 16
# What a bin holds at least, as a share of one pixel in BINS^3.
FLOOR = 0.3
LIMIT = 4.0


def bins_of(rgb):
    """uint8 [H, W, 3] -> bin of each pixel, int32 [H, W]."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    # a and b seldom leave the middle of their range: half of it gets all the bins.
    lightness = lab[..., 0].astype(np.int32) >> 4
    a = np.clip((lab[..., 1].astype(np.int32) - 64) >> 3, 0, BINS - 1)
    b = np.clip((lab[..., 2].astype(np.int32) - 64) >> 3, 0, BINS - 1)
    return (lightness * BINS + a) * BINS + b


def histograms(bins, probability):
    """Two float32 [16, 16, 16] that sum to 1: of what is inside and outside, smoothed by (1 2 1) / 4 along each axis."""
    flat = bins.ravel()
    weight = probability.ravel()
    inside = np.bincount(flat, weight, BINS**3)
    outside = np.bincount(flat, 1.0 - weight, BINS**3)
    return smooth(inside), smooth(outside)


def smooth(counts):
    h = counts.reshape(BINS, BINS, BINS)
    for axis in range(3):
        padded = np.concatenate([h.take([0], axis), h, h.take([BINS - 1], axis)], axis)
        h = (
            padded.take(range(0, BINS), axis) + 2 * h + padded.take(range(2, BINS + 2), axis)
        ) / 4
    return (h / max(h.sum(), 1e-6)).astype(np.float32)


def log_odds(bins, pair):
    """-> float32 [H, W], -4..4"""
    inside, outside = pair
    floor = FLOOR / BINS**3
    table = np.clip(np.log((inside + floor) / (outside + floor)), -LIMIT, LIMIT).ravel()
    return table[bins].astype(np.float32)
