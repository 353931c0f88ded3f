import { clamp, mix, smoothStep } from './noise.ts';

/**
 * The five things on the table as signed distance functions in their own space: origin at the foot, y up, one unit
 * about 10 cm. `a` and `b` change the shape over time (see scene.ts).
 */
export type ShapeKind = 'ball' | 'vase' | 'gumdrop' | 'ladybird' | 'ring';

export function distanceTo(kind: ShapeKind, x: number, y: number, z: number, a: number, b: number): number {
	switch (kind) {
		case 'ball':
			return Math.sqrt(x * x + y * y + z * z) - a;
		case 'vase':
			return vase(x, y, z);
		case 'gumdrop':
			return gumdrop(x, y, z, a, b);
		case 'ladybird':
			return ladybird(x, y, z, a);
		case 'ring': {
			const around = Math.sqrt(x * x + y * y) - a;
			return Math.sqrt(around * around + z * z) - b;
		}
	}
}

/** Radius of the vase at a height. */
export function vaseRadius(y: number): number {
	const belly = 0.56 * Math.sin(Math.PI * clamp((y + 0.36) / 1.78, 0, 1)) ** 1.25;
	const neck = 0.155 + 0.14 * smoothStep(1.35, 1.72, y) ** 1.5;
	return mix(Math.max(belly, 0.05), neck, smoothStep(0.82, 1.32, y));
}

/** Around the axis; the wall leans, so that the true distance is shorter than the one along the radius. */
function vase(x: number, y: number, z: number): number {
	const wall = (Math.sqrt(x * x + z * z) - vaseRadius(clamp(y, 0, 1.72))) * 0.66;
	const caps = Math.max(y - 1.7, -y);
	return Math.min(Math.max(wall, caps), 0) + Math.sqrt(Math.max(wall, 0) ** 2 + Math.max(caps, 0) ** 2) - 0.02;
}

/** Half axes a (around) and b (up), flattened where it stands. */
function gumdrop(x: number, y: number, z: number, a: number, b: number): number {
	const u = x / a;
	const v = (y - b * 0.82) / b;
	const w = z / a;
	const length = Math.sqrt(u * u + v * v + w * w);
	const gradient = Math.sqrt((u / a) ** 2 + (v / b) ** 2 + (w / a) ** 2);
	const body = length < 1e-6 ? -Math.min(a, b) : (length * (length - 1)) / gradient;
	return smoothMax(body, -y, 0.06);
}

/** Heads for +x; `phase` swings its feelers and feet. */
function ladybird(x: number, y: number, z: number, phase: number): number {
	const u = x / 0.46;
	const v = y / 0.34;
	const w = z / 0.37;
	const length = Math.sqrt(u * u + v * v + w * w);
	const gradient = Math.sqrt((u / 0.46) ** 2 + (v / 0.34) ** 2 + (w / 0.37) ** 2);
	const shell = length < 1e-6 ? -0.3 : (length * (length - 1)) / gradient;
	let distance = Math.max(shell, 0.06 - y);
	const side = Math.abs(z);
	const head = Math.sqrt((x - 0.45) ** 2 + (y - 0.15) ** 2 + z * z) - 0.15;
	distance = smoothMin(distance, head, 0.03);
	const sway = 0.05 * Math.sin(phase);
	const feeler = segment(x, y, side, 0.53, 0.22, 0.06, 0.72, 0.42 + sway, 0.15) - 0.016;
	const tip = Math.sqrt((x - 0.72) ** 2 + (y - 0.42 - sway) ** 2 + (side - 0.15) ** 2) - 0.034;
	distance = Math.min(distance, feeler, tip);
	const stride = 0.05 * Math.sin(phase * 2 + (z > 0 ? Math.PI : 0));
	for (let leg = -1; leg <= 1; leg++) {
		const lifted = leg === 0 ? -stride : stride;
		distance = Math.min(distance, segment(x, y, side, leg * 0.22, 0.1, 0.28, leg * 0.26 + lifted, 0.02, 0.42) - 0.028);
	}
	return distance;
}

/** Distance to the segment from (x0, y0, z0) to (x1, y1, z1). */
function segment(
	x: number,
	y: number,
	z: number,
	x0: number,
	y0: number,
	z0: number,
	x1: number,
	y1: number,
	z1: number,
): number {
	const dx = x1 - x0;
	const dy = y1 - y0;
	const dz = z1 - z0;
	const along = ((x - x0) * dx + (y - y0) * dy + (z - z0) * dz) / (dx * dx + dy * dy + dz * dz);
	const share = clamp(along, 0, 1);
	return Math.sqrt((x - x0 - dx * share) ** 2 + (y - y0 - dy * share) ** 2 + (z - z0 - dz * share) ** 2);
}

function smoothMin(a: number, b: number, width: number): number {
	const share = Math.max(width - Math.abs(a - b), 0) / width;
	return Math.min(a, b) - share * share * width * 0.25;
}

function smoothMax(a: number, b: number, width: number): number {
	return -smoothMin(-a, -b, width);
}
