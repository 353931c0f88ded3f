"""Makes the golden data of test/parity from the reference implementation.

The reference stands beside the project, never in it. Install it into an environment of its own:

    python3 -m venv ref
    ref/bin/pip install torch==2.13.0 numpy pillow tqdm hydra-core iopath pycocotools
    ref/bin/pip install --no-deps rf-sam-2==1.0.3

and run, from the project's root:

    ref/bin/python test/parity/make_golden.py [CONFIG ...]
    ref/bin/python test/parity/make_golden.py --checkpoint CONFIG FILE

Weights and pictures are drawn from seeds by rules that seeded-weights.ts and seeded-clip.ts repeat, so neither is
committed. What is committed, in test/parity/golden, is small: masks as RLE, tensors as their largest magnitude and
evenly spaced samples.

The reference is changed in one way, the one in which we differ from it on purpose (class Anchored below): a corrected
frame conditions, and does not attend to what was remembered of it before. Holes are not filled (the reference fills
them on CUDA alone).
"""

import base64
import json
import math
import re
import sys
from pathlib import Path

import numpy as np
import torch
from hydra import compose
from hydra.utils import instantiate
from omegaconf import OmegaConf
from PIL import Image
from pycocotools import mask as coco

import sam2  # noqa: F401  (registers the configurations)
from sam2.sam2_video_predictor import SAM2VideoPredictor

HERE = Path(__file__).parent
SAMPLES = 128
MAX_ANCHORS = 4

CONFIG_FILES = {"tiny": "t", "small": "s", "base_plus": "b+", "large": "l"}

MINIATURE = {
    "image_encoder.trunk.embed_dim": 16,
    "image_encoder.trunk.stages": [1, 2, 3, 2],
    "image_encoder.trunk.global_att_blocks": [4, 5],
    "image_encoder.neck.d_model": 64,
    "image_encoder.neck.position_encoding.num_pos_feats": 64,
    "image_encoder.neck.backbone_channel_list": [128, 64, 32, 16],
    "memory_attention.d_model": 64,
    "memory_attention.layer.d_model": 64,
    "memory_attention.layer.dim_feedforward": 128,
    "memory_attention.layer.self_attention.embedding_dim": 64,
    "memory_attention.layer.cross_attention.embedding_dim": 64,
    "memory_attention.layer.cross_attention.kv_in_dim": 16,
    "memory_encoder.out_dim": 16,
    "memory_encoder.in_dim": 64,
    "memory_encoder.position_encoding.num_pos_feats": 16,
    "memory_encoder.mask_downsampler.embed_dim": 64,
    "memory_encoder.fuser.layer.dim": 64,
}

# (pattern, centre, scale); the first that matches the key counts; None scales by the fan-in.
KINDS = [
    (r"pred_obj_score_head\.layers\.2\.bias$", 0, 0),
    (r"pred_obj_score_head\.layers\.2\.weight$", 0, 0.5),
    (
        r"(norm\w*|ln)\.weight$|(mask_downscaling\.[14]|output_upscaling\.1|encoder\.(1|4|7|10))\.weight$",
        1,
        0.1,
    ),
    (r"gamma$", 0.5, 0.3),
    (r"mask_downsample\.weight$", 0, 0.5),
    (r"gaussian_matrix$", 0, 1.5),
    (r"(maskmem_tpos_enc|no_mem_embed|no_mem_pos_enc|no_obj_ptr|no_obj_embed_spatial)$", 0, 0.5),
    (r"pos_embed(_window)?$", 0, 0.3),
    (r"(token|tokens|embed|point_embeddings\.\d)\.weight$", 0, 1),
    (r"bias$", 0, 0.1),
    (r"weight$", 0, None),
]


class Anchored(SAM2VideoPredictor):
    """The reference, with every prompted frame an anchor that does not attend to its own old memory."""

    def _run_single_frame_inference(self, inference_state, output_dict, frame_idx, *args, **kwargs):
        if kwargs["point_inputs"] is not None:
            others = {
                kind: {t: out for t, out in outputs.items() if t != frame_idx}
                for kind, outputs in output_dict.items()
            }
            if not others["cond_frame_outputs"]:
                kwargs["is_init_cond_frame"] = True
            output_dict = others
        return super()._run_single_frame_inference(
            inference_state, output_dict, frame_idx, *args, **kwargs
        )


def fnv(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def mix(values):
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x7FEB352D)
    values = (values ^ (values >> np.uint32(15))) * np.uint32(0x846CA68B)
    return values ^ (values >> np.uint32(16))


def seeded_tensor(key, shape, seed, object_score_bias):
    _, centre, scale = next(kind for kind in KINDS if re.search(kind[0], key))
    if scale is None:
        scale = math.sqrt(3 / math.prod(shape[1:]))
    if key.endswith("pred_obj_score_head.layers.2.bias"):
        centre = object_score_bias
    start = np.uint32(fnv(f"{seed}/{key}"))
    index = np.arange(math.prod(shape), dtype=np.uint32)
    unit = (mix(start + index * np.uint32(0x9E3779B1)) >> np.uint32(8)).astype(np.float64) / 0x800000 - 1
    return torch.from_numpy((centre + scale * unit).astype(np.float32).reshape(shape))


def build(name, image_size):
    size, version = re.match(r"(\w+)-(2\.\d)", name).groups()
    letter = CONFIG_FILES.get(size, "t")
    file = f"configs/sam2.1/sam2.1_hiera_{letter}.yaml" if version == "2.1" else f"configs/sam2/sam2_hiera_{letter}.yaml"
    config = compose(config_name=file)
    OmegaConf.set_struct(config, False)
    model = config.model
    changes = MINIATURE if size == "miniature" else {}
    for path, value in changes.items():
        OmegaConf.update(model, path, value)
    model.image_size = image_size
    model.max_cond_frames_in_attn = MAX_ANCHORS
    model.binarize_mask_from_pts_for_mem_enc = True
    model.fill_hole_area = 0
    model.add_all_frames_to_correct_as_cond = True
    model.sam_mask_decoder_extra_args = {
        "dynamic_multimask_via_stability": True,
        "dynamic_multimask_stability_delta": 0.05,
        "dynamic_multimask_stability_thresh": 0.98,
    }
    OmegaConf.resolve(config)
    arguments = {key: instantiate(model[key]) for key in ("image_encoder", "memory_attention", "memory_encoder")}
    plain = OmegaConf.to_container(model)
    plain.pop("_target_")
    predictor = Anchored(**{**plain, **arguments}).eval()
    # Without pointers, memories alone reach the attention as bfloat16, which it takes under autocast only.
    predictor.memory_attention.register_forward_pre_hook(
        lambda _, args, kwargs: (args, {**kwargs, "memory": kwargs["memory"].float()}), with_kwargs=True
    )
    return predictor


def seeded_frame(frame, width, height, hidden):
    """RGB of a frame: a slanted pattern, and two discs that move; flat grey where hidden. See seeded-clip.ts."""
    if frame in hidden:
        return np.full((height, width, 3), 24, dtype=np.uint8)
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    picture = np.stack(
        [(x * 2 + y + frame * 3) % 256, (x + y * 3 + 60) % 256, (255 - x + y * 2 + frame) % 256], axis=2
    )
    picture = 64 + picture // 3
    small = min(width, height)
    for disc in range(2):
        cx = width * 3 // 10 + frame * width // 60 if disc == 0 else width * 7 // 10 - frame * width // 90
        cy = height * 4 // 10 if disc == 0 else height * 6 // 10 + frame * height // 80
        radius = small * 2 // 10 - disc * small // 20
        inside = (x - cx) ** 2 + (y - cy) ** 2 <= radius * radius
        stripes = ((x + y * 2) // 4 % 2) * 40
        colour = (230, 40, 60) if disc == 0 else (30, 60, 240)
        for channel in range(3):
            picture[:, :, channel] = np.where(
                inside, np.clip(colour[channel] + stripes - 20, 0, 255), picture[:, :, channel]
            )
    return picture.astype(np.uint8)


def tensors_hash(tensors):
    """Hash of every key with its shape, which ours must list just so."""
    return fnv("".join(sorted(f"{key} {'x'.join(map(str, value.shape))}\n" for key, value in tensors.items())))


def write_checkpoint(name, path):
    """A checkpoint as the publisher saves them, with the weights of a configuration of scenarios.json."""
    config = json.loads((HERE / "scenarios.json").read_text())["configs"][name]
    shapes = build(name, config["imageSize"]).state_dict()
    torch.save(
        {"model": {k: seeded_tensor(k, tuple(v.shape), config["seed"], config["objectScoreBias"]) for k, v in shapes.items()}},
        path,
    )


def network_input(picture, size):
    resized = np.array(Image.fromarray(picture).resize((size, size)))
    image = torch.from_numpy(resized / 255.0).permute(2, 0, 1).to(torch.float32)
    image -= torch.tensor((0.485, 0.456, 0.406))[:, None, None]
    image /= torch.tensor((0.229, 0.224, 0.225))[:, None, None]
    return image, resized


def sampled(tensor):
    """Largest magnitude, and samples at every `stride`-th place as base64 of float32."""
    flat = tensor.detach().float().contiguous().reshape(-1).numpy()
    stride = max(1, len(flat) // SAMPLES)
    if stride > 1 and stride % 2 == 0:
        stride += 1
    data = base64.b64encode(flat[::stride].astype("<f4").tobytes()).decode()
    return {"count": len(flat), "stride": stride, "max": float(np.abs(flat).max()), "data": data}


def encoded(video_logits):
    mask = np.asfortranarray((video_logits > 0).numpy().astype(np.uint8))
    return coco.encode(mask)["counts"].decode()


def state_of(predictor, images, width, height):
    import unittest.mock

    from sam2 import sam2_video_predictor

    loaded = (torch.stack(images), height, width)
    with unittest.mock.patch.object(sam2_video_predictor, "load_video_frames", lambda **_: loaded):
        return predictor.init_state("none")


def record(state, object_id, frame, video_logits):
    index = state["obj_id_to_idx"][object_id]
    outputs = [state["temp_output_dict_per_obj"][index], state["output_dict_per_obj"][index]]
    out = next(o[kind][frame] for o in outputs for kind in o if frame in o[kind])
    entry = {
        "object": object_id,
        "frame": frame,
        "mask": encoded(video_logits),
        "logits": sampled(out["pred_masks"]),
        "pointer": sampled(out["obj_ptr"]),
        "score": float(out["object_score_logits"]),
    }
    if out["maskmem_features"] is not None:
        # [1, M, h, w] to [h w, M], as ours is laid out
        entry["memory"] = sampled(out["maskmem_features"][0].flatten(1).T)
    return entry


def ellipse(width, height, shape):
    cx, cy, rx, ry = (round(v * s) for v, s in zip(shape, (width, height, width, height)))
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    return ((x - cx) * ry) ** 2 + ((y - cy) * rx) ** 2 <= (rx * ry) ** 2


def run_scenario(predictor, images, width, height, steps):
    state = state_of(predictor, images, width, height)
    results = []
    for step in steps:
        entries = []
        if step["op"] == "points":
            points = [[x * width, y * height] for x, y in step["points"]]
            box = step.get("box")
            frame, ids, logits = predictor.add_new_points_or_box(
                state,
                step["frame"],
                step["object"],
                points=np.array(points, dtype=np.float32) if points else None,
                labels=np.array(step["labels"], dtype=np.int32) if points else None,
                box=None if box is None else np.array([v * s for v, s in zip(box, (width, height) * 2)], dtype=np.float32),
                clear_old_points=not step.get("isMore", False),
            )
            entries.append(record(state, step["object"], frame, logits[ids.index(step["object"]), 0]))
        elif step["op"] == "mask":
            mask = ellipse(width, height, step["ellipse"])
            frame, ids, logits = predictor.add_new_mask(state, step["frame"], step["object"], mask)
            entries.append(record(state, step["object"], frame, logits[ids.index(step["object"]), 0]))
        else:
            for frame, ids, logits in predictor.propagate_in_video(
                state,
                start_frame_idx=step["start"],
                max_frame_num_to_track=step.get("count"),
                reverse=step["direction"] == "backward",
            ):
                for index, object_id in enumerate(ids):
                    entries.append(record(state, object_id, frame, logits[index, 0]))
        results.append(entries)
    return results


class Margins:
    """How far decisions were from tipping over: what seeds are chosen by."""

    def __init__(self, decoder):
        self.decoder = decoder
        self.clear()
        predict = decoder.predict_masks

        def watched(**kwargs):
            masks, ious, tokens, score = predict(**kwargs)
            best = torch.sort(ious[0, 1:], descending=True).values
            self.argmax = min(self.argmax, float(best[0] - best[1]))
            stable = float(decoder._get_stability_scores(masks[:, 0:1])[0])
            self.stability = min(self.stability, abs(stable - 0.98))
            self.score = min(self.score, abs(float(score)))
            self.present.append(float(score) > 0)
            return masks, ious, tokens, score

        decoder.predict_masks = watched

    def clear(self):
        self.argmax = self.stability = self.score = 1e9
        self.present = []

    def __str__(self):
        present = "".join("x" if value else "." for value in self.present)
        return f"argmax {self.argmax:.4f} stability {self.stability:.4f} score {self.score:.4f} present {present}"


def main():
    torch.set_num_threads(2)
    if sys.argv[1:2] == ["--checkpoint"]:
        return write_checkpoint(*sys.argv[2:])
    spec = json.loads((HERE / "scenarios.json").read_text())
    wanted = sys.argv[1:] or list(spec["configs"])
    (HERE / "golden").mkdir(exist_ok=True)
    for name in wanted:
        config = spec["configs"][name]
        size = config["imageSize"]
        width, height = config["width"], config["height"]
        predictor = build(name, size)
        tensors = predictor.state_dict()
        seeded = {
            key: seeded_tensor(key, tuple(value.shape), config["seed"], config["objectScoreBias"])
            for key, value in tensors.items()
        }
        predictor.load_state_dict(seeded)
        frames = [seeded_frame(n, width, height, config.get("hidden", [])) for n in range(config["frames"])]
        inputs = [network_input(frame, size) for frame in frames]
        images = [image for image, _ in inputs]
        with torch.inference_mode():
            encoded_image = predictor.forward_image(images[0][None])
        s0, s1, f = encoded_image["backbone_fpn"]
        golden = {
            "tensorsHash": tensors_hash(tensors),
            "resizedHash": fnv(base64.b64encode(inputs[0][1].tobytes()).decode()),
            "features": {"f": sampled(f), "s0": sampled(s0), "s1": sampled(s1)},
            "scenarios": {},
        }
        margins = Margins(predictor.sam_mask_decoder)
        for scenario in config["scenarios"]:
            margins.clear()
            with torch.inference_mode():
                results = run_scenario(predictor, images, width, height, spec["scenarios"][scenario])
            print(name, scenario, margins, flush=True)
            golden["scenarios"][scenario] = results
        text = json.dumps(golden, separators=(",", ":"))
        (HERE / "golden" / f"{name}.json").write_text(text + "\n")
        print(name, len(text), "bytes")


if __name__ == "__main__":
    main()
