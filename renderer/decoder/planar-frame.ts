import type { DecodedFrame, PlanarLayout } from '../../preload/rpc/decoder.ts';

/** The visible picture of a decoded frame as tightly packed 8-bit planes, exact but for bits beyond the eighth. */
export async function planarFrame(frame: VideoFrame, frameIndex: number): Promise<DecodedFrame> {
	const { width, height } = frame.visibleRect!;
	const head = { frameIndex, width, height };
	const format = /^(I4(?:20|22|44))A?(P1[02])?$/.exec(frame.format ?? '');
	if (format || frame.format === 'NV12') {
		const layout = (format?.[1] ?? 'I420') as PlanarLayout;
		const planes = planeSizes(layout, width, height);
		const sampleBytes = format?.[2] ? 2 : 1;
		// Alpha, where there is one, is the last plane; it is copied as the call wants it and left out after.
		const alphaBytes = frame.format!.includes('A') ? width * height * sampleBytes : 0;
		const sizeBytes = planes.reduce((sum, plane) => sum + plane.width * plane.height * sampleBytes, 0);
		const copied = new Uint8Array(sizeBytes + alphaBytes);
		await frame.copyTo(copied, { layout: copyLayout(frame.format!, planes, sampleBytes) });
		const samples = copied.subarray(0, sizeBytes);
		const data = format?.[2] ? eightBits(samples, format[2] === 'P10' ? 2 : 4) : samples;
		const { matrix, fullRange } = frame.colorSpace;
		return {
			...head,
			layout,
			data: frame.format === 'NV12' ? planesApart(data, width * height) : data,
			matrix,
			isFullRange: fullRange,
		};
	}
	// Pictures in RGB, and formats that the browser keeps to itself: it converts them.
	const rgba = new Uint8Array(width * height * 4);
	await frame.copyTo(rgba, { format: 'RGBA', colorSpace: 'srgb' });
	return { ...head, layout: 'RGB', data: withoutAlpha(rgba), matrix: null, isFullRange: null };
}

type PlaneSize = { width: number; height: number };

function planeSizes(layout: PlanarLayout, width: number, height: number): PlaneSize[] {
	const chroma = {
		width: layout === 'I444' ? width : (width + 1) >> 1,
		height: layout === 'I420' ? (height + 1) >> 1 : height,
	};
	return [{ width, height }, chroma, chroma];
}

function copyLayout(format: string, planes: PlaneSize[], sampleBytes: number): PlaneLayout[] {
	const [luma, chroma] = planes as [PlaneSize, PlaneSize];
	if (format === 'NV12') {
		return [
			{ offset: 0, stride: luma.width },
			{ offset: luma.width * luma.height, stride: chroma.width * 2 },
		];
	}
	let offset = 0;
	return (format.includes('A') ? [...planes, luma] : planes).map((plane) => {
		const stride = plane.width * sampleBytes;
		const layout = { offset, stride };
		offset += stride * plane.height;
		return layout;
	});
}

/** Little-endian 16-bit samples of 8 + `extraBits` bits, rounded to 8. */
function eightBits(samples: Uint8Array, extraBits: number): Uint8Array {
	const wide = new Uint16Array(samples.buffer, samples.byteOffset, samples.byteLength / 2);
	const half = 1 << (extraBits - 1);
	return Uint8Array.from(wide, (sample) => Math.min(255, (sample + half) >> extraBits));
}

/** NV12's interleaved chroma as two planes. */
function planesApart(samples: Uint8Array, lumaBytes: number): Uint8Array {
	const apart = samples.slice();
	const chromaBytes = (samples.length - lumaBytes) / 2;
	for (let i = 0; i < chromaBytes; i++) {
		apart[lumaBytes + i] = samples[lumaBytes + 2 * i]!;
		apart[lumaBytes + chromaBytes + i] = samples[lumaBytes + 2 * i + 1]!;
	}
	return apart;
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
	const rgb = new Uint8Array((rgba.length / 4) * 3);
	for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
		rgb[to] = rgba[from]!;
		rgb[to + 1] = rgba[from + 1]!;
		rgb[to + 2] = rgba[from + 2]!;
	}
	return rgb;
}
