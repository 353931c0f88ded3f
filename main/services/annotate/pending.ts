import {
	amendEdit,
	pendingFrames,
	putBlob,
	readFrame,
	readProject,
	readVideo,
	type Store,
	updateFrame,
} from '../../store/index.ts';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import type { ServiceContext } from '../context.ts';
import { modelOf } from '../model/choice.ts';
import { type Opening, videoKeyOf } from '../video/video-key.ts';
import { composeLayers } from './layers.ts';

type Pending = ReturnType<typeof pendingFrames>[number];

export interface PendingMasks {
	/** Looks for frames that wait for a model's mask; after every change of the record, and on opening. */
	wake(): void;
	/** Tries anew what failed: something that the model needs has changed. */
	retry(): void;
	/**
	 * Resolves when no frame of these tracks waits for its mask; what failed before is tried anew.
	 *
	 * @throws annotate.maskFailed where the model failed on one; the signal's reason
	 */
	settled(trackIds: readonly number[], signal: AbortSignal): Promise<void>;
	/** Ends the work under way. */
	stop(): Promise<void>;
}

/**
 * Makes the masks of prompted frames. The edit that put a prompt down left its frame pending; the mask joins that same
 * edit, so that one undo takes back both. A frame that changed meanwhile is done anew from its newest prompts; what a
 * kill or an undo left pending is found again here. A frame whose model failed waits for its next edit, for a run, or
 * for the project to be opened again.
 */
export function createPendingMasks(context: ServiceContext, opening: Opening & { store: Store }): PendingMasks {
	const { store } = opening;
	/** Frames whose model failed: by which edit, and why. */
	const failures = new Map<string, { editId: number; reason: string }>();
	/** Attempts that a death of the model process ended. */
	const diedOn = new Set<string>();
	const waiting = new Set<() => void>();
	const closing = new AbortController();
	let current: { pending: Pending; controller: AbortController } | null = null;
	let working: Promise<void> | null = null;
	let isStopped = false;

	function wake(): void {
		if (isStopped || store.isReadOnly) {
			return;
		}
		if (current && readFrame(store.db, current.pending)?.editId !== current.pending.editId) {
			current.controller.abort(new DOMException('the frame changed', 'AbortError'));
		}
		working ??= workOff().finally(() => {
			working = null;
			// A change may have come between the last look and here.
			if (!isStopped && nextPending()) {
				wake();
			}
		});
	}

	function nextPending(): Pending | undefined {
		return pendingFrames(store.db).find((pending) => !failureOf(pending));
	}

	function failureOf(pending: Pending): { reason: string } | null {
		const failure = failures.get(keyOf(pending));
		return failure?.editId === pending.editId ? failure : null;
	}

	async function workOff(): Promise<void> {
		// Off the caller's stack: an edit returns before its mask is started.
		await new Promise<void>((resolve) => setImmediate(resolve));
		for (let pending = isStopped ? undefined : nextPending(); pending; pending = nextPending()) {
			const controller = new AbortController();
			current = { pending, controller };
			try {
				await settle(pending, AbortSignal.any([controller.signal, closing.signal]));
				failures.delete(keyOf(pending));
			} catch (error) {
				if (isStopped) {
					return;
				}
				if (!controller.signal.aborted && !isFirstDeath(pending, error)) {
					failures.set(keyOf(pending), { editId: pending.editId, reason: report(error) });
				}
			} finally {
				current = null;
				waiting.forEach((look) => look());
			}
			if (isStopped) {
				return;
			}
		}
	}

	/** A model process that died may have been ended from outside: its frame is tried once more by itself. */
	function isFirstDeath(pending: Pending, error: unknown): boolean {
		const attempt = `${keyOf(pending)}:${pending.editId}`;
		const isFirst = isStudioError(error, 'model.processDied') && !diedOn.has(attempt);
		diedOn.add(attempt);
		return isFirst;
	}

	async function settle(pending: Pending, signal: AbortSignal): Promise<void> {
		const frame = readFrame(store.db, pending);
		const video = readVideo(store.db, pending.videoId);
		if (!frame || !video) {
			return;
		}
		const answer = await context.inference.prompt(
			{
				modelId: modelOf(context, readProject(store.db)),
				videoKey: videoKeyOf(opening, video),
				frameIndex: pending.frameIndex,
				width: video.width,
				height: video.height,
				prompts: frame.prompts.map((record) => record.prompt),
			},
			{ signal },
		);
		signal.throwIfAborted();
		amendEdit(store, pending.editId, (db) => {
			const now = readFrame(db, pending);
			if (!now?.isPending) {
				return;
			}
			const layers = { modelMask: answer.mask, paintedMask: now.paintedMask, erasedMask: now.erasedMask };
			updateFrame(db, pending, {
				modelMaskId: putBlob(db, answer.mask),
				maskId: putBlob(db, composeLayers(layers, video)),
				isPending: false,
				...answer.scores,
			});
		});
	}

	function report(error: unknown): string {
		if (!isStudioError(error)) {
			context.deps.log.error({ error }, 'a prompted mask failed');
		}
		const reason = error instanceof Error ? error.message : String(error);
		context.warn('annotate.maskFailed', { reason });
		return reason;
	}

	function retry(): void {
		failures.clear();
		wake();
	}

	function settled(trackIds: readonly number[], signal: AbortSignal): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const look = (): void => {
			const pending = pendingFrames(store.db).filter((frame) => trackIds.includes(frame.trackId));
			const failure = pending.map(failureOf).find((found) => found !== null);
			if (failure) {
				reject(new StudioError('annotate.maskFailed', failure));
			} else if (pending.length === 0) {
				resolve();
			}
		};
		const abort = (): void => reject(signal.reason);
		retry();
		waiting.add(look);
		signal.addEventListener('abort', abort);
		look();
		if (signal.aborted) {
			abort();
		}
		return promise.finally(() => {
			waiting.delete(look);
			signal.removeEventListener('abort', abort);
		});
	}

	return {
		wake,
		retry,
		settled,
		stop: async () => {
			isStopped = true;
			closing.abort(new DOMException('the project is closing', 'AbortError'));
			await working;
		},
	};
}

function keyOf(pending: Pending): string {
	return `${pending.trackId}:${pending.frameIndex}`;
}
