import { createBirpc } from 'birpc';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { abortError, outcomeOf, unpack } from './envelope.ts';
import { maskToBytes, promptsFromWire } from './mask-bytes.ts';
import { PictureCache } from './picture-cache.ts';
import type { ChildMethods, Outcome, ParentMethods } from './protocol.ts';
import { Run } from './run.ts';
import { Trackers } from './trackers.ts';
import { Turns, type TurnKind } from './turns.ts';

/** Two full-size pictures of a 4K video. */
const pictureCacheBytes = 64 * 1024 * 1024;

type Picture = { videoKey: string; frameIndex: number };

/** Serves inference over a channel; everything that the child process does. */
export function serveInference(channel: Channel): void {
	const turns = new Turns();
	const trackers = new Trackers();
	const pictures = new PictureCache(pictureCacheBytes);
	const tasks = new Map<number, AbortController>();
	const runs = new Map<number, Run>();
	/** Runs go one after the other: the end of the last one queued. */
	let lastRun: Promise<void> = Promise.resolve();

	const pictureAt = async (taskId: number, { videoKey, frameIndex }: Picture): Promise<RgbPicture> => {
		const key = `${videoKey}:${frameIndex}`;
		const known = pictures.get(key);
		if (known !== null) {
			return known;
		}
		const picture = unpack(await parent.picture(taskId, videoKey, frameIndex));
		pictures.add(key, picture);
		return picture;
	};

	const oneShot = async <T>(
		taskId: number,
		kind: TurnKind,
		step: (signal: AbortSignal) => Promise<T>,
	): Promise<Outcome<T>> => {
		const controller = new AbortController();
		tasks.set(taskId, controller);
		try {
			return await outcomeOf(controller.signal, () =>
				turns.take(kind, controller.signal, () => step(controller.signal)),
			);
		} finally {
			tasks.delete(taskId);
		}
	};

	const functions: ChildMethods = {
		prompt: (taskId, source, task, priority) =>
			oneShot(taskId, priority, async (signal) => {
				const picture = await pictureAt(taskId, task);
				const tracker = await trackers.get(task.modelId, source);
				const prompts = promptsFromWire(task, task.prompts);
				const pictureKey = `${task.videoKey}:${task.frameIndex}`;
				const result = await tracker.prompt({ picture, prompts, pictureKey }, signal);
				return {
					...result,
					mask: maskToBytes(result.mask),
					candidates: result.candidates.map((candidate) => ({ ...candidate, mask: maskToBytes(candidate.mask) })),
				};
			}),

		prepare: (taskId, source, task) =>
			oneShot(taskId, 'prepare', async (signal) => {
				const picture = await pictureAt(taskId, task);
				const tracker = await trackers.get(task.modelId, source);
				await tracker.prepare(picture, `${task.videoKey}:${task.frameIndex}`, signal);
				return null;
			}),

		startTrack: async (taskId, source, task) => {
			const controller = new AbortController();
			const { signal } = controller;
			tasks.set(taskId, controller);
			/** The picture that is decoded while the model works on the one before. */
			let ahead: { frameIndex: number; picture: Promise<RgbPicture | null> } | null = null;
			const run = new Run(task, {
				tracker: () => trackers.get(task.modelId, source),
				turns,
				signal,
				pictureAt: async (frameIndex) => {
					const early = ahead?.frameIndex === frameIndex ? await ahead.picture : null;
					const picture = early ?? (await pictureAt(taskId, { videoKey: task.videoKey, frameIndex }));
					const next = frameIndex + (task.direction === 'forward' ? 1 : -1);
					if (next >= 0 && next < task.frameCount && isWanted(task, next)) {
						// A failure is met again, and told, when the picture is asked for in earnest.
						const early = pictureAt(taskId, { videoKey: task.videoKey, frameIndex: next }).catch(() => null);
						ahead = { frameIndex: next, picture: early };
					}
					return picture;
				},
			});
			runs.set(taskId, run);
			lastRun = lastRun.then(() => run.run());
			return { isOk: true, value: null };
		},

		next: async (taskId) => {
			const run = runs.get(taskId);
			const signal = tasks.get(taskId)?.signal;
			if (run === undefined || signal === undefined) {
				return { isOk: false, error: { kind: 'aborted' } };
			}
			const outcome = await outcomeOf(signal, () => run.next());
			if (!outcome.isOk || outcome.value.answers.length === 0) {
				runs.delete(taskId);
				tasks.delete(taskId);
			}
			return outcome;
		},

		cancel: (taskId) => {
			tasks.get(taskId)?.abort(abortError());
			if (runs.delete(taskId)) {
				tasks.delete(taskId);
			}
		},

		ping: () => null,
	};

	const parent = createBirpc<ParentMethods, ChildMethods>(functions, {
		post: (message) => channel.post(message),
		on: (listener) => channel.listen(listener),
		timeout: -1,
	});
}

/** Whether any segment passes the frame. */
function isWanted(task: Parameters<ChildMethods['startTrack']>[2], frameIndex: number): boolean {
	return task.objects.some((object) =>
		object.segments.some(({ anchorFrameIndex, lastFrameIndex }) => {
			const low = Math.min(anchorFrameIndex, lastFrameIndex);
			const high = Math.max(anchorFrameIndex, lastFrameIndex);
			return low <= frameIndex && frameIndex <= high;
		}),
	);
}
