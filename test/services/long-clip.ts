import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encodePicture } from '../../main/media/index.ts';
import { miniatureConfig } from '../../models/sam2/config.ts';
import { encodeRle, rleToBytes } from '../../preload/common/rle.ts';
import { torchFile } from '../models/weights/torch-file.ts';
import { spec } from '../parity/golden.ts';
import { seededEllipse, seededFrame } from '../parity/seeded-clip.ts';
import { seededTensors } from '../parity/seeded-weights.ts';
import type { OpenServices } from './open-services.ts';

const parity = spec.configs['miniature-2.1']!;
/** The clip repeats so many pictures. */
const pictureCount = 60;

export const longModelId = 'miniature';

/** A project with a long clip (hard links to a few pictures), SAM 2 miniature, and objects with a mask on frame 0. */
export async function longProject(
	open: OpenServices,
	wanted: { name: string; frameCount: number; objectCount: number },
): Promise<{ path: string; trackIds: number[] }> {
	const { client } = open;
	const { name, frameCount, objectCount } = wanted;
	const folder = join(open.folder, `${name} pictures`);
	mkdirSync(folder);
	const pictureAt = (frame: number) => join(folder, `${String(frame).padStart(6, '0')}.png`);
	for (let frame = 0; frame < frameCount; frame++) {
		if (frame < pictureCount) {
			writeFileSync(pictureAt(frame), await encodePicture(seededFrame(parity, frame), 'png'));
		} else {
			linkSync(pictureAt(frame % pictureCount), pictureAt(frame));
		}
	}
	const path = join(open.folder, `${name}.masklet`);
	await client.project.create({ path, name });
	await open.run(() => client.video.import({ paths: [folder] }));
	if (!(await client.model.list()).some(({ modelId }) => modelId === longModelId)) {
		const weights = join(open.folder, 'miniature.pt');
		writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), parity))));
		await open.run(() => client.model.add({ path: weights, modelId: longModelId }));
	}
	await client.model.choose({ modelId: longModelId });
	const trackIds: number[] = [];
	for (let object = 0; object < objectCount; object++) {
		const { trackId } = await client.track.create({ videoId: 1 });
		const mask = seededEllipse(parity, [0.2 + (0.6 * object) / objectCount, 0.4, 0.15, 0.2]);
		await client.annotate.setMask({ trackId, frameIndex: 0, mask: rleToBytes(encodeRle(mask)) });
		trackIds.push(trackId);
	}
	return { path, trackIds };
}

/**
 * Runs the project at `path`, which must be closed, in a process of its own, and kills that as soon as each object
 * has `frames` frames on disk. Gives the last frame that was announced, an object each.
 */
export async function killedRun(folder: string, path: string, frames: number): Promise<Map<number, number>> {
	const script = join(import.meta.dirname, 'long-run-process.ts');
	const child: ChildProcess = spawn(process.execPath, [script, folder, path], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(child, 'exit');
	const reached = new Map<number, number>();
	for await (const line of createInterface({ input: child.stdout! })) {
		const { trackId, lastFrameIndex } = JSON.parse(line) as { trackId: number; lastFrameIndex: number };
		reached.set(trackId, lastFrameIndex);
		if ([...reached.values()].every((frame) => frame >= frames)) {
			child.kill('SIGKILL');
			break;
		}
	}
	await ended;
	return reached;
}
