"""The built-in network that carries a mask; `prompter.py` is the one that makes a first mask.

`Encoder` sees a picture alone. `Carrier` reads the masks of an anchor ("far") and of the frame before ("near") through
attention, in the manner of space-time memory networks (Oh et al., 2019; similarity as in Cheng et al., 2021), and gives
the mask of this frame.

Shapes are [B, C, H, W]; H and W are multiples of 16. "/8" is the grid of H/8 x W/8 tokens, N of them.
"""

import torch
from torch import nn
from torch.nn import functional as F

WIDTHS = (32, 48, 96, 128)  # channels of the encoder at /2, /4, /8, /16
FINE = (16, 48)  # channels at /2 and /4 of what an object's mask is drawn with: all of it is done again for each object
KEY = 48
LEARNED = 64
PATCH = 8
# Numbers of a value: learned ones, and the mask in 4 x 4 parts of a token.
VALUE = LEARNED + 16


def norm_conv(inputs, outputs, kernel=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)
    )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = norm_conv(channels, channels)
        self.second = norm_conv(channels, channels)

    def forward(self, x):
        return F.relu(x + self.second(F.relu(self.first(x))))


class Down(nn.Module):
    def __init__(self, inputs, outputs, blocks):
        super().__init__()
        self.reduce = norm_conv(inputs, outputs, 3, 2)
        self.blocks = nn.Sequential(*[Residual(outputs) for _ in range(blocks)])

    def forward(self, x):
        return self.blocks(F.relu(self.reduce(x)))


class Encoder(nn.Module):
    """RGB 0..255 -> what the others read: f8 [B, 96, /8], key [B, 48, /8], s4 [B, 48, /4] and s2 [B, 16, /2]."""

    def __init__(self):
        super().__init__()
        c2, c4, c8, c16 = WIDTHS
        self.down2 = Down(3, c2, 0)
        self.more2 = norm_conv(c2, c2)
        self.down4 = Down(c2, c4, 1)
        self.down8 = Down(c4, c8, 2)
        self.down16 = Down(c8, c16, 2)
        self.context = norm_conv(c16, c8, 1)
        self.merge = norm_conv(c8, c8)
        self.key = nn.Conv2d(c8, KEY, 3, padding=1)
        self.skip2 = nn.Conv2d(c2, FINE[0], 1)
        self.skip4 = nn.Conv2d(c4, FINE[1], 1)

    def forward(self, image):
        x = (image - 118.0) / 60.0
        x2 = F.relu(self.more2(self.down2(x)))
        x4 = self.down4(x2)
        f8 = self.down8(x4)
        f16 = self.down16(f8)
        f8 = F.relu(self.merge(f8 + up2(self.context(f16))))
        return f8, self.key(f8), self.skip4(x4), self.skip2(x2)


class Memory(nn.Module):
    """A frame's mask as values to be read: what it looks like there (learned), and the mask itself, 4 x 4 a token."""

    def __init__(self):
        super().__init__()
        self.see = nn.Conv2d(WIDTHS[2], LEARNED, 1)
        self.mask = nn.Conv2d(PATCH * PATCH, LEARNED, 1)
        self.mix = Residual(LEARNED)

    def forward(self, f8, probability):
        """f8 [B, 96, /8], probability [B, 1, H, W] -> [B, 64 + 16, /8]"""
        learned = self.mix(F.relu(self.see(f8) + self.mask(F.pixel_unshuffle(probability, PATCH))))
        return torch.cat([learned, F.pixel_unshuffle(F.avg_pool2d(probability, 2), PATCH // 2)], 1)


def up2(x):
    return F.interpolate(x, scale_factor=2.0, mode='bilinear', align_corners=False)


def similarity(query, key, sharpness, places=None, falloff=None):
    """query [B, K, N], key [B, K, M] -> [B, N, M]: negative squared distance of keys, and of places times `falloff`, less
    what is constant a row (softmax does not see it). All of it is one product, as the table is large.
    """
    scale = sharpness / KEY**0.5
    own, other = [2 * scale * query], [key]
    offset = -scale * (key * key).sum(1, keepdim=True)
    if places is not None:
        at = places.t().unsqueeze(0).expand(key.shape[0], -1, -1)
        own.append(2 * falloff * at)
        other.append(at)
        offset = offset - falloff * (at * at).sum(1, keepdim=True)
    own.append(torch.ones_like(query[:, :1]))
    other.append(offset)
    return torch.matmul(torch.cat(own, 1).transpose(1, 2), torch.cat(other, 1))


class Read(nn.Module):
    """Attention of this frame's tokens over remembered ones."""

    def forward(self, scores, value):
        """scores [B, N, M], value [B, V, M] -> read [B, V, N], confidence [B, 1, N]"""
        weights = scores.softmax(-1)
        peak = weights.amax(-1).unsqueeze(1)
        return torch.matmul(value, weights.transpose(1, 2)), peak


class Upward(nn.Module):
    """/8 -> /4 -> /2 -> full size, with the encoder's finer features and the maps beside them."""

    def __init__(self):
        super().__init__()
        fine2, fine4 = FINE
        self.to4 = nn.Conv2d(WIDTHS[2], fine4, 1)
        self.maps4 = nn.Conv2d(3, fine4, 3, padding=1, bias=False)
        self.mix4 = norm_conv(fine4, fine4)
        self.block4 = Residual(fine4)
        self.to2 = nn.Conv2d(fine4, fine2, 1)
        self.maps2 = nn.Conv2d(3, fine2, 6, stride=2, padding=2, bias=False)
        self.mix2 = norm_conv(fine2, fine2)
        self.more2 = norm_conv(fine2, fine2)
        self.out = nn.Conv2d(fine2, 4, 3, padding=1)

    def forward(self, x, s4, s2, maps):
        x = F.relu(up2(self.to4(x)) + s4)
        x = F.relu(self.mix4(x) + self.maps4(F.avg_pool2d(maps, 4)))
        x = self.block4(x)
        x = F.relu(up2(self.to2(x)) + s2)
        x = F.relu(self.mix2(x) + self.maps2(maps))
        x = F.relu(self.more2(x))
        return F.pixel_shuffle(self.out(x), 2)


class Carrier(nn.Module):
    """An object's mask on this frame, or in a window of it, from remembered ones.

    maps [B, 3, H, W]: the mask before (0..1), and log odds of the colours of the anchors and of recent frames.
    """

    def __init__(self):
        super().__init__()
        self.read = Read()
        # How far an object goes between two frames: attention to the frame before falls off with distance (tokens).
        self.reach = nn.Parameter(torch.tensor(1.5))
        self.sharpness = nn.Parameter(torch.tensor([1.0, 1.0]))
        entry = WIDTHS[2] + 2 * VALUE + 2 + 3
        self.reduce = norm_conv(entry, WIDTHS[2], 1)
        self.blocks = nn.Sequential(Residual(WIDTHS[2]), Residual(WIDTHS[2]))
        self.upward = Upward()
        self.score = nn.Sequential(nn.Linear(2 * WIDTHS[2] + 4, 48), nn.ReLU(), nn.Linear(48, 2))

    def forward(self, f8, key, s4, s2, maps, places, far_key, far_value, near_key, near_value):
        """places [N, 2] tokens (x, y); far_key [B, K, M], far_value [B, V, M] of any number of frames; near of one, N tokens.

        -> logits [B, 1, H, W], score [B, 2]: logits of "the object is here" and of the IoU with the truth.
        """
        height, width = f8.shape[2:]
        query = key.flatten(2)
        far = similarity(query, far_key, self.sharpness[0].exp())
        near = similarity(query, near_key, self.sharpness[1].exp(), places, torch.exp(-2 * self.reach))
        far_read, far_peak = self.read(far, far_value)
        near_read, near_peak = self.read(near, near_value)
        grid = torch.cat([far_read, near_read, far_peak, near_peak], 1).unflatten(2, (height, width))
        x = torch.cat([f8, grid, F.avg_pool2d(maps, PATCH)], 1)
        x = self.blocks(F.relu(self.reduce(x)))
        logits = self.upward(x, s4, s2, maps)
        return logits, self.score(summary(x, logits, maps[:, :1]))


def summary(x, logits, before):
    """What a score is read from: means inside and outside of the mask, its size, sharpness and change."""
    soft = torch.sigmoid(logits)
    here = F.avg_pool2d(soft, PATCH)
    area = soft.mean((2, 3))
    inside = (x * here).sum((2, 3)) / (here.sum((2, 3)) + 1)
    unsure = (soft * (1 - soft)).sum((2, 3)) / (soft.sum((2, 3)) + 1)
    overlap = (soft * before).sum((2, 3)) / (torch.maximum(soft, before).sum((2, 3)) + 1)
    peak = soft.amax((2, 3))
    return torch.cat([inside, x.mean((2, 3)), torch.sqrt(area + 1e-6), unsure, overlap, peak], 1)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.memory = Memory()
        self.carrier = Carrier()
