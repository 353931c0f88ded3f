"""Prints mean J and F of DAVIS libby against itself three frames late: python make_davis.py FOLDER_OF_DAVIS"""

import sys

import numpy as np
from PIL import Image

sys.stdout, console = open("/dev/null", "w"), sys.stdout
from make_scores import boundary_f, jaccard  # noqa: E402

sys.stdout = console
folder = sys.argv[1] + "/Annotations/480p/libby"
masks = [np.array(Image.open(f"{folder}/{frame:05d}.png")) > 0 for frame in range(49)]
pairs = [(masks[frame], masks[max(0, frame - 3)]) for frame in range(1, 48)]
print(sum(jaccard(*pair) for pair in pairs) / 47, sum(boundary_f(*pair) for pair in pairs) / 47)
