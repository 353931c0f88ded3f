import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { renderPicture } from './picture.ts';
import { clip } from './scene.ts';

type Task = { folder: string; frameIndexes: number[] };

/** Raw RGB of a frame, row-major, 3 bytes a pixel. */
export function framePath(folder: string, frameIndex: number): string {
	return join(folder, `${String(frameIndex).padStart(5, '0')}.rgb`);
}

/** Renders every frame that the folder does not have yet, on all cores. */
export async function renderFrames(folder: string, onFrame: (doneCount: number) => void): Promise<void> {
	await mkdir(folder, { recursive: true });
	const missing = Array.from({ length: clip.frameCount }, (_, frameIndex) => frameIndex).filter(
		(frameIndex) => !existsSync(framePath(folder, frameIndex)),
	);
	let doneCount = clip.frameCount - missing.length;
	const workerCount = Math.min(availableParallelism(), missing.length);
	const shares = Array.from({ length: workerCount }, (_, worker) =>
		missing.filter((_frame, index) => index % workerCount === worker),
	);
	await Promise.all(
		shares.map(
			(frameIndexes) =>
				new Promise<void>((resolve, reject) => {
					const task: Task = { folder, frameIndexes };
					const worker = new Worker(new URL(import.meta.url), { workerData: task });
					worker.on('message', () => onFrame(++doneCount));
					worker.on('error', reject);
					worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`renderer left with ${code}`))));
				}),
		),
	);
}

async function work({ folder, frameIndexes }: Task): Promise<void> {
	for (const frameIndex of frameIndexes) {
		const path = framePath(folder, frameIndex);
		await writeFile(`${path}.part`, renderPicture(frameIndex).data);
		await rename(`${path}.part`, path);
		parentPort?.postMessage(frameIndex);
	}
}

if (!isMainThread) {
	await work(workerData as Task);
}
