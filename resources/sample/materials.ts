import { clamp, fractalNoise, hash, mix, noise, smoothStep } from './noise.ts';
import type { Placed } from './scene.ts';

/** Linear-light colour and gloss of a point of a surface; reused from point to point. */
export type Surface = { red: number; green: number; blue: number; /** Mirror share seen head-on. */ gloss: number };

/** What the surface of an object looks like at a point in its own space. */
export function paintObject(surface: Surface, placed: Placed, x: number, y: number, z: number): void {
	switch (placed.kind) {
		case 'ball':
			return paintBall(surface, x, y, z, placed.a);
		case 'vase':
			return paintVase(surface, x, y, z);
		case 'gumdrop':
			return paintGumdrop(surface, x / placed.a, y / placed.b, z / placed.a);
		case 'ladybird':
			return paintLadybird(surface, x, y, z);
		case 'ring':
			return paintRing(surface, x, y, z);
	}
}

/** Oiled oak: planks along x, grain, dark joints. */
export function paintTable(surface: Surface, x: number, z: number, distance: number): void {
	const plank = Math.floor(z / 1.15 + 0.37);
	const inPlank = z / 1.15 + 0.37 - plank;
	const tint = hash(plank, 7, 3);
	const shift = tint * 37;
	// Fine grain would flicker where it is smaller than a pixel.
	const fine = clamp(1.5 - distance * 0.11, 0, 1);
	const wander = fractalNoise(x * 0.35 + shift, z * 1.6, 11);
	const rings = Math.sin((z * 5.2 + wander * 2.6 + x * 0.12) * 3.2 + shift);
	const fibre = fractalNoise(x * 2.2 + shift, z * 34, 17) * fine;
	const pores = smoothStep(0.35, 0.8, noise(x * 7 + shift, z * 70, 23)) * fine;
	const light = 0.5 + 0.16 * rings + 0.22 * fibre + 0.3 * (tint - 0.5) - 0.28 * pores;
	const joint = smoothStep(0, 0.012, Math.min(inPlank, 1 - inPlank));
	const share = clamp(light, 0, 1);
	surface.red = mix(0.075, 0.3, share) * mix(0.35, 1, joint);
	surface.green = mix(0.03, 0.145, share) * mix(0.32, 1, joint);
	surface.blue = mix(0.013, 0.06, share) * mix(0.3, 1, joint);
	surface.gloss = 0.035;
}

/** Six panels of cloth, cream and teal and mustard, with seams. */
function paintBall(surface: Surface, x: number, y: number, z: number, radius: number): void {
	const turns = Math.atan2(z, x) / (Math.PI * 2) + 0.5;
	const panel = Math.floor(turns * 6);
	const inPanel = turns * 6 - panel;
	const height = y / radius;
	const ring = Math.sqrt(Math.max(0, 1 - height * height));
	const seam = smoothStep(0.012, 0.03, Math.min(inPanel, 1 - inPanel) * ring);
	const cap = Math.abs(height) > 0.93;
	const weave = 0.92 + 0.08 * noise(turns * 260, height * 70, 31);
	if (cap || panel % 3 === 0) {
		set(surface, 0.78, 0.7, 0.55, 0.02);
	} else if (panel % 3 === 1) {
		set(surface, 0.03, 0.3, 0.31, 0.02);
	} else {
		set(surface, 0.74, 0.4, 0.05, 0.02);
	}
	scale(surface, weave * mix(0.55, 1, seam));
}

/** Cobalt glaze that thins to celadon at the lip, with three painted bands. */
function paintVase(surface: Surface, x: number, y: number, z: number): void {
	const turns = Math.atan2(z, x) / (Math.PI * 2);
	const run = noise(turns * 14, y * 1.3, 41) * 0.1;
	const share = smoothStep(0.75, 1.5, y + run);
	set(surface, mix(0.022, 0.2, share), mix(0.085, 0.42, share), mix(0.3, 0.38, share), 0.09);
	const wave = 0.035 * Math.sin(turns * Math.PI * 2 * 14);
	const band = Math.min(Math.abs(y - 0.62 - wave), Math.abs(y - 0.46), Math.abs(y - 0.78));
	const painted = 1 - smoothStep(0.014, 0.024, band);
	mixTo(surface, 0.72, 0.62, 0.42, painted);
	if (y > 1.665 && x * x + z * z < 0.058) {
		set(surface, 0.012, 0.014, 0.018, 0);
	}
	scale(surface, 0.94 + 0.06 * noise(turns * 60, y * 22, 43));
}

/** A sweet with a face on its -z side; coordinates in its half axes. */
function paintGumdrop(surface: Surface, x: number, y: number, z: number): void {
	const top = smoothStep(0.1, 1.7, y);
	set(surface, mix(0.78, 0.95, top), mix(0.12, 0.33, top), mix(0.16, 0.12, top), 0.045);
	const sugar = smoothStep(0.45, 0.75, noise(x * 26 + z * 9, y * 26 - z * 13, 53));
	mixTo(surface, 1, 0.8, 0.62, sugar * 0.22);
	if (z < 0) {
		const side = Math.abs(x);
		const eye = Math.sqrt((side - 0.34) ** 2 + ((y - 1.02) * 0.9) ** 2);
		mixTo(surface, 0.9, 0.88, 0.84, 1 - smoothStep(0.17, 0.19, eye));
		const pupil = Math.sqrt((side - 0.31) ** 2 + (y - 1) ** 2);
		mixTo(surface, 0.015, 0.012, 0.02, 1 - smoothStep(0.09, 0.11, pupil));
		const mouth = Math.abs(y - 0.62 - x * x * 0.9);
		mixTo(surface, 0.2, 0.015, 0.03, (1 - smoothStep(0.03, 0.05, mouth)) * (1 - smoothStep(0.24, 0.28, side)));
	}
}

/** Red lacquer with black dots; head, feelers and feet are dark. */
function paintLadybird(surface: Surface, x: number, y: number, z: number): void {
	const isHead = x > 0.33 - Math.abs(z) * 0.12;
	if (isHead || y < 0.09) {
		set(surface, 0.018, 0.017, 0.02, 0.06);
		const cheek = Math.sqrt((x - 0.5) ** 2 + (y - 0.22) ** 2 + (Math.abs(z) - 0.1) ** 2);
		mixTo(surface, 0.85, 0.82, 0.74, 1 - smoothStep(0.04, 0.05, cheek));
		return;
	}
	set(surface, 0.62, 0.028, 0.022, 0.07);
	let dot = Infinity;
	for (const [dotX, dotZ, size] of ladybirdDots) {
		dot = Math.min(dot, Math.sqrt((x - dotX) ** 2 + (Math.abs(z) - dotZ) ** 2) / size);
	}
	const line = Math.abs(z) < 0.012 ? 1 : 0;
	mixTo(surface, 0.016, 0.014, 0.016, Math.max(dot < 1 && Math.abs(z) > 0.04 ? 1 : 0, line));
}

const ladybirdDots = [
	[0.17, 0.13, 0.07],
	[-0.04, 0.22, 0.085],
	[-0.13, 0.09, 0.07],
	[-0.28, 0.2, 0.065],
] as const;

/** Turned beech, lacquered, with a violet stripe around. */
function paintRing(surface: Surface, x: number, y: number, z: number): void {
	const around = Math.atan2(y, x);
	const grain = fractalNoise(around * 6 + z * 4, z * 30 + Math.sqrt(x * x + y * y) * 26, 61);
	const share = clamp(0.55 + 0.4 * grain, 0, 1);
	set(surface, mix(0.5, 0.74, share), mix(0.31, 0.53, share), mix(0.15, 0.3, share), 0.04);
	const sector = Math.floor((around / (Math.PI * 2) + 0.5) * 8);
	if (sector % 2 === 0) {
		mixTo(surface, 0.27, 0.1, 0.42, 0.9);
	}
}

function set(surface: Surface, red: number, green: number, blue: number, gloss: number): void {
	surface.red = red;
	surface.green = green;
	surface.blue = blue;
	surface.gloss = gloss;
}

function scale(surface: Surface, factor: number): void {
	surface.red *= factor;
	surface.green *= factor;
	surface.blue *= factor;
}

function mixTo(surface: Surface, red: number, green: number, blue: number, share: number): void {
	surface.red = mix(surface.red, red, share);
	surface.green = mix(surface.green, green, share);
	surface.blue = mix(surface.blue, blue, share);
}
