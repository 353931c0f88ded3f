"""What is trained on, in memory: real annotated sequences (DAVIS), clips without annotation, and cut-outs.

Frames are uint8 [T, h, w, 3] RGB, masks uint8 [T, h, w], 0 or 255, cut-outs uint8 [h, w, 4] RGBA.
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


class Sources:
    def __init__(self, annotated, plain, cutouts=()):
        self.annotated = annotated
        self.plain = plain
        self.cutouts = cutouts
        self.all = [*annotated, *plain]


def shrink(picture, height):
    old, width = picture.shape[:2]
    return cv2.resize(picture, (round(width * height / old), height), interpolation=cv2.INTER_AREA)


def load_sources(data, names, cutouts, thin=1, annotated_height=HEIGHT, plain_height=HEIGHT):
    """Everything in the folder of shared data: the sequences named, and of the other clips one frame in `thin`."""
    data = Path(data)
    plain = load_clips(data.glob('backgrounds/*.mp4'), every=thin, height=plain_height)
    plain += load_clips(data.glob('clips/*.mp4'), every=2 * thin, height=plain_height)
    return Sources(load_davis(data / 'davis', names, annotated_height), plain, load_cutouts(cutouts))


def load_davis(root, names, height=HEIGHT):
    """@raises FileNotFoundError where a sequence is not there."""
    clips = []
    for name in names:
        files = sorted((Path(root) / 'JPEGImages/480p' / name).glob('*.jpg'))
        if not files:
            raise FileNotFoundError(f'there is no sequence {name} under {root}')
        frames = [shrink(np.ascontiguousarray(cv2.imread(str(file))[..., ::-1]), height) for file in files]
        truth = [
            shrink(cv2.imread(str(Path(root) / 'Annotations/480p' / name / f'{file.stem}.png'), 0), height) for file in files
        ]
        masks = [(mask > 127).astype(np.uint8) * 255 for mask in truth]
        clips.append(Clip(name, np.stack(frames), np.stack(masks)))
    return clips


def load_clips(paths, every=1, limit=120, height=HEIGHT):
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
                frames.append(shrink(np.ascontiguousarray(frame[..., ::-1]), height))
            index += 1
        clips.append(Clip(Path(path).stem, np.stack(frames)))
    return clips


def load_cutouts(folder):
    """Pictures with alpha (PNG or WebP); of those that differ by the tone of a skin alone, one."""
    if folder is None:
        return []
    other_tones = ('1f3fb', '1f3fc', '1f3fe', '1f3ff')
    files = [file for file in sorted(Path(folder).iterdir()) if not any(tone in file.stem for tone in other_tones)]
    pictures = [cv2.imread(str(file), cv2.IMREAD_UNCHANGED) for file in files]
    return [
        np.ascontiguousarray(picture[..., [2, 1, 0, 3]])
        for picture in pictures
        if picture is not None and picture.ndim == 3 and picture.shape[2] == 4
    ]
