"""What a person would say of an object: a box, clicks and strokes, drawn as the six maps that `Prompter` reads.

`prompt-maps.ts` draws the same when Masklet runs.
"""

import cv2
import numpy as np

from colours import histograms, log_odds

# Radius of a click's disc, and what a first click says of colours, in pixels of the window as the network sees it.
RADIUS = 3
COLOUR_RADIUS = 7


class Said:
    """Prompts of one object in one window, whose pixels have the colour bins `bins` [H, W]."""

    def __init__(self, bins):
        self.bins = bins
        self.inside = np.zeros(bins.shape, np.float32)
        self.outside = np.zeros(bins.shape, np.float32)
        self.box = np.zeros(bins.shape, np.float32)
        self.before = np.zeros(bins.shape, np.float32)

    def click(self, point, is_inside):
        cv2.circle(self.inside if is_inside else self.outside, point, RADIUS, 1.0, -1)
        cv2.circle(self.outside if is_inside else self.inside, point, RADIUS, 0.0, -1)

    def stroke(self, points, is_inside):
        line = np.array(points, np.int32)
        cv2.polylines(self.inside if is_inside else self.outside, [line], False, 1.0, 2 * RADIUS)

    def draw_box(self, x0, y0, x1, y1):
        self.box[:] = 0
        self.box[max(0, y0) : y1, max(0, x0) : x1] = 1

    def maps(self):
        """-> float32 [6, H, W]: clicks inside, clicks outside, box, whether there is one, the mask before, and log odds
        of colours: of that mask, or of the box, or of what is around a first click.
        """
        belief = self.before
        if belief.sum() < 1:
            belief = self.box
        if not belief.any() and self.inside.any():
            side = 2 * COLOUR_RADIUS + 1
            belief = cv2.dilate(self.inside, np.ones((side, side), np.uint8))
        odds = np.zeros_like(self.box)
        if belief.any():
            odds = log_odds(self.bins, histograms(self.bins, belief)) / 4
        flag = np.full_like(self.box, float(self.box.any()))
        return np.stack([self.inside, self.outside, self.box, flag, self.before, odds])


def first_prompts(rng, bins, truth, other, is_wide):
    """A box, a click, or a mask that is nearly right with a correction; at times it has another thing in it. `truth` and
    `other` are bool [H, W], `truth` not empty. A window that is wide of the object is what a first click without a box is
    seen in.
    """
    said = Said(bins)
    kind = rng.random()
    if not is_wide and kind < 0.55:
        x, y, width, height = cv2.boundingRect(truth.astype(np.uint8))
        slack = np.array([width, height, width, height]) * rng.normal(0, 0.035, 4)
        x0, y0, x1, y1 = np.round(np.array([x, y, x + width, y + height]) + slack).astype(int)
        said.draw_box(x0, y0, max(x1, x0 + 2), max(y1, y0 + 2))
        if rng.random() < 0.1:
            say(rng, said, truth, True)
    elif is_wide or kind < 0.72:
        say(rng, said, truth, True)
    else:
        before = damage(rng, truth) if rng.random() < 0.7 else truth
        if rng.random() < 0.5:
            before = before | other
        said.before = before.astype(np.float32)
        correct(rng, said, truth, said.before > 0.5)
    return said


def say(rng, said, region, is_inside):
    """A click in a region, or at times a stroke through it."""
    point = inner_point(rng, region)
    if rng.random() < 0.15:
        to = inner_point(rng, region)
        line = np.zeros(region.shape, np.uint8)
        cv2.line(line, point, to, 1)
        if region[line > 0].all():
            said.stroke([point, to], is_inside)
            return
    said.click(point, is_inside)


def inner_point(rng, region):
    """A pixel well inside of a region: mostly about its middle."""
    distance = cv2.distanceTransform(np.pad(region.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    ys, xs = np.nonzero(distance >= distance.max() * rng.uniform(0.3, 1))
    at = int(rng.integers(len(xs)))
    return int(xs[at]), int(ys[at])


def correct(rng, said, truth, mask):
    """Says what is right in the largest region that is wrong; False where nothing is."""
    wrong = truth != mask
    if not wrong.any():
        return False
    count, labels, stats, _ = cv2.connectedComponentsWithStats(wrong.astype(np.uint8))
    largest = 1 + int(stats[1:count, cv2.CC_STAT_AREA].argmax())
    region = labels == largest
    y, x = np.unravel_index(region.argmax(), region.shape)
    say(rng, said, region, bool(truth[y, x]))
    return True


def damage(rng, truth):
    """A mask that is wrong in places, as one that was carried: an outline that is off, and parts that leaked or were
    lost.
    """
    mask = truth.astype(np.uint8)
    radius = int(rng.integers(1, 6))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    noise = cv2.resize(rng.normal(0, 1, (7, 7)).astype(np.float32), mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
    grown, shrunk = cv2.dilate(mask, kernel), cv2.erode(mask, kernel)
    mask = np.where(noise > 0.6, grown, np.where(noise < -0.6, shrunk, mask))
    ys, xs = np.nonzero(grown != shrunk)
    for _ in range(int(rng.choice([0, 1, 1, 2, 3]))):
        if len(xs) == 0:
            break
        at = int(rng.integers(len(xs)))
        center = (int(xs[at] + rng.normal(0, 6)), int(ys[at] + rng.normal(0, 6)))
        extent = np.sqrt(max(truth.sum(), 60)) * np.exp(rng.normal(-1.1, 0.5, 2))
        axes = (int(extent[0]) + 1, int(extent[1]) + 1)
        value = int(rng.random() < 0.6)
        cv2.ellipse(mask, center, axes, float(rng.uniform(0, 180)), 0, 360, value, -1)
    return mask > 0
