"""The reference's side of `npm run bench -- sam2`: what it is asked for on standard input, a JSON line each, it does and
times, and answers with a JSON line. Weights and pictures are those of test/parity/make_golden.py, which also says how
the reference is installed beside the project.

    sam2_reference.py IMAGE_SIZE WIDTH HEIGHT FRAMES SEED OBJECT_SCORE_BIAS
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "parity"))
import make_golden  # noqa: E402

OBJECT = 1
MEMORIES, POINTERS = 7, 16


def resident_mebibytes():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class Reference:
    def __init__(self, image_size, width, height, frames, seed, bias):
        self.width, self.height, self.edge = width, height, image_size // 16
        self.predictor = make_golden.build("tiny-2.1", image_size)
        tensors = self.predictor.state_dict()
        self.predictor.load_state_dict(
            {key: make_golden.seeded_tensor(key, tuple(value.shape), seed, bias) for key, value in tensors.items()}
        )
        images = [
            make_golden.network_input(make_golden.seeded_frame(n, width, height, []), image_size)[0]
            for n in range(frames)
        ]
        self.state = make_golden.state_of(self.predictor, images, width, height)
        self.run = None

    def attend(self):
        area = self.edge**2
        tokens = MEMORIES * area + POINTERS * 4
        generator = torch.Generator().manual_seed(1)
        draw = lambda *shape: torch.rand(*shape, generator=generator) * 2 - 1  # noqa: E731
        inputs = dict(
            curr=[draw(area, 1, 256)],
            curr_pos=[draw(area, 1, 256)],
            memory=draw(tokens, 1, 64),
            memory_pos=draw(tokens, 1, 64),
            num_obj_ptr_tokens=POINTERS * 4,
        )
        with torch.inference_mode():
            return timed(lambda: self.predictor.memory_attention(**inputs))

    def restart(self):
        self.predictor.reset_state(self.state)

    def mask(self, frame, ellipse):
        mask = make_golden.ellipse(self.width, self.height, ellipse)
        return timed(lambda: self.predictor.add_new_mask(self.state, frame, OBJECT, mask))

    def click(self, frame, x, y):
        import numpy as np

        points, labels = np.array([[x, y]], dtype=np.float32), np.array([1], dtype=np.int32)
        return timed(
            lambda: self.predictor.add_new_points_or_box(self.state, frame, OBJECT, points=points, labels=labels)
        )

    def track(self, start):
        self.run = self.predictor.propagate_in_video(self.state, start_frame_idx=start)
        return 0

    def next(self):
        return timed(lambda: next(self.run))

    def resident(self):
        return resident_mebibytes()


def timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main():
    torch.set_num_threads(2)
    image_size, width, height, frames, seed = map(int, sys.argv[1:6])
    answers = sys.stdout
    sys.stdout = sys.stderr
    reference = Reference(image_size, width, height, frames, seed, float(sys.argv[6]))
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(reference, request.pop("do"))(**request)), file=answers, flush=True)


if __name__ == "__main__":
    main()
