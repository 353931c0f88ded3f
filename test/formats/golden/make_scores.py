"""Makes scores.json: J and F of pairs of masks by a plain numpy reading of the definitions, brute force on purpose.

python make_scores.py > scores.json

Masks come from recipes of integer discs and rectangles, so that the test draws the same ones.
"""

import json
import math

import numpy as np


def draw(width, height, steps):
    mask = np.zeros((height, width), bool)
    rows, columns = np.mgrid[0:height, 0:width]
    for step in steps:
        if step[0] == "rect":
            _, x0, y0, x1, y1, value = step
            mask[y0:y1, x0:x1] = bool(value)
        else:
            _, cx, cy, radius, value = step
            mask[(rows - cy) ** 2 + (columns - cx) ** 2 <= radius**2] = bool(value)
    return mask


def jaccard(truth, found):
    union = np.logical_or(truth, found).sum()
    return 1.0 if union == 0 else float(np.logical_and(truth, found).sum() / union)


def contour(mask):
    """A pixel is on the contour where it differs from its east, south or south-east neighbour."""
    height, width = mask.shape
    east, south, corner = np.zeros_like(mask), np.zeros_like(mask), np.zeros_like(mask)
    east[:, : width - 1] = mask[:, 1:]
    south[: height - 1, :] = mask[1:, :]
    corner[: height - 1, : width - 1] = mask[1:, 1:]
    edge = (mask ^ east) | (mask ^ south) | (mask ^ corner)
    edge[height - 1, :] = mask[height - 1, :] ^ east[height - 1, :]
    edge[:, width - 1] = mask[:, width - 1] ^ south[:, width - 1]
    edge[height - 1, width - 1] = False
    return edge


def share_near(points, others, radius):
    if len(points) == 0:
        return None
    count = 0
    for point in points:
        gaps = ((others - point) ** 2).sum(axis=1)
        count += bool((gaps <= radius**2).any())
    return count / len(points)


def boundary_f(truth, found):
    height, width = truth.shape
    radius = math.ceil(0.008 * math.sqrt(height**2 + width**2))
    in_truth, in_found = np.argwhere(contour(truth)), np.argwhere(contour(found))
    if len(in_truth) == 0 and len(in_found) == 0:
        return 1.0
    if len(in_truth) == 0 or len(in_found) == 0:
        return 0.0
    precision = share_near(in_found, in_truth, radius)
    recall = share_near(in_truth, in_found, radius)
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


cases = [
    ["same disc", 200, 120, [["disc", 90, 60, 30, 1]], [["disc", 90, 60, 30, 1]]],
    ["moved disc", 200, 120, [["disc", 90, 60, 30, 1]], [["disc", 97, 62, 30, 1]]],
    ["a ring against a disc", 200, 120, [["disc", 90, 60, 30, 1], ["disc", 90, 60, 12, 0]], [["disc", 90, 60, 31, 1]]],
    ["one pixel", 200, 120, [["disc", 5, 5, 0, 1]], [["disc", 6, 6, 0, 1]]],
    ["at the right and lower border", 200, 120, [["rect", 170, 90, 200, 120, 1]], [["rect", 172, 88, 200, 120, 1]]],
    ["the last pixel", 200, 120, [["rect", 199, 119, 200, 120, 1]], [["rect", 198, 118, 200, 120, 1]]],
    ["the whole picture", 200, 120, [["rect", 0, 0, 200, 120, 1]], [["rect", 0, 0, 200, 120, 1]]],
    ["all but a column", 200, 120, [["rect", 0, 0, 200, 120, 1]], [["rect", 0, 0, 199, 120, 1]]],
    ["both empty", 200, 120, [], []],
    ["reference empty", 200, 120, [], [["disc", 90, 60, 30, 1]]],
    ["result empty", 200, 120, [["disc", 90, 60, 30, 1]], []],
    ["far apart", 200, 120, [["disc", 40, 60, 20, 1]], [["disc", 150, 60, 20, 1]]],
    ["480p, many parts", 854, 480, [["disc", 300, 200, 80, 1], ["rect", 500, 50, 640, 300, 1], ["disc", 560, 160, 40, 0]], [["disc", 309, 205, 76, 1], ["rect", 495, 60, 650, 290, 1], ["disc", 20, 460, 15, 1]]],
    ["tall", 97, 301, [["rect", 10, 20, 80, 280, 1]], [["rect", 13, 16, 84, 281, 1]]],
]

scored = []
for name, width, height, truth, found in cases:
    truth_mask, found_mask = draw(width, height, truth), draw(width, height, found)
    scored.append(
        {
            "name": name,
            "width": width,
            "height": height,
            "truth": truth,
            "found": found,
            "j": jaccard(truth_mask, found_mask),
            "f": boundary_f(truth_mask, found_mask),
        }
    )
print("[")
print(",\n".join(json.dumps(case) for case in scored))
print("]")
