"""Makes rle.json: masks drawn from recipes by integer arithmetic, and what pycocotools says about them.

python make_rle.py > rle.json
"""

import json

import numpy as np
from pycocotools import mask as coco


def draw(recipe):
    height, width = recipe["height"], recipe["width"]
    mask = np.zeros((height, width), np.uint8)
    for step in recipe["steps"]:
        if step[0] == "rect":
            _, x0, y0, x1, y1, value = step
            mask[y0:y1, x0:x1] = value
        elif step[0] == "disc":
            _, cx, cy, radius, value = step
            rows, columns = np.mgrid[0:height, 0:width]
            mask[(rows - cy) ** 2 + (columns - cx) ** 2 <= radius**2] = value
        elif step[0] == "noise":
            _, seed, threshold = step
            state = seed
            for at in range(height * width):
                state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
                mask[at // width, at % width] = 1 if (state >> 24) < threshold else 0
    return mask


recipes = [
    {"name": "one pixel, set", "width": 1, "height": 1, "steps": [["rect", 0, 0, 1, 1, 1]]},
    {"name": "one pixel, clear", "width": 1, "height": 1, "steps": []},
    {"name": "empty", "width": 37, "height": 23, "steps": []},
    {"name": "full", "width": 37, "height": 23, "steps": [["rect", 0, 0, 37, 23, 1]]},
    {"name": "first pixel", "width": 19, "height": 11, "steps": [["rect", 0, 0, 1, 1, 1]]},
    {"name": "last pixel", "width": 19, "height": 11, "steps": [["rect", 18, 10, 19, 11, 1]]},
    {"name": "one row", "width": 64, "height": 1, "steps": [["noise", 5, 128]]},
    {"name": "one column", "width": 1, "height": 64, "steps": [["noise", 6, 128]]},
    {"name": "two whole columns", "width": 9, "height": 8, "steps": [["rect", 3, 0, 5, 8, 1]]},
    {"name": "run over a column's end", "width": 6, "height": 5, "steps": [["rect", 2, 3, 3, 5, 1], ["rect", 3, 0, 4, 2, 1]]},
    {"name": "half noise", "width": 53, "height": 41, "steps": [["noise", 1, 128]]},
    {"name": "sparse noise", "width": 53, "height": 41, "steps": [["noise", 2, 8]]},
    {"name": "dense noise", "width": 53, "height": 41, "steps": [["noise", 3, 250]]},
    {"name": "width of 4n", "width": 64, "height": 48, "steps": [["noise", 4, 30], ["disc", 30, 20, 11, 1]]},
    {"name": "ring", "width": 854, "height": 480, "steps": [["disc", 400, 240, 150, 1], ["disc", 410, 230, 90, 0]]},
    {"name": "4K, long runs", "width": 3840, "height": 2160, "steps": [["rect", 100, 0, 3800, 2160, 1], ["disc", 1900, 1000, 300, 0]]},
    {"name": "4K, full", "width": 3840, "height": 2160, "steps": [["rect", 0, 0, 3840, 2160, 1]]},
    {"name": "4K, empty", "width": 3840, "height": 2160, "steps": []},
]

cases = []
for recipe in recipes:
    rle = coco.encode(np.asfortranarray(draw(recipe)))
    cases.append(
        {
            **recipe,
            "counts": rle["counts"].decode("ascii"),
            "area": int(coco.area(rle)),
            "bbox": [float(value) for value in coco.toBbox(rle)],
        }
    )
print("[")
print(",\n".join(json.dumps(case) for case in cases))
print("]")
