"""The network that makes a mask of what a person says: a U-Net of residual blocks over a window of the picture, with
prompts drawn as maps beside the colours and the mask before (as in RITM, Sofiiuk et al., 2021).
"""

import torch
from torch import nn
from torch.nn import functional as F

from network import Down, Residual, norm_conv, up2

WIDTHS = (24, 48, 96, 128, 128)  # channels at /2, /4, /8, /16, /32
MAPS = 6


class Prompter(nn.Module):
    """image [B, 3, H, W] RGB 0..255, maps [B, 6, H, W] as `prompts.py` draws them; H and W are multiples of 32.

    -> logits [B, 1, H, W], logit of their IoU with the truth [B, 1]
    """

    def __init__(self):
        super().__init__()
        c2, c4, c8, c16, c32 = WIDTHS
        self.down2 = Down(3 + MAPS, c2, 0)
        self.more2 = norm_conv(c2, c2)
        self.down4 = Down(c2, c4, 1)
        self.down8 = Down(c4, c8, 2)
        self.down16 = Down(c8, c16, 2)
        self.down32 = Down(c16, c32, 1)
        self.up16 = Up(c32, c16, 96)
        self.up8 = Up(96, c8, 64)
        self.up4 = Up(64, c4, 48)
        self.up2 = Up(48, c2, 24)
        # The finest maps and colours are read where the outline is drawn.
        self.fine = norm_conv(24 + 4 * (3 + MAPS), 24)
        self.out = nn.Conv2d(24, 4, 3, padding=1)
        self.score = nn.Sequential(nn.Linear(64 + c32 + 3, 48), nn.ReLU(), nn.Linear(48, 1))

    def forward(self, image, maps):
        seen = torch.cat([(image - 118.0) / 60.0, maps], 1)
        s2 = F.relu(self.more2(self.down2(seen)))
        s4 = self.down4(s2)
        s8 = self.down8(s4)
        s16 = self.down16(s8)
        s32 = self.down32(s16)
        x8 = self.up8(self.up16(s32, s16), s8)
        x = self.up2(self.up4(x8, s4), s2)
        x = F.relu(self.fine(torch.cat([x, F.pixel_unshuffle(seen, 2)], 1)))
        logits = F.pixel_shuffle(self.out(x), 2)
        return logits, self.score(summary(x8, s32, logits))


class Up(nn.Module):
    """Coarse features, enlarged, beside finer ones."""

    def __init__(self, coarse, fine, outputs):
        super().__init__()
        self.coarse = nn.Conv2d(coarse, outputs, 1)
        self.fine = nn.Conv2d(fine, outputs, 1)
        self.block = Residual(outputs)

    def forward(self, coarse, fine):
        return self.block(F.relu(up2(self.coarse(coarse)) + self.fine(fine)))


def summary(x8, s32, logits):
    """What the score is read from: means inside of the mask and of all, the mask's size and sharpness."""
    soft = torch.sigmoid(logits)
    here = F.avg_pool2d(soft, 8)
    inside = (x8 * here).sum((2, 3)) / (here.sum((2, 3)) + 1)
    unsure = (soft * (1 - soft)).sum((2, 3)) / (soft.sum((2, 3)) + 1)
    area = torch.sqrt(soft.mean((2, 3)) + 1e-6)
    return torch.cat([inside, s32.mean((2, 3)), area, unsure, soft.amax((2, 3))], 1)
