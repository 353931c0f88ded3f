import torch
from torch.nn import functional as F


def mask_loss(logits, target, weight):
    """Cross-entropy, weighted towards the outline, and soft IoU; [B, masks]."""
    logits = logits.float()
    soft = torch.sigmoid(logits)
    entropy = F.binary_cross_entropy_with_logits(logits, target, weight, reduction='none').mean((2, 3))
    both = (soft * target).sum((2, 3))
    either = (soft + target).sum((2, 3)) - both
    return 2 * entropy + 1 - (both + 20) / (either + 20)


def hard_iou(one, other):
    """[B, masks]"""
    both = (one & other).sum((2, 3)).float()
    either = (one | other).sum((2, 3)).float()
    return torch.where(either == 0, torch.ones_like(either), both / either.clamp(min=1))
