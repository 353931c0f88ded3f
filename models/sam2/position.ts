/*
 * Position tables that no checkpoint holds. Float32 at each step, as the network was trained.
 */

const TEMPERATURE = 10000;
const TWO_PI = Math.fround(2 * Math.PI);

/** Sine positions of an `edge` x `edge` grid: [edge * edge, channels]; the first half of the channels is y. */
export function sinePosition(edge: number, channels: number): Float32Array {
	const half = channels / 2;
	const along = new Float32Array(edge * half);
	for (let at = 0; at < edge; at++) {
		const angle = Math.fround(Math.fround((at + 1) / Math.fround(edge + 1e-6)) * TWO_PI);
		for (let channel = 0; channel < half; channel++) {
			const phase = Math.fround(angle / sinePeriod(channel, half));
			along[at * half + channel] = channel % 2 === 0 ? Math.sin(phase) : Math.cos(phase);
		}
	}
	const table = new Float32Array(edge * edge * channels);
	for (let token = 0; token < edge * edge; token++) {
		const row = Math.floor(token / edge);
		const column = token % edge;
		table.set(along.subarray(row * half, (row + 1) * half), token * channels);
		table.set(along.subarray(column * half, (column + 1) * half), token * channels + half);
	}
	return table;
}

/** Wavelength of a channel of a sine table of `size` channels; two neighbours share one. */
export function sinePeriod(channel: number, size: number): number {
	return Math.fround(TEMPERATURE ** Math.fround((2 * Math.floor(channel / 2)) / size));
}

/**
 * Cosines or sines of the axial rotation of an `edge` x `edge` grid: [edge * edge, channels / 2], x then y. With
 * `pooling` a token lies in the middle of that many squared.
 */
export function rotation(grid: { edge: number; channels: number; pooling: 1 | 2 }, part: 'cos' | 'sin'): Float32Array {
	const { edge, channels, pooling } = grid;
	const quarter = channels / 4;
	const middle = (at: number) => at * pooling + (pooling - 1) / 2;
	const table = new Float32Array((edge * edge * channels) / 2);
	for (let token = 0; token < edge * edge; token++) {
		for (let index = 0; index < quarter; index++) {
			const frequency = Math.fround(1 / Math.fround(TEMPERATURE ** Math.fround((4 * index) / channels)));
			const angleX = Math.fround(middle(token % edge) * frequency);
			const angleY = Math.fround(middle(Math.floor(token / edge)) * frequency);
			const at = token * 2 * quarter + index;
			table[at] = Math[part](angleX);
			table[at + quarter] = Math[part](angleY);
		}
	}
	return table;
}

/** Centres of an `edge` x `edge` grid, x and y from -1 to 1: [edge * edge, 2]. */
export function gridCentres(edge: number): Float32Array {
	const table = new Float32Array(edge * edge * 2);
	for (let token = 0; token < edge * edge; token++) {
		table[token * 2] = 2 * Math.fround(((token % edge) + 0.5) / edge) - 1;
		table[token * 2 + 1] = 2 * Math.fround((Math.floor(token / edge) + 0.5) / edge) - 1;
	}
	return table;
}
