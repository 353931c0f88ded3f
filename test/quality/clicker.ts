import { loadOpenCv, Mats, type Cv } from '../../models/builtin/opencv.ts';
import { labelRegions } from '../../models/builtin/regions.ts';
import { maskBox } from '../../models/builtin/window.ts';
import type { Mask } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';

/** A person who knows the truth: draws its box, and clicks in the middle of the largest region that is wrong. */
export class Clicker {
	readonly #cv: Cv;

	private constructor(cv: Cv) {
		this.#cv = cv;
	}

	static async create(): Promise<Clicker> {
		return new Clicker(await loadOpenCv());
	}

	box(truth: Mask): Prompt {
		return { kind: 'box', ...maskBox(truth)! };
	}

	/** The next click, null where the mask is right; an empty mask gets a click in the middle of the object. */
	click(truth: Mask, mask: Mask): Prompt | null {
		const wrong = truth.data.map((value, at) => value ^ mask.data[at]!);
		const { labels, areas } = labelRegions(this.#cv, wrong, truth);
		if (areas.length < 2) {
			return null;
		}
		const largest = areas.indexOf(Math.max(...areas.slice(1)), 1);
		const at = this.#middle(
			labels.map((label) => (label === largest ? 1 : 0)),
			truth,
		);
		const { width } = truth;
		return { kind: 'point', x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5, isPositive: truth.data[at] === 1 };
	}

	/** The pixel that is farthest from what is not in the region, and from the picture's edge. */
	#middle(region: Int32Array, { width, height }: Mask): number {
		using mats = new Mats(this.#cv);
		const padded = mats.create(height + 2, width + 2, this.#cv.CV_8UC1);
		const values = padded.data.fill(0);
		for (let at = 0; at < region.length; at++) {
			values[(Math.floor(at / width) + 1) * (width + 2) + (at % width) + 1] = region[at]!;
		}
		const distance = mats.create();
		this.#cv.distanceTransform(padded, distance, this.#cv.DIST_L2, 3);
		const far = distance.data32F;
		const at = far.indexOf(far.reduce((most, value) => Math.max(most, value), 0));
		return (Math.floor(at / (width + 2)) - 1) * width + (at % (width + 2)) - 1;
	}
}
