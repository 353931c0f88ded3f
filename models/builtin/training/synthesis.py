"""Training samples: frames of one object, made from clips by cutting, pasting and moving, or cut out of annotated
sequences. All randomness comes from the generator that is passed in.
"""

import cv2
import numpy as np

from colours import bins_of, histograms, log_odds

SIZE = 160
FRAMES = 6
CANVAS = 160  # edge of the square on which a shape and its texture are drawn


def sample(rng, sources, real_share):
    """-> frames uint8 [FRAMES, S, S, 3], masks uint8 [FRAMES, S, S] (0..255, soft at edges)"""
    if sources.annotated and rng.random() < real_share:
        frames, masks = real(rng, sources)
    else:
        frames, masks = composite(rng, sources)
    if rng.random() < 0.5:
        frames, masks = frames[:, :, ::-1], masks[:, :, ::-1]
    if rng.random() < 0.5:
        frames, masks = frames[::-1], masks[::-1]
    frames = photograph(rng, frames)
    return frames, np.ascontiguousarray(masks)


# --- real sequences -------------------------------------------------------------------------------------------------


def frame_numbers(rng, count):
    """An anchor, then the other frames in a row at one stride, near or far from the anchor."""
    stride = int(rng.choice([1, 1, 2, 3]))
    gap = stride if rng.random() < 0.5 else int(rng.integers(1, 40))
    span = gap + (FRAMES - 2) * stride
    if span >= count:
        gap, stride, span = 1, 1, FRAMES - 1
    start = int(rng.integers(0, max(1, count - span)))
    return [start, *(start + gap + stride * index for index in range(FRAMES - 1))]


def real(rng, sources):
    clip = sources.annotated[int(rng.integers(len(sources.annotated)))]
    numbers = frame_numbers(rng, len(clip.frames))
    anchor = clip.masks[numbers[0]]
    near = clip.masks[numbers[1]]
    center, extent = box_of(np.maximum(near, 0) if near.any() else anchor)
    zoom = 0.8 * float(np.exp(rng.uniform(-0.35, 0.35)))
    if rng.random() < 0.7:
        zoom = min(zoom, 0.9 * SIZE / max(extent, 1))
    center = center + rng.normal(0, 0.12, 2) * SIZE / zoom
    turn = float(rng.normal(0, 4))
    matrix = cv2.getRotationMatrix2D((float(center[0]), float(center[1])), turn, zoom)
    matrix[:, 2] += SIZE / 2 - center
    frames = np.stack([warp(clip.frames[n], matrix) for n in numbers])
    masks = np.stack([warp(clip.masks[n], matrix, border=cv2.BORDER_CONSTANT) for n in numbers])
    return frames, masks


def box_of(mask):
    """Center (x, y) and longer edge of what is in a mask; the middle of an empty one."""
    if not mask.any():
        height, width = mask.shape
        return np.array([width / 2, height / 2]), height / 2
    x, y, width, height = cv2.boundingRect(mask)
    return np.array([x + width / 2, y + height / 2]), max(width, height)


def warp(picture, matrix, border=cv2.BORDER_REFLECT):
    return cv2.warpAffine(picture, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=border)


# --- composites -----------------------------------------------------------------------------------------------------


def composite(rng, sources):
    background, clip, numbers = moving_background(rng, sources)
    frames = background.astype(np.float32)
    target = layer(rng, sources, clip, numbers, is_target=True)
    before = [layer(rng, sources, clip, numbers, like=target) for _ in range(int(rng.choice([0, 1, 1, 2])))]
    after = [layer(rng, sources, clip, numbers, like=target) for _ in range(int(rng.choice([0, 0, 0, 1])))]
    if rng.random() < 0.3:
        blend_in(rng, target, frames)
    masks = np.zeros((FRAMES, SIZE, SIZE), np.float32)
    for each in [*before, target, *after]:
        colour, alpha = each['colour'], each['alpha']
        if each['shade'] > 0:
            shade = np.stack([cv2.blur(np.roll(a, (6, 4), (0, 1)), (15, 15)) for a in alpha])
            frames *= 1 - each['shade'] * shade[..., None]
        frames += alpha[..., None] * (colour - frames)
        masks = np.maximum(masks, alpha) if each is target else masks * (1 - alpha)
    return frames.clip(0, 255).astype(np.uint8), (masks * 255).astype(np.uint8)


def blend_in(rng, part, frames):
    """Moves a thing's colours, over all frames alike, towards what it lies on: outlines of little contrast. `frames` may be
    one, without its axis.
    """
    weight = part['alpha'][..., None]
    total = weight.sum() + 1
    axes = tuple(range(weight.ndim - 1))
    own = (part['colour'] * weight).sum(axes) / total
    under = (frames * weight).sum(axes) / total
    part['colour'] += rng.uniform(0.3, 0.95) * (under - own)


def moving_background(rng, sources):
    clip = sources.all[int(rng.integers(len(sources.all)))]
    numbers = frame_numbers(rng, len(clip.frames))
    height, width = clip.frames.shape[1:3]
    zoom = 0.8 * float(np.exp(rng.uniform(-0.3, 0.5)))
    zoom = max(zoom, SIZE / height)
    center = np.array([rng.uniform(0.3, 0.7) * width, rng.uniform(0.4, 0.6) * height])
    drift = rng.normal(0, 1, 2) * heavy(rng, 3)
    still = rng.random() < 0.3
    frames = []
    for index in range(FRAMES):
        number = numbers[0] if still else numbers[index]
        at = center + drift * index
        matrix = cv2.getRotationMatrix2D((float(at[0]), float(at[1])), 0, zoom)
        matrix[:, 2] += SIZE / 2 - at
        frames.append(warp(clip.frames[number], matrix))
    return np.stack(frames), clip, numbers


def heavy(rng, scale):
    """A size that is mostly small and sometimes large."""
    return scale * float(np.exp(rng.normal(0, 0.9)))


def layer(rng, sources, clip, numbers, is_target=False, like=None):
    """An object over all frames: colour float32 [FRAMES, S, S, 3] and alpha [FRAMES, S, S]."""
    kind = rng.random()
    if sources.annotated and kind < 0.3:
        shapes, textures = cut_out(rng, sources)
    elif sources.cutouts and kind < 0.6:
        shapes, textures = still_cut_out(rng, sources, clip)
    else:
        shapes = drawn(rng)
        textures = texture(rng, sources, clip, like if rng.random() < 0.35 else None)
    size = float(np.exp(rng.uniform(np.log(24), np.log(180)))) if is_target else float(rng.uniform(18, 130))
    at = rng.uniform(0.2, 0.8, 2) * SIZE
    velocity = rng.normal(0, 1, 2) * heavy(rng, 4 if is_target else 3)
    turn, spin = rng.uniform(-40, 40), rng.normal(0, 1) * heavy(rng, 2.5)
    growth = float(np.exp(rng.normal(0, 0.03)))
    bend = rng.normal(0, 1, (2, 4, 4)).astype(np.float32) * (heavy(rng, 2.5) if rng.random() < 0.7 else 0)
    bend_more = rng.normal(0, 1, (2, 4, 4)).astype(np.float32) * heavy(rng, 1.0)
    softness = float(rng.uniform(0, 0.9))
    colours, alphas = [], []
    jump = max(1, (numbers[1] - numbers[0]) ** 0.5)
    for index in range(FRAMES):
        time = index if index == 0 else index - 1 + jump
        scale = size / CANVAS * growth**time * (0.8 + 0.4 * rng.random() * 0.1)
        matrix = cv2.getRotationMatrix2D((CANVAS / 2, CANVAS / 2), turn + spin * time, scale)
        matrix[:, 2] += at + velocity * time - CANVAS / 2
        inverse = cv2.invertAffineTransform(matrix).astype(np.float32)
        shape, skin = shapes[index], textures[index]
        if bend.any():
            field = [cv2.resize(plane, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC) for plane in bend + bend_more * time]
            ys, xs = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32)
            map_x, map_y = xs + field[0], ys + field[1]
            shape = cv2.remap(shape, map_x, map_y, cv2.INTER_LINEAR)
            skin = cv2.remap(skin, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        alpha = cv2.warpAffine(shape, inverse, (SIZE, SIZE), flags=flags, borderMode=cv2.BORDER_CONSTANT)
        colour = cv2.warpAffine(skin, inverse, (SIZE, SIZE), flags=flags, borderMode=cv2.BORDER_REFLECT)
        if softness > 0.3:
            alpha = cv2.GaussianBlur(alpha, (0, 0), softness)
        speed = float(np.hypot(*velocity))
        if speed > 8 and rng.random() < 0.5:
            alpha, colour = smear(alpha, velocity), smear(colour, velocity)
        alphas.append(alpha)
        colours.append(colour)
    alpha = np.stack(alphas).astype(np.float32) / 255
    if is_target and rng.random() < 0.2:
        # It is gone from some frame on, or for a while.
        first = int(rng.integers(1, FRAMES))
        alpha[first : FRAMES if rng.random() < 0.5 else int(rng.integers(first + 1, FRAMES + 1))] = 0
    return {
        'colour': np.stack(colours).astype(np.float32),
        'alpha': alpha,
        'shade': float(rng.uniform(0, 0.5)) if rng.random() < 0.3 else 0.0,
        'textures': textures,
    }


def smear(picture, velocity):
    """Motion blur over a third of the way to the next frame."""
    dx, dy = velocity / 3
    length = max(2, int(np.hypot(dx, dy)))
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    cv2.line(kernel, (length - int(dx / 2), length - int(dy / 2)), (length + int(dx / 2), length + int(dy / 2)), 1)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def cut_out(rng, sources):
    """A real object with its true outline, over all frames."""
    clip = sources.annotated[int(rng.integers(len(sources.annotated)))]
    numbers = frame_numbers(rng, len(clip.frames))
    shapes, skins = [], []
    for number in numbers:
        mask = clip.masks[number]
        center, extent = box_of(mask)
        scale = 0.92 * CANVAS / max(extent, 8)
        matrix = np.array([[scale, 0, CANVAS / 2 - scale * center[0]], [0, scale, CANVAS / 2 - scale * center[1]]])
        shapes.append(cv2.warpAffine(mask, matrix, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR))
        skins.append(cv2.warpAffine(clip.frames[number], matrix, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
    if rng.random() < 0.5:
        skins = recolour(rng, skins)
    return shapes, skins


def still_cut_out(rng, sources, clip):
    """A picture with alpha, the same over all frames, at times with a texture that moves on it."""
    cutout = sources.cutouts[int(rng.integers(len(sources.cutouts)))]
    small = cv2.resize(cutout, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA)
    shape, skin = np.ascontiguousarray(small[..., 3]), np.ascontiguousarray(small[..., :3])
    skins = [skin] * FRAMES
    if rng.random() < 0.4:
        amount = rng.uniform(0.1, 0.8)
        grain = [each.astype(np.float32) for each in texture(rng, sources, clip, None)]
        skins = [(skin + amount * (each - each.mean((0, 1)))).clip(0, 255).astype(np.uint8) for each in grain]
    return [shape] * FRAMES, recolour(rng, skins) if rng.random() < 0.4 else skins


def texture(rng, sources, clip, like, count=FRAMES):
    """Canvases, one a frame, of moving texture; of two parts in half of the cases."""
    first = patches(rng, sources, clip, count)
    if like is not None:
        first = like['textures']
    if rng.random() < 0.5:
        second = patches(rng, sources, clip, count)
        parts = cv2.resize(rng.random((int(rng.integers(2, 5)),) * 2).astype(np.float32), (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
        pick = (parts > 0.5)[..., None]
        first = [np.where(pick, one, other) for one, other in zip(first, second)]
    return first


def patches(rng, sources, clip, count=FRAMES):
    kind = rng.random()
    if kind < 0.12:
        flat = rng.integers(0, 256, 3)
        grain = cv2.resize(rng.normal(0, 12, (40, 40, 1)).astype(np.float32), (CANVAS, CANVAS))
        picture = np.clip(flat + grain[..., None], 0, 255).astype(np.uint8)
        return [picture] * count
    source = clip if kind < 0.35 else sources.all[int(rng.integers(len(sources.all)))]
    height, width = source.frames.shape[1:3]
    edge = int(rng.integers(40, min(height, width)))
    x, y = int(rng.integers(0, width - edge + 1)), int(rng.integers(0, height - edge + 1))
    start = int(rng.integers(0, len(source.frames)))
    moving = rng.random() < 0.4
    pictures = []
    for index in range(count):
        number = min(start + index, len(source.frames) - 1) if moving else start
        pictures.append(cv2.resize(source.frames[number][y : y + edge, x : x + edge], (CANVAS, CANVAS), interpolation=cv2.INTER_AREA))
    return recolour(rng, pictures) if rng.random() < 0.4 else pictures


def recolour(rng, pictures):
    mix = np.eye(3) + rng.normal(0, 0.25, (3, 3))
    shift = rng.normal(0, 25, 3)
    return [np.clip(picture.reshape(-1, 3) @ mix + shift, 0, 255).astype(np.uint8).reshape(picture.shape) for picture in pictures]


def drawn(rng, count=FRAMES):
    """Canvases, one a frame, of one shape: a blob, a body with limbs that move, a polygon, or a ring."""
    kind = rng.random()
    if kind < 0.35:
        return [blob(rng)] * count
    if kind < 0.8:
        return body(rng, count)
    if kind < 0.92:
        corners = int(rng.integers(3, 9))
        angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
        radii = rng.uniform(0.25, 0.48, corners) * CANVAS
        canvas = np.zeros((CANVAS, CANVAS), np.uint8)
        points = np.stack([CANVAS / 2 + radii * np.cos(angles), CANVAS / 2 + radii * np.sin(angles)], 1)
        cv2.fillPoly(canvas, [points.astype(np.int32)], 255, cv2.LINE_AA)
        return [canvas] * count
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    axes = (int(rng.integers(40, 70)), int(rng.integers(40, 70)))
    cv2.ellipse(canvas, (CANVAS // 2, CANVAS // 2), axes, 0, 0, 360, 255, int(rng.integers(10, 28)), cv2.LINE_AA)
    return [canvas] * count


def blob(rng):
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = np.ones_like(angle)
    for wave in range(1, 7):
        radius += rng.normal(0, 0.3 / wave) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    radius = np.clip(radius, 0.15, None)
    radius *= 0.47 * CANVAS / radius.max()
    squash = rng.uniform(0.5, 1)
    points = np.stack([CANVAS / 2 + radius * np.cos(angle), CANVAS / 2 + squash * radius * np.sin(angle)], 1)
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    cv2.fillPoly(canvas, [points.astype(np.int32)], 255, cv2.LINE_AA)
    return canvas


def body(rng, count=FRAMES):
    axes = np.array([rng.uniform(0.13, 0.3), rng.uniform(0.1, 0.2)]) * CANVAS
    limbs = [
        {
            'from': rng.uniform(-0.9, 0.9, 2) * axes,
            'angle': rng.uniform(0, 2 * np.pi),
            'swing': rng.normal(0, 0.25),
            'length': rng.uniform(0.12, 0.32) * CANVAS,
            'width': int(rng.integers(5, 20)),
            'bend': rng.normal(0, 0.6),
        }
        for _ in range(int(rng.integers(1, 6)))
    ]
    head = rng.uniform(0, 0.14) * CANVAS
    shapes = []
    for index in range(count):
        canvas = np.zeros((CANVAS, CANVAS), np.uint8)
        center = np.array([CANVAS / 2, CANVAS / 2])
        cv2.ellipse(canvas, tuple(center.astype(int)), tuple(axes.astype(int)), 0, 0, 360, 255, -1, cv2.LINE_AA)
        cv2.circle(canvas, (int(center[0] + axes[0]), int(center[1] - axes[1])), int(head), 255, -1, cv2.LINE_AA)
        for limb in limbs:
            at = center + limb['from']
            angle = limb['angle'] + limb['swing'] * index
            for part in range(2):
                to = at + 0.5 * limb['length'] * np.array([np.cos(angle), np.sin(angle)])
                cv2.line(canvas, tuple(at.astype(int)), tuple(to.astype(int)), 255, limb['width'], cv2.LINE_AA)
                at, angle = to, angle + limb['bend']
        shapes.append(canvas)
    return shapes


def photograph(rng, frames):
    """Light that changes, blur, grain and compression."""
    gain = 1 + rng.normal(0, 0.12) + np.cumsum(rng.normal(0, 0.03, len(frames)))
    shift = rng.normal(0, 10) + np.cumsum(rng.normal(0, 2.5, len(frames)))
    tint = 1 + rng.normal(0, 0.05, 3)
    blur = rng.uniform(0.4, 1.1) if rng.random() < 0.25 else 0
    grain = rng.uniform(1, 8) if rng.random() < 0.3 else 0
    quality = int(rng.integers(25, 80)) if rng.random() < 0.2 else 0
    grey = rng.random() < 0.05
    out = []
    for index, frame in enumerate(frames):
        table = np.arange(256)[:, None] * gain[index] * tint + shift[index]
        table = table.clip(0, 255).astype(np.uint8)
        picture = cv2.LUT(np.ascontiguousarray(frame), table[:, None, :])
        if blur:
            picture = cv2.GaussianBlur(picture, (0, 0), blur)
        if grain:
            noise = rng.normal(0, grain, (*picture.shape[:2], 1)).astype(np.float32)
            picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        if quality:
            picture = cv2.imdecode(cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)
        if grey:
            picture = np.repeat(picture.mean(-1, keepdims=True), 3, -1).astype(np.uint8)
        out.append(picture)
    return np.stack(out)


def with_colours(frames, masks):
    """Adds bins int16 [FRAMES, S, S], the anchor's log odds float32 [FRAMES, S, S], and what is near an outline, uint8 [FRAMES, S, S]."""
    bins = np.stack([bins_of(frame) for frame in frames])
    pair = histograms(bins[0], masks[0].astype(np.float32) / 255)
    odds = np.stack([log_odds(each, pair) for each in bins])
    around = np.ones((9, 9), np.uint8)
    edges = np.stack([cv2.dilate(mask, around) - cv2.erode(mask, around) for mask in masks])
    return frames, masks, bins.astype(np.int16), odds, edges
