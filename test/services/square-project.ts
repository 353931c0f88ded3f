import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePicture } from '../../main/media/index.ts';
import { encodeRle, type Rle } from '../../preload/common/rle.ts';
import type { FrameMask } from '../../preload/contract/track.ts';
import type { OpenServices } from './open-services.ts';

export const size = { width: 240, height: 120 };
export const usualFrameCount = 24;
const side = 40;

/** A bright square with its corner at `left`, 40. */
export function square(left: number): Rle {
	const data = new Uint8Array(size.width * size.height);
	for (let row = 40; row < 40 + side; row++) {
		data.fill(1, row * size.width + left, row * size.width + left + side);
	}
	return encodeRle({ ...size, data });
}

/** A new project with one object and one video: on each picture the square, a pixel further to the right. */
export async function squareProject(
	open: OpenServices,
	named: { name: string; left: number; frameCount?: number },
): Promise<{ path: string; folder: string; trackId: number }> {
	const { client } = open;
	const folder = await pictures(join(open.folder, `${named.name} pictures`), named);
	const path = join(open.folder, `${named.name}.masklet`);
	await client.project.create({ path, name: named.name });
	await open.run(() => client.video.import({ paths: [folder] }));
	const { trackId } = await client.track.create({ videoId: 1 });
	return { path, folder, trackId };
}

/** The mask of the project's first object, once the model has made it. */
export async function maskAt(open: OpenServices, frameIndex: number): Promise<FrameMask> {
	for (;;) {
		const changed = open.next('store.changed', (change) => change.scope === 'frames');
		const [mask] = await open.client.track.frame({ videoId: 1, frameIndex });
		if (mask && !mask.isPending) {
			return mask;
		}
		await changed;
	}
}

async function pictures(folder: string, shown: { left: number; frameCount?: number }): Promise<string> {
	const { left, frameCount = usualFrameCount } = shown;
	mkdirSync(folder, { recursive: true });
	for (let frame = 0; frame < frameCount; frame++) {
		const data = new Uint8Array(size.width * size.height * 3).fill(30);
		for (let row = 40; row < 40 + side; row++) {
			const start = (row * size.width + left + frame) * 3;
			data.fill(220, start, start + side * 3);
		}
		const bytes = await encodePicture({ ...size, data }, 'png');
		await writeFile(join(folder, `${String(frame).padStart(3, '0')}.png`), bytes);
	}
	return folder;
}
