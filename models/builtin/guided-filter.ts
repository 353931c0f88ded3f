import { Mats, type Cv } from './opencv.ts';
import type { WorkingFrame } from './working-frame.ts';

/** Window's half side, in working pixels. */
const radius = 4;
/** Variance under which a window counts as flat; guides are 0 to 1. */
const epsilon = 4e-4;

/** A smoothed plane, and the model that it came from: plane = slopes . guide + offset, at every pixel. */
export type Smoothed = { plane: Float32Array; slopes: Float32Array[]; offset: Float32Array };

/**
 * The guide's part of He's guided filter (TPAMI 2013, section 3.3): window means of Lab and the inverse of its
 * covariance, made once a frame for all objects.
 */
export class GuidedFilter {
	readonly #cv: Cv;
	readonly #width: number;
	readonly #height: number;
	/** Three planes of the guide, 0 to 1, and their window means. */
	readonly #guide: Float32Array[];
	readonly #means: Float32Array[];
	/** The covariance's inverse, symmetric: 00 01 02 11 12 22. */
	readonly #inverse: Float32Array[];

	constructor(cv: Cv, frame: WorkingFrame) {
		this.#cv = cv;
		this.#width = frame.width;
		this.#height = frame.height;
		const count = frame.width * frame.height;
		this.#guide = [0, 1, 2].map((channel) => {
			const plane = new Float32Array(count);
			// Chroma spans a smaller range than lightness: stretched, as it tells objects apart better.
			const unit = channel === 0 ? 1 / 255 : 2 / 255;
			for (let at = 0, from = channel; at < count; at++, from += 3) {
				plane[at] = frame.lab[from]! * unit;
			}
			return plane;
		});
		this.#means = this.#guide.map((plane) => this.#boxMean(plane));
		this.#inverse = this.#inverses();
	}

	/** The plane, smoothed along the guide's edges. */
	apply(plane: Float32Array): Smoothed {
		const { slopes, offset } = this.#coefficients(plane);
		const [a0, a1, a2] = slopes as [Float32Array, Float32Array, Float32Array];
		const [g0, g1, g2] = this.#guide as [Float32Array, Float32Array, Float32Array];
		const out = new Float32Array(plane.length);
		for (let at = 0; at < out.length; at++) {
			out[at] = a0[at]! * g0[at]! + a1[at]! * g1[at]! + a2[at]! * g2[at]! + offset[at]!;
		}
		return { plane: out, slopes, offset };
	}

	/** Window means of the local linear model. */
	#coefficients(plane: Float32Array): Omit<Smoothed, 'plane'> {
		const count = plane.length;
		const mean = this.#boxMean(plane);
		const products = this.#guide.map((guide) => {
			const product = new Float32Array(count);
			for (let at = 0; at < count; at++) {
				product[at] = guide[at]! * plane[at]!;
			}
			return this.#boxMean(product);
		});
		const a = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
		const b = new Float32Array(count);
		const [m0, m1, m2] = this.#means as [Float32Array, Float32Array, Float32Array];
		const [i00, i01, i02, i11, i12, i22] = this.#inverse as [
			Float32Array,
			Float32Array,
			Float32Array,
			Float32Array,
			Float32Array,
			Float32Array,
		];
		for (let at = 0; at < count; at++) {
			const p = mean[at]!;
			const c0 = products[0]![at]! - m0[at]! * p;
			const c1 = products[1]![at]! - m1[at]! * p;
			const c2 = products[2]![at]! - m2[at]! * p;
			const a0 = i00[at]! * c0 + i01[at]! * c1 + i02[at]! * c2;
			const a1 = i01[at]! * c0 + i11[at]! * c1 + i12[at]! * c2;
			const a2 = i02[at]! * c0 + i12[at]! * c1 + i22[at]! * c2;
			a[0]![at] = a0;
			a[1]![at] = a1;
			a[2]![at] = a2;
			b[at] = p - a0 * m0[at]! - a1 * m1[at]! - a2 * m2[at]!;
		}
		return { slopes: a.map((values) => this.#boxMean(values)), offset: this.#boxMean(b) };
	}

	#boxMean(plane: Float32Array): Float32Array {
		using mats = new Mats(this.#cv);
		const source = mats.create(this.#height, this.#width, this.#cv.CV_32FC1);
		source.data32F.set(plane);
		const target = mats.create();
		const side = 2 * radius + 1;
		this.#cv.boxFilter(source, target, -1, new this.#cv.Size(side, side));
		return target.data32F.slice();
	}

	#inverses(): Float32Array[] {
		const count = this.#width * this.#height;
		const pairs = [
			[0, 0],
			[0, 1],
			[0, 2],
			[1, 1],
			[1, 2],
			[2, 2],
		] as const;
		const covariance = pairs.map(([first, second]) => {
			const product = new Float32Array(count);
			const g = this.#guide[first]!;
			const h = this.#guide[second]!;
			for (let at = 0; at < count; at++) {
				product[at] = g[at]! * h[at]!;
			}
			const mean = this.#boxMean(product);
			const mg = this.#means[first]!;
			const mh = this.#means[second]!;
			for (let at = 0; at < count; at++) {
				mean[at]! -= mg[at]! * mh[at]!;
			}
			return mean;
		});
		for (let at = 0; at < count; at++) {
			const xx = covariance[0]![at]! + epsilon;
			const xy = covariance[1]![at]!;
			const xz = covariance[2]![at]!;
			const yy = covariance[3]![at]! + epsilon;
			const yz = covariance[4]![at]!;
			const zz = covariance[5]![at]! + epsilon;
			const c00 = yy * zz - yz * yz;
			const c01 = xz * yz - xy * zz;
			const c02 = xy * yz - xz * yy;
			const unit = 1 / (xx * c00 + xy * c01 + xz * c02);
			covariance[0]![at] = c00 * unit;
			covariance[1]![at] = c01 * unit;
			covariance[2]![at] = c02 * unit;
			covariance[3]![at] = (xx * zz - xz * xz) * unit;
			covariance[4]![at] = (xy * xz - xx * yz) * unit;
			covariance[5]![at] = (xx * yy - xy * xy) * unit;
		}
		return covariance;
	}
}
