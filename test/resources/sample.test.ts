import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { decodeRle, rleArea, rleFromString, rleToString } from '../../preload/common/rle.ts';
import { truthAt } from '../../resources/sample/ground-truth.ts';
import { clip, objectNames, sceneAt } from '../../resources/sample/scene.ts';
import { shade, type Colour } from '../../resources/sample/shade.ts';
import { aim, type Ray } from '../../resources/sample/trace.ts';

const sampleFolder = fileURLToPath(new URL('../../resources/sample/', import.meta.url));

type Entry = { size: [height: number, width: number]; counts: string };
const truth = JSON.parse(readFileSync(`${sampleFolder}ground-truth.json`, 'utf8')) as {
	masklet: Entry[][];
	masklet_name: string[];
	masklet_visibility_changes: number[];
	masklet_edited_frame_count: number[];
	video_frame_count: number;
};

test('the ground truth is what the script draws', () => {
	expect(truth.video_frame_count).toBe(clip.frameCount);
	expect(truth.masklet).toHaveLength(clip.frameCount);
	expect(truth.masklet_name).toEqual([...objectNames]);
	for (const frameIndex of [0, 63]) {
		expect(truthAt(frameIndex).map(rleToString)).toEqual(truth.masklet[frameIndex]!.map(({ counts }) => counts));
	}
});

test('every object is there at the start, one is hidden and one leaves, and both come back', () => {
	const { width, height } = clip;
	const areas = objectNames.map((_, index) =>
		truth.masklet.map((entry) => rleArea(rleFromString({ width, height }, entry[index]!.counts))),
	);
	const absent = areas.map((list) => list.flatMap((area, frameIndex) => (area === 0 ? [frameIndex] : [])));
	expect(absent.map((list) => [list[0] ?? null, list.at(-1) ?? null, list.length])).toEqual([
		[null, null, 0],
		[57, 64, 8],
		[null, null, 0],
		[42, 85, 44],
		[null, null, 0],
	]);
	expect(truth.masklet_visibility_changes).toEqual([0, 2, 0, 2, 0]);
	// Shape and size change: the gumdrop by a fifth and the ring by half within one second.
	expect(Math.min(...areas[2]!.slice(0, 24))).toBeLessThan(0.83 * Math.max(...areas[2]!.slice(0, 24)));
	expect(Math.min(...areas[4]!.slice(0, 24))).toBeLessThan(0.52 * Math.max(...areas[4]!.slice(0, 24)));
});

test('the clip has the frames of the script at an even rate, with a keyframe every second', async () => {
	const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(`${sampleFolder}sample.mp4`) });
	const track = (await input.getPrimaryVideoTrack())!;
	const timestamps: number[] = [];
	const keyframes: number[] = [];
	for await (const packet of new EncodedPacketSink(track).packets()) {
		if (packet.type === 'key') {
			keyframes.push(timestamps.length);
		}
		timestamps.push(packet.timestamp);
	}
	expect(track.codec).toBe('vp9');
	expect(timestamps).toHaveLength(clip.frameCount);
	timestamps.forEach((seconds, frameIndex) => expect(seconds).toBeCloseTo(frameIndex / clip.frameRate, 9));
	expect(keyframes).toEqual([0, 24, 48, 72, 96]);
	input.dispose();
});

test('a picture shows each object in its own colour where the ground truth has it', () => {
	const scene = sceneAt(0);
	const ray: Ray = { x: 0, y: 0, z: 0, dx: 0, dy: 0, dz: 0 };
	const colour: Colour = { red: 0, green: 0, blue: 0 };
	const means = truth.masklet[0]!.map(({ counts }) => {
		const { data } = decodeRle(rleFromString(clip, counts));
		const sum = { red: 0, green: 0, blue: 0 };
		for (let at = 0; at < data.length; at += 37) {
			if (data[at]) {
				aim(ray, scene, (at % clip.width) + 0.5, Math.floor(at / clip.width) + 0.5);
				shade(colour, ray, scene);
				sum.red += colour.red;
				sum.green += colour.green;
				sum.blue += colour.blue;
			}
		}
		return sum;
	});
	const [vase, , gumdrop, ladybird] = means as [Colour, Colour, Colour, Colour];
	expect(vase.blue).toBeGreaterThan(vase.red * 1.2);
	expect(gumdrop.red).toBeGreaterThan(gumdrop.blue * 2);
	expect(ladybird.red).toBeGreaterThan(ladybird.green * 2);
});
