import type { RgbPicture } from '../../preload/common/picture.ts';
import { clamp, hash } from './noise.ts';
import { clip, sceneAt } from './scene.ts';
import { shade, type Colour } from './shade.ts';
import { aim, type Ray } from './trace.ts';

/** Samples along each side of a pixel where it has an edge. */
const edgeSamples = 3;

/** Renders a frame: one sample a pixel, nine where neighbours differ, then the look of a lens and film. */
export function renderPicture(frameIndex: number): RgbPicture {
	const { width, height } = clip;
	const scene = sceneAt(frameIndex);
	const ray: Ray = { x: 0, y: 0, z: 0, dx: 0, dy: 0, dz: 0 };
	const colour: Colour = { red: 0, green: 0, blue: 0 };
	const film = new Float32Array(width * height * 3);
	for (let row = 0, at = 0; row < height; row++) {
		for (let column = 0; column < width; column++, at += 3) {
			aim(ray, scene, column + 0.5, row + 0.5);
			shade(colour, ray, scene);
			film[at] = toned(colour.red);
			film[at + 1] = toned(colour.green);
			film[at + 2] = toned(colour.blue);
		}
	}
	const rough = film.slice();
	for (let row = 0, at = 0; row < height; row++) {
		for (let column = 0; column < width; column++, at += 3) {
			if (!hasEdge(rough, column, row)) {
				continue;
			}
			let red = 0;
			let green = 0;
			let blue = 0;
			for (let sample = 0; sample < edgeSamples * edgeSamples; sample++) {
				const x = column + ((sample % edgeSamples) + 0.5) / edgeSamples;
				const y = row + (Math.floor(sample / edgeSamples) + 0.5) / edgeSamples;
				aim(ray, scene, x, y);
				shade(colour, ray, scene);
				red += toned(colour.red);
				green += toned(colour.green);
				blue += toned(colour.blue);
			}
			film[at] = red / edgeSamples ** 2;
			film[at + 1] = green / edgeSamples ** 2;
			film[at + 2] = blue / edgeSamples ** 2;
		}
	}
	return { width, height, data: developed(film, frameIndex) };
}

/** Filmic curve, then the display's gamma; 0 to 1. */
function toned(value: number): number {
	const exposed = value * 0.92;
	const curved = (exposed * (2.51 * exposed + 0.03)) / (exposed * (2.43 * exposed + 0.59) + 0.14);
	return clamp(curved, 0, 1) ** (1 / 2.2);
}

function hasEdge(film: Float32Array, column: number, row: number): boolean {
	const at = (row * clip.width + column) * 3;
	const threshold = 0.06;
	for (let channel = 0; channel < 3; channel++) {
		const here = film[at + channel]!;
		if (
			(column > 0 && Math.abs(film[at - 3 + channel]! - here) > threshold) ||
			(column < clip.width - 1 && Math.abs(film[at + 3 + channel]! - here) > threshold) ||
			(row > 0 && Math.abs(film[at - clip.width * 3 + channel]! - here) > threshold) ||
			(row < clip.height - 1 && Math.abs(film[at + clip.width * 3 + channel]! - here) > threshold)
		) {
			return true;
		}
	}
	return false;
}

/** Darker towards the corners, and a fine grain that changes from frame to frame. */
function developed(film: Float32Array, frameIndex: number): Uint8Array {
	const { width, height } = clip;
	const data = new Uint8Array(width * height * 3);
	for (let row = 0, at = 0; row < height; row++) {
		for (let column = 0; column < width; column++, at += 3) {
			const u = (column * 2 - width) / width;
			const v = (row * 2 - height) / height;
			const vignette = 1 - 0.13 * (u * u + v * v) - 0.05 * (u * u + v * v) ** 2;
			const grain = (hash(column, row, 1000 + frameIndex) + hash(column, row, 3000 + frameIndex) - 1) * 0.013;
			for (let channel = 0; channel < 3; channel++) {
				data[at + channel] = Math.round(clamp(film[at + channel]! * vignette + grain, 0, 1) * 255);
			}
		}
	}
	return data;
}
