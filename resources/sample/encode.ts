import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Mediabunny from 'mediabunny';
import { chromium } from 'playwright-core';
import packedChromium from '@sparticuz/chromium';
import { framePath } from './render-frames.ts';
import { clip } from './scene.ts';

const bitsPerSecond = 2_300_000;
const keyframeEvery = 24;

/**
 * Encodes the rendered frames as VP9 in MP4: WebCodecs in a headless Chromium, mediabunny's muxer. The frames go over
 * as I420 of BT.709, so that the conversion is ours and the same everywhere. `MASKLET_BROWSER` names another Chromium.
 */
export async function encodeClip(folder: string): Promise<Uint8Array> {
	const muxer = createRequire(import.meta.url)
		.resolve('mediabunny')
		.replace(/[^/\\]+$/, 'mediabunny.min.mjs');
	const browser = await chromium.launch({
		executablePath: process.env.MASKLET_BROWSER ?? (await packedChromium.executablePath()),
		chromiumSandbox: false,
		args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
	});
	try {
		const page = await browser.newPage();
		await page.route('http://localhost/**', async (route) => {
			const { pathname } = new URL(route.request().url());
			const frame = /^\/frame\/(\d+)$/.exec(pathname);
			if (frame) {
				const rgb = await readFile(framePath(folder, Number(frame[1])));
				await route.fulfill({ body: Buffer.from(toI420(rgb)), contentType: 'application/octet-stream' });
			} else if (pathname === '/mediabunny.mjs') {
				await route.fulfill({ body: await readFile(muxer), contentType: 'text/javascript' });
			} else {
				await route.fulfill({ body: '<!doctype html><title>encode</title>', contentType: 'text/html' });
			}
		});
		await page.goto('http://localhost/');
		const encoded = await page.evaluate(encodeInPage, { ...clip, bitsPerSecond, keyframeEvery });
		return Buffer.from(encoded, 'base64');
	} finally {
		await browser.close();
	}
}

type PageTask = typeof clip & { bitsPerSecond: number; keyframeEvery: number };

/** Runs in the page; returns the file as base64. */
async function encodeInPage(task: PageTask): Promise<string> {
	const bunny = (await import('/mediabunny.mjs' as string)) as typeof Mediabunny;
	const target = new bunny.BufferTarget();
	const output = new bunny.Output({ format: new bunny.Mp4OutputFormat({ fastStart: 'in-memory' }), target });
	const source = new bunny.VideoSampleSource({
		codec: 'vp9',
		bitrate: task.bitsPerSecond,
		bitrateMode: 'variable',
		latencyMode: 'quality',
		keyFrameInterval: task.keyframeEvery / task.frameRate,
	});
	output.addVideoTrack(source, { frameRate: task.frameRate });
	await output.start();
	for (let frameIndex = 0; frameIndex < task.frameCount; frameIndex++) {
		const data = await (await fetch(`/frame/${frameIndex}`)).arrayBuffer();
		using sample = new bunny.VideoSample(new Uint8Array(data), {
			format: 'I420',
			codedWidth: task.width,
			codedHeight: task.height,
			timestamp: frameIndex / task.frameRate,
			duration: 1 / task.frameRate,
			colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
		});
		await source.add(sample, { keyFrame: frameIndex % task.keyframeEvery === 0 });
	}
	await output.finalize();
	const bytes = new Uint8Array(target.buffer!);
	let binary = '';
	for (let at = 0; at < bytes.length; at += 0x8000) {
		binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
	}
	return btoa(binary);
}

/** BT.709, limited range; chroma is the mean of 2x2 pixels. */
function toI420(rgb: Uint8Array): Uint8Array {
	const { width, height } = clip;
	const planes = new Uint8Array((width * height * 3) / 2);
	for (let at = 0; at < width * height; at++) {
		const red = rgb[at * 3]!;
		const green = rgb[at * 3 + 1]!;
		const blue = rgb[at * 3 + 2]!;
		planes[at] = Math.round(16 + (219 / 255) * (0.2126 * red + 0.7152 * green + 0.0722 * blue));
	}
	const chromaAt = width * height;
	const chromaLength = chromaAt / 4;
	for (let row = 0; row < height; row += 2) {
		for (let column = 0; column < width; column += 2) {
			const corner = (row * width + column) * 3;
			const sum = (channel: number) =>
				rgb[corner + channel]! +
				rgb[corner + 3 + channel]! +
				rgb[corner + width * 3 + channel]! +
				rgb[corner + width * 3 + 3 + channel]!;
			const red = sum(0) / 4;
			const green = sum(1) / 4;
			const blue = sum(2) / 4;
			const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
			const at = chromaAt + (row / 2) * (width / 2) + column / 2;
			planes[at] = Math.round(128 + (224 / 255) * ((blue - luma) / 1.8556));
			planes[at + chromaLength] = Math.round(128 + (224 / 255) * ((red - luma) / 1.5748));
		}
	}
	return planes;
}
