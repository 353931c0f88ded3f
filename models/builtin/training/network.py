"""The built-in network that carries a mask; `prompter.py` is the one that makes a first mask.

`Encoder` sees a picture alone. `Carrier` reads the masks of an anchor ("far") and of the frame before ("near") through
attention, in the manner of space-time memory networks (Oh et al., 2019; similarity as in Cheng et al., 2021), and gives
the mask of this frame.

Shapes are [B, C, H, W]; H and W are multiples of 16. "/8" is the grid of H/8 x W/8 tokens, N of them.
"""

import torch
from torch import nn
from torch.nn import functional as F

WIDTHS = (24, 48, 96, 128)  # channels at /2, /4, /8, /16
KEY = 48
VALUE = 64
PATCH = 8


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
    """RGB 0..255 -> what the others read: f8, key at /8, s4 and s2."""

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

    def forward(self, image):
        x = (image - 118.0) / 60.0
        s2 = F.relu(self.more2(self.down2(x)))  # [B, 24, H/2, W/2]
        s4 = self.down4(s2)  # [B, 48, H/4, W/4]
        f8 = self.down8(s4)  # [B, 96, H/8, W/8]
        f16 = self.down16(f8)  # [B, 128, H/16, W/16]
        f8 = F.relu(self.merge(f8 + up2(self.context(f16))))
        return f8, self.key(f8), s4, s2


class Memory(nn.Module):
    """A frame's mask as values to be read: what it looks like there (learned), and the mask itself, 8 x 8 a token."""

    def __init__(self):
        super().__init__()
        self.see = nn.Conv2d(WIDTHS[2], VALUE, 1)
        self.mask = nn.Conv2d(PATCH * PATCH, VALUE, 1)
        self.mix = Residual(VALUE)

    def forward(self, f8, probability):
        """f8 [B, 96, /8], probability [B, 1, H, W] -> [B, 64 + 64, /8]"""
        patches = F.pixel_unshuffle(probability, PATCH)
        learned = self.mix(F.relu(self.see(f8) + self.mask(patches)))
        return torch.cat([learned, patches], 1)


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
    """/8 -> /4 -> /2 -> full size, with the encoder's finer features and maps of the same size beside them."""

    def __init__(self, maps, outputs):
        super().__init__()
        c2, c4, c8, _ = WIDTHS
        self.to4 = nn.Conv2d(c8, 48, 1)
        self.skip4 = nn.Conv2d(c4, 48, 1)
        self.mix4 = norm_conv(48 + maps, 48)
        self.block4 = Residual(48)
        self.to2 = nn.Conv2d(48, 24, 1)
        self.skip2 = nn.Conv2d(c2, 24, 1)
        self.mix2 = norm_conv(24 + 4 * maps, 24)
        self.more2 = norm_conv(24, 24)
        self.out = nn.Conv2d(24, 4 * outputs, 3, padding=1)

    def forward(self, x, s4, s2, maps):
        x = up2(self.to4(x)) + self.skip4(s4)
        x = F.relu(self.mix4(torch.cat([F.relu(x), F.avg_pool2d(maps, 4)], 1)))
        x = self.block4(x)
        x = up2(self.to2(x)) + self.skip2(s2)
        x = F.relu(self.mix2(torch.cat([F.relu(x), F.pixel_unshuffle(maps, 2)], 1)))
        x = F.relu(self.more2(x))
        return F.pixel_shuffle(self.out(x), 2)


class Carrier(nn.Module):
    """This frame's mask from remembered ones. Objects of one picture may share its features and the remembered keys, which
    are [1, ...] then: what attends to what depends on the pictures alone.

    maps [B, 3, H, W]: the mask before (0..1), and log odds of the colours of the anchors and of recent frames.
    """

    def __init__(self):
        super().__init__()
        self.read = Read()
        # How far an object goes between two frames: attention to the frame before falls off with distance (tokens).
        self.reach = nn.Parameter(torch.tensor(1.5))
        self.sharpness = nn.Parameter(torch.tensor([1.0, 1.0]))
        entry = WIDTHS[2] + 2 * (VALUE + PATCH * PATCH) + 2 + 3
        self.reduce = norm_conv(entry, WIDTHS[2], 1)
        self.blocks = nn.Sequential(Residual(WIDTHS[2]), Residual(WIDTHS[2]))
        self.upward = Upward(3, 1)
        self.score = nn.Sequential(nn.Linear(2 * WIDTHS[2] + 4, 48), nn.ReLU(), nn.Linear(48, 2))

    def forward(self, f8, key, s4, s2, maps, places, far_key, far_value, near_key, near_value):
        """places [N, 2] tokens (x, y); far_key [B, K, M], far_value [B, V, M] of any number of frames; near of one.

        -> logits [B, 1, H, W], score [B, 2]: logits of "the object is here" and of the IoU with the truth.
        """
        batch = maps.shape[0]
        height, width = f8.shape[2:]
        query = key.flatten(2)
        far = similarity(query, far_key, self.sharpness[0].exp())
        near = similarity(query, near_key, self.sharpness[1].exp(), places, torch.exp(-2 * self.reach))
        far_read, far_peak = self.read(far, far_value)
        near_read, near_peak = self.read(near, near_value)
        peaks = torch.cat([far_peak, near_peak], 1).expand(batch, -1, -1)
        grid = torch.cat([far_read, near_read, peaks], 1).unflatten(2, (height, width))
        x = torch.cat([f8.expand(batch, -1, -1, -1), grid, F.avg_pool2d(maps, PATCH)], 1)
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
