"""What a person would say of an object: boxes and clicks, drawn as the six maps that `Prompter` reads."""

import cv2
import numpy as np

from colours import histograms, log_odds

# Radius of a click's disc, in pixels of the working picture.
RADIUS = 4
# Half-size of what a first click says of colours.
COLOUR_RADIUS = 9


class Said:
    """Prompts of one object on one frame."""

    def __init__(self, bins):
        self.bins = bins
        self.inside = np.zeros(bins.shape, np.float32)
        self.outside = np.zeros(bins.shape, np.float32)
        self.box = np.zeros(bins.shape, np.float32)
        self.has_box = False
        self.before = np.zeros(bins.shape, np.float32)
        self.first = None

    def click(self, point, is_inside):
        cv2.circle(self.inside if is_inside else self.outside, point, RADIUS, 1.0, -1)
        if is_inside and self.first is None:
            self.first = point

    def draw_box(self, x0, y0, x1, y1):
        self.box[:] = 0
        self.box[max(0, y0) : y1, max(0, x0) : x1] = 1
        self.has_box = True

    def maps(self):
        """-> float32 [6, H, W]"""
        belief = self.before
        if not (belief > 0.5).any():
            belief = self.box
        if not belief.any() and self.first is not None:
            belief = np.zeros_like(self.box)
            cv2.circle(belief, self.first, COLOUR_RADIUS, 1.0, -1)
        odds = np.zeros_like(self.box)
        if belief.any():
            odds = log_odds(self.bins, histograms(self.bins, belief)) / 4
        flag = np.full_like(self.box, float(self.has_box))
        return np.stack([self.inside, self.outside, self.box, flag, self.before, odds])


def first_prompts(rng, bins, truth):
    """A box, a click, or a mask that is nearly right with a correction. `truth` bool [H, W], not empty."""
    said = Said(bins)
    kind = rng.random()
    if kind < 0.4:
        x, y, width, height = cv2.boundingRect(truth.astype(np.uint8))
        slack = np.array([width, height, width, height]) * rng.normal(0, 0.04, 4)
        x0, y0, x1, y1 = np.round(np.array([x, y, x + width, y + height]) + slack).astype(int)
        said.draw_box(x0, y0, max(x1, x0 + 2), max(y1, y0 + 2))
        if rng.random() < 0.2:
            said.click(inner_point(rng, truth), True)
    elif kind < 0.85:
        said.click(inner_point(rng, truth), True)
    else:
        said.before = damage(rng, truth).astype(np.float32)
        correct(rng, said, truth, said.before > 0.5)
    return said


def inner_point(rng, region):
    """A pixel well inside of a region: the likelier the farther from its edge."""
    distance = cv2.distanceTransform(np.pad(region.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    ys, xs = np.nonzero(distance >= distance.max() * rng.uniform(0.3, 1))
    at = int(rng.integers(len(xs)))
    return int(xs[at]), int(ys[at])


def correct(rng, said, truth, mask):
    """Adds a click in the largest region that is wrong; False where nothing is."""
    wrong = truth != mask
    if not wrong.any():
        return False
    count, labels, stats, _ = cv2.connectedComponentsWithStats(wrong.astype(np.uint8))
    largest = 1 + int(stats[1:count, cv2.CC_STAT_AREA].argmax())
    point = inner_point(rng, labels == largest)
    said.click(point, bool(truth[point[1], point[0]]))
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
