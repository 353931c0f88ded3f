"""Videos in memory: real annotated sequences (DAVIS) and clips without annotation, 300 pixels high.

Frames are uint8 [T, h, w, 3] RGB, masks uint8 [T, h, w], 0 or 255.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

HEIGHT = 300


@dataclass
class Clip:
    name: str
    frames: np.ndarray
    masks: np.ndarray | None = None


def shrink(picture, interpolation=cv2.INTER_AREA):
    height, width = picture.shape[:2]
    return cv2.resize(picture, (round(width * HEIGHT / height), HEIGHT), interpolation=interpolation)


def load_davis(root, names):
    """@raises FileNotFoundError where a sequence is not there."""
    clips = []
    for name in names:
        files = sorted((Path(root) / 'JPEGImages/480p' / name).glob('*.jpg'))
        if not files:
            raise FileNotFoundError(f'there is no sequence {name} under {root}')
        frames = [shrink(cv2.imread(str(file))[..., ::-1]) for file in files]
        truth = [
            shrink(cv2.imread(str(Path(root) / 'Annotations/480p' / name / f'{file.stem}.png'), 0)) for file in files
        ]
        masks = [(mask > 127).astype(np.uint8) * 255 for mask in truth]
        clips.append(Clip(name, np.stack(frames), np.stack(masks)))
    return clips


def load_clips(paths, every=1, limit=120):
    clips = []
    for path in sorted(map(str, paths)):
        video = cv2.VideoCapture(path)
        frames = []
        index = 0
        while len(frames) < limit:
            there, frame = video.read()
            if not there:
                break
            if index % every == 0:
                frames.append(shrink(np.ascontiguousarray(frame[..., ::-1])))
            index += 1
        clips.append(Clip(Path(path).stem, np.stack(frames)))
    return clips
