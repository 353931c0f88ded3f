import { mix, smoothStep } from './noise.ts';
import type { ShapeKind } from './shapes.ts';

/** The clip: what stands where on the table, frame by frame. World space: y up from the table, z away from the camera. */

export const clip = { width: 854, height: 480, frameCount: 120, frameRate: 24 } as const;

export const objectNames = ['vase', 'ball', 'gumdrop', 'ladybird', 'ring'] as const;

export type Placed = {
	kind: ShapeKind;
	/** Where its own origin is. */
	x: number;
	y: number;
	z: number;
	/** Rows turn world directions into its own. */
	turn: Float64Array;
	/** Shape parameters of shapes.ts. */
	a: number;
	b: number;
	/** Bounding sphere in world space. */
	centreY: number;
	radius: number;
};

export type Camera = {
	x: number;
	y: number;
	z: number;
	/** Unit vectors. */
	right: Vector;
	up: Vector;
	forward: Vector;
	/** Half the picture's height over its distance. */
	slope: number;
};

type Vector = [x: number, y: number, z: number];

export type Scene = { camera: Camera; objects: Placed[]; timeSeconds: number };

/** In the order of `objectNames`. */
export function sceneAt(frameIndex: number): Scene {
	const timeSeconds = frameIndex / clip.frameRate;
	// 0 at the first frame, 1 at the last.
	const share = frameIndex / (clip.frameCount - 1);
	return {
		camera: cameraAt(share),
		objects: [vaseAt(), ballAt(share), gumdropAt(timeSeconds, share), ladybirdAt(timeSeconds, share), ringAt(share)],
		timeSeconds,
	};
}

/** Pans from left to right with a slow push in and a breath of hand shake. */
function cameraAt(share: number): Camera {
	const eased = smoothStep(-0.1, 1.1, share);
	const shakeX = 0.012 * Math.sin(share * 31) + 0.008 * Math.sin(share * 57 + 1);
	const shakeY = 0.01 * Math.sin(share * 27 + 2);
	const eye: Vector = [mix(-0.85, 0.75, eased), mix(2.15, 1.95, eased) + shakeY, mix(-6.6, -5.9, eased)];
	const target: Vector = [mix(-0.42, 0.5, eased) + shakeX, 0.6, 0];
	const forward = unit([target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]]);
	const right = unit([forward[2], 0, -forward[0]]);
	const up: Vector = [
		forward[1] * right[2] - forward[2] * right[1],
		forward[2] * right[0] - forward[0] * right[2],
		forward[0] * right[1] - forward[1] * right[0],
	];
	return { x: eye[0], y: eye[1], z: eye[2], right, up, forward, slope: mix(0.29, 0.265, eased) };
}

function vaseAt(): Placed {
	return { kind: 'vase', x: 0.15, y: 0, z: 0.35, turn: turned(0.4, 0), a: 0, b: 0, centreY: 0.86, radius: 1.1 };
}

/** Rolls from left to right behind the vase: the occlusion. */
function ballAt(share: number): Placed {
	const radius = 0.42;
	const x = mix(-2.5, 2.7, share * 1.04 - 0.04 * share * share);
	const turn = multiplied(turned(0.5, 0.35), rolled(-x / radius));
	return { kind: 'ball', x, y: radius, z: 1.5, turn, a: radius, b: 0, centreY: 0, radius };
}

/** Hops on the spot and onward, squashed where it lands and drawn out in the air: the shape change. */
function gumdropAt(timeSeconds: number, share: number): Placed {
	const hop = (timeSeconds / 1.25 + 0.02) % 1;
	const count = Math.floor(timeSeconds / 1.25 + 0.02);
	const flight = Math.min(Math.max((hop - 0.3) / 0.5, 0), 1);
	const y = 1.9 * flight * (1 - flight);
	const crouch = smoothStep(0.08, 0.26, hop) * (1 - smoothStep(0.28, 0.36, hop));
	const landing = smoothStep(0.78, 0.84, hop) * (1 - smoothStep(0.86, 1, hop));
	const stretch = flight > 0 && flight < 1 ? 0.2 * Math.abs(1 - 2 * flight) : 0;
	const b = 0.46 * (1 - 0.4 * crouch - 0.42 * landing + stretch);
	// Its volume stays the same.
	const a = 0.4 * Math.sqrt(0.46 / b);
	const x = -1.3 + 0.2 * (count + smoothStep(0, 1, flight));
	return { kind: 'gumdrop', x, y, z: -0.75, turn: turned(0.25 - 0.5 * share, 0), a, b, centreY: b, radius: 0.75 };
}

/** Walks out of the picture in front on the right, and comes back: the object that leaves and returns. */
function ladybirdAt(timeSeconds: number, share: number): Placed {
	const out = smoothStep(-0.05, 0.5, share);
	const back = smoothStep(0.62, 1.08, share);
	const x = mix(mix(-0.15, 3.75, out), 1.3, back);
	const heading = mix(0.1, Math.PI - 0.35, smoothStep(0.5, 0.6, share));
	const sway = 0.07 * Math.sin(timeSeconds * 9);
	const z = mix(-1.3, -1.45, out) + 0.25 * back;
	return {
		kind: 'ladybird',
		x,
		y: 0.012 * Math.abs(Math.sin(timeSeconds * 12)),
		z,
		turn: turned(heading + sway, 0),
		a: timeSeconds * 12,
		b: 0,
		centreY: 0.2,
		radius: 0.86,
	};
}

/** Spins on its edge: a ring with a hole, a line, a ring again. */
function ringAt(share: number): Placed {
	const a = 0.4;
	const b = 0.135;
	const angle = 0.5 + share * 7.2;
	const lean = 0.1 * Math.sin(share * 19);
	return { kind: 'ring', x: 1.62, y: a + b, z: 0.25, turn: turned(angle, lean), a, b, centreY: 0, radius: a + b };
}

/** About y by `yaw`, then leaning by `roll` about its own z. */
function turned(yaw: number, roll: number): Float64Array {
	const c = Math.cos(yaw);
	const s = Math.sin(yaw);
	const yawed = Float64Array.of(c, 0, s, 0, 1, 0, -s, 0, c);
	return multiplied(rolled(roll), yawed);
}

function rolled(angle: number): Float64Array {
	const c = Math.cos(angle);
	const s = Math.sin(angle);
	return Float64Array.of(c, s, 0, -s, c, 0, 0, 0, 1);
}

/** 3x3, row-major: first `second`, then `first`. */
function multiplied(first: Float64Array, second: Float64Array): Float64Array {
	const product = new Float64Array(9);
	for (let row = 0; row < 3; row++) {
		for (let column = 0; column < 3; column++) {
			let sum = 0;
			for (let inner = 0; inner < 3; inner++) {
				sum += first[row * 3 + inner]! * second[inner * 3 + column]!;
			}
			product[row * 3 + column] = sum;
		}
	}
	return product;
}

function unit(vector: Vector): Vector {
	const length = Math.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2);
	return [vector[0] / length, vector[1] / length, vector[2] / length];
}
