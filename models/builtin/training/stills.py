"""Windows of single frames with the mask of one object: what the network for first masks learns from. All randomness
comes from the generator that is passed in.
"""

import cv2
import numpy as np

from colours import bins_of
from synthesis import CANVAS, blend_in, drawn, photograph, recolour, texture

EDGE = 192


def still(rng, sources, real_share):
    """-> picture uint8 [EDGE, EDGE, 3], mask uint8 [EDGE, EDGE] (0..255, soft at edges), bins int16 [EDGE, EDGE], what is
    near an outline uint8 [EDGE, EDGE], another thing in the window uint8 [EDGE, EDGE] (empty where there is none), whether
    the window is wide of the object; None where too little is seen of it.
    """
    is_wide = bool(rng.random() < 0.25)
    share = float(np.exp(rng.uniform(np.log(0.1), np.log(0.4)))) if is_wide else float(rng.uniform(0.35, 0.8))
    if sources.annotated and rng.random() < real_share:
        picture, mask = real(rng, sources, share)
        other = np.zeros_like(mask)
    else:
        picture, mask, other = composite(rng, sources, share)
    if rng.random() < 0.5:
        picture, mask, other = picture[:, ::-1], mask[:, ::-1], other[:, ::-1]
    picture = photograph(rng, np.ascontiguousarray(picture)[None])[0]
    mask, other = np.ascontiguousarray(mask), np.ascontiguousarray(other)
    if not 60 <= (mask > 127).sum() <= 0.9 * mask.size:
        return None
    around = np.ones((7, 7), np.uint8)
    edges = cv2.dilate(mask, around) - cv2.erode(mask, around)
    return picture, mask, bins_of(picture).astype(np.int16), edges, other, is_wide


def real(rng, sources, share):
    """A window around the object of an annotated frame, within the picture as `prompt.ts` looks at it."""
    clip = sources.annotated[int(rng.integers(len(sources.annotated)))]
    number = int(rng.integers(len(clip.frames)))
    frame, mask = clip.frames[number], clip.masks[number]
    if not mask.any():
        return np.zeros((EDGE, EDGE, 3), np.uint8), np.zeros((EDGE, EDGE), np.uint8)
    x, y, width, height = cv2.boundingRect(mask)
    stretch = np.exp(rng.normal(0, 0.15, 2))
    margin = 0.5 * (1 / share - 1)
    # A window as a person's box makes it keeps the object's aspect; others are square about it.
    edges = np.array([width, height], float) if rng.random() < 0.7 else np.full(2, float(max(width, height)))
    half = 0.5 * edges * (1 + 2 * margin) * stretch + 6
    at = np.array([x + width / 2, y + height / 2]) + rng.normal(0, 0.1, 2) * half
    x0, y0 = np.maximum(0, np.floor(at - half)).astype(int)
    x1, y1 = np.minimum(frame.shape[1::-1], np.ceil(at + half)).astype(int)
    x1, y1 = max(x1, x0 + 8), max(y1, y0 + 8)
    return fit(frame[y0:y1, x0:x1]), fit(mask[y0:y1, x0:x1])


def fit(part):
    method = cv2.INTER_AREA if part.shape[0] * part.shape[1] > EDGE * EDGE else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(part), (EDGE, EDGE), interpolation=method)


def composite(rng, sources, share):
    clip = sources.all[int(rng.integers(len(sources.all)))]
    picture = background(rng, clip).astype(np.float32)
    target = layer(rng, sources, clip, share * EDGE, 0.5 * EDGE + rng.normal(0, 0.08, 2) * EDGE)
    parts = [target]
    if rng.random() < 0.2:
        # An object of two things: a rider and a bicycle, say.
        to = target['at'] + rng.normal(0, 0.3, 2) * share * EDGE
        parts.append(layer(rng, sources, clip, share * EDGE * rng.uniform(0.3, 0.8), to))
    others = [
        layer(rng, sources, clip, EDGE * float(np.exp(rng.uniform(np.log(0.1), np.log(0.9)))), rng.uniform(0, 1, 2) * EDGE, target)
        for _ in range(int(rng.choice([0, 1, 1, 2, 3])))
    ]
    in_front = [other for other in others if rng.random() < 0.2]
    behind = [other for other in others if all(other is not each for each in in_front)]
    if rng.random() < 0.4:
        for each in parts:
            blend_in(rng, each, picture)
    mask = np.zeros((EDGE, EDGE), np.float32)
    for each in [*behind, *parts, *in_front]:
        alpha = each['alpha']
        if rng.random() < 0.3:
            shade = cv2.blur(np.roll(alpha, (int(rng.integers(-8, 9)), int(rng.integers(-8, 9))), (0, 1)), (13, 13))
            picture *= 1 - (rng.uniform(0, 0.5) * shade)[..., None]
        picture += alpha[..., None] * (each['colour'] - picture)
        is_part = any(each is part for part in parts)
        mask = np.maximum(mask, alpha) if is_part else mask * (1 - alpha)
    other = others[0]['alpha'] * (1 - mask) if others else np.zeros_like(mask)
    return picture.clip(0, 255).astype(np.uint8), (mask * 255).astype(np.uint8), (other * 255).astype(np.uint8)


def background(rng, clip):
    frame = clip.frames[int(rng.integers(len(clip.frames)))]
    height, width = frame.shape[:2]
    scale = float(rng.uniform(0.25, 1))
    w = int(max(24, min(width, scale * width * np.exp(rng.normal(0, 0.2)))))
    h = int(max(24, min(height, scale * height)))
    x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
    picture = fit(frame[y : y + h, x : x + w])
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 4)) if rng.random() < 0.25 else picture


def layer(rng, sources, clip, size, at, like=None):
    """A thing whose longer edge is about `size` pixels, at `at`: colour float32 [EDGE, EDGE, 3], alpha 0..1."""
    shape, skin = thing(rng, sources, clip, like)
    x, y, width, height = cv2.boundingRect((shape > 127).astype(np.uint8))
    scale = size / max(width, height, 1)
    turn = rng.normal(0, 15) if rng.random() < 0.8 else rng.uniform(-180, 180)
    matrix = cv2.getRotationMatrix2D((x + width / 2, y + height / 2), turn, scale)
    stretch = np.diag(np.exp(rng.normal(0, 0.12, 2)))
    matrix = stretch @ matrix
    matrix[:, 2] += at - stretch @ np.array([x + width / 2, y + height / 2])
    bend = rng.normal(0, 1, (2, 4, 4)).astype(np.float32) * (abs(rng.normal(0, 4)) if rng.random() < 0.4 else 0)
    if bend.any():
        edges = shape.shape[::-1]
        xs, ys = np.meshgrid(*(np.arange(edge, dtype=np.float32) for edge in edges))
        field = [cv2.resize(plane, edges, interpolation=cv2.INTER_CUBIC) for plane in bend * (edges[0] / CANVAS)]
        shape = cv2.remap(shape, xs + field[0], ys + field[1], cv2.INTER_LINEAR)
        skin = cv2.remap(skin, xs + field[0], ys + field[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    shrink = int(max(1, 0.6 / scale))
    if shrink > 1:
        # Linear sampling alone would show every second pixel of what gets much smaller.
        shape, skin = cv2.blur(shape, (shrink, shrink)), cv2.blur(skin, (shrink, shrink))
    alpha = cv2.warpAffine(shape, matrix, (EDGE, EDGE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    colour = cv2.warpAffine(skin, matrix, (EDGE, EDGE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    softness = float(rng.uniform(0, 1.1))
    if softness > 0.35:
        alpha = cv2.GaussianBlur(alpha, (0, 0), softness)
    return {'alpha': alpha.astype(np.float32) / 255, 'colour': colour.astype(np.float32), 'at': at, 'textures': [cv2.resize(skin, (CANVAS, CANVAS))]}


def thing(rng, sources, clip, like):
    """shape uint8 [h, w] and skin uint8 [h, w, 3] of the same size."""
    kind = rng.random()
    if kind < 0.45 and sources.cutouts:
        cutout = sources.cutouts[int(rng.integers(len(sources.cutouts)))]
        shape, skin = cutout[..., 3], cutout[..., :3]
        if rng.random() < 0.3:
            skin = patched(rng, sources, clip, like, skin.shape[:2])
        elif rng.random() < 0.6:
            grain = patched(rng, sources, clip, None, skin.shape[:2]).astype(np.float32)
            amount = rng.uniform(0.1, 0.6)
            skin = (skin + amount * (grain - grain.mean((0, 1)))).clip(0, 255).astype(np.uint8)
    elif kind < 0.65 and sources.annotated:
        source = sources.annotated[int(rng.integers(len(sources.annotated)))]
        number = int(rng.integers(len(source.frames)))
        x, y, width, height = cv2.boundingRect(source.masks[number])
        if width == 0:
            return thing(rng, sources, clip, like)
        shape = source.masks[number][y : y + height, x : x + width]
        skin = source.frames[number][y : y + height, x : x + width]
        shape, skin = (np.ascontiguousarray(each) for each in (shape, skin))
    else:
        shape = drawn(rng, 1)[0]
        skin = patched(rng, sources, clip, like, shape.shape)
    return shape, recolour(rng, [skin])[0] if rng.random() < 0.4 else skin


def patched(rng, sources, clip, like, size):
    skin = texture(rng, sources, clip, like if like is not None and rng.random() < 0.35 else None, 1)[0]
    return skin if skin.shape[:2] == size else cv2.resize(skin, size[::-1])
