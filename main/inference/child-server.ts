import { pictureKeyOf } from '../../models/predict/picture-key.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { openLink, type Link } from '../../preload/rpc/link.ts';
import { compileModel } from './compile.ts';
import { graphsOf, type OpenSession } from './open-sam2.ts';
import { type Measurement, measureModel } from './measure.ts';
import type { ModelManifest } from './manifest.ts';
import { maskToBytes, promptsFromWire } from './mask-bytes.ts';
import { PictureCache } from './picture-cache.ts';
import { remote, type ChildMethods, type ParentMethods, type PromptAnswer, type TrackTask } from './protocol.ts';
import { Run } from './run.ts';
import { Trackers } from './trackers.ts';
import { Turns } from './turns.ts';

/** Two full-size pictures of a 4K video. */
const pictureCacheBytes = 64 * 1024 * 1024;

type Input<K extends keyof ChildMethods> = ChildMethods[K]['input'];
type Place = { videoKey: string; frameIndex: number; width: number; height: number };

/** Serves inference over a channel; everything that the child process does. `openSession` stands in for the runtime's. */
export function serveInference(channel: Channel, options: { openSession?: OpenSession } = {}): void {
	const server = new ChildServer(options.openSession);
	const link = openLink(channel, {
		answer: (method, input, signal) => server.answer(method, input, signal),
		onNotice: (name, payload) => {
			if (name === 'closeRun') {
				server.closeRun(payload as number);
			} else if (name === 'forgetModel') {
				server.forgetModel(payload as string);
			}
		},
		// Standard error is the parent's log.
		onInternalError: (method, error) => process.stderr.write(`inference ${method}: ${detail(error)}\n`),
	});
	server.connect(link);
}

class ChildServer {
	readonly #turns = new Turns((modelId) => this.#link!.notify('atWork', modelId));
	readonly #trackers: Trackers;
	readonly #openSession: OpenSession | undefined;
	readonly #pictures = new PictureCache(pictureCacheBytes);
	readonly #runs = new Map<number, { run: Run; controller: AbortController }>();
	/** Runs go one after the other: the end of the last one queued. */
	#lastRun: Promise<void> = Promise.resolve();
	#link: Link | null = null;

	constructor(openSession: OpenSession | undefined) {
		this.#openSession = openSession;
		this.#trackers = new Trackers(openSession);
	}

	connect(link: Link): void {
		this.#link = link;
	}

	/** The methods; the parent is our own code, so inputs are taken as they come. */
	answer(method: string, input: unknown, signal: AbortSignal): unknown {
		switch (method as keyof ChildMethods) {
			case 'prompt':
				return this.#prompt(input as Input<'prompt'>, signal);
			case 'prepare':
				return this.#prepare(input as Input<'prepare'>, signal);
			case 'openRun':
				return this.#openRun(input as Input<'openRun'>);
			case 'nextBatch':
				return this.#nextBatch(input as Input<'nextBatch'>);
			case 'compile':
				return this.#compile(input as Input<'compile'>, signal);
			case 'measure':
				return this.#measure(input as Input<'measure'>, signal);
			case 'ping':
				return null;
			default:
				throw new StudioError('request.unknown', { method });
		}
	}

	forgetModel(modelId: string): void {
		this.#trackers.forget(modelId);
	}

	closeRun(runId: number): void {
		this.#runs.get(runId)?.controller.abort(new StudioError('request.cancelled'));
		this.#runs.delete(runId);
	}

	async #prompt({ source, task, priority }: Input<'prompt'>, signal: AbortSignal): Promise<PromptAnswer> {
		const picture = await this.#pictureAt(task, signal);
		return await this.#turns.take({ kind: priority, modelId: task.modelId }, signal, async () => {
			const tracker = await this.#trackers.get(task.modelId, source);
			const request = { picture, prompts: promptsFromWire(task, task.prompts), pictureKey: pictureKey(task) };
			const result = await tracker.prompt(request, signal);
			return {
				scores: result.scores,
				mask: maskToBytes(result.mask),
				candidates: result.candidates.map(({ mask, ...rest }) => ({ ...rest, mask: maskToBytes(mask) })),
			};
		});
	}

	async #prepare({ source, task }: Input<'prepare'>, signal: AbortSignal): Promise<null> {
		const picture = await this.#pictureAt(task, signal);
		return await this.#turns.take({ kind: 'prepare', modelId: task.modelId }, signal, async () => {
			const tracker = await this.#trackers.get(task.modelId, source);
			await tracker.prepare(picture, pictureKey(task), signal);
			return null;
		});
	}

	#openRun({ runId, source, task }: Input<'openRun'>): null {
		const controller = new AbortController();
		const run = new Run(task, {
			tracker: () => this.#trackers.get(task.modelId, source),
			turns: this.#turns,
			signal: controller.signal,
			pictureAt: this.#picturesAhead(task, controller.signal),
		});
		this.#runs.set(runId, { run, controller });
		this.#lastRun = this.#lastRun.then(() => run.run());
		return null;
	}

	#compile(input: Input<'compile'>, signal: AbortSignal): Promise<ModelManifest> {
		return compileModel({
			...input,
			signal,
			onProgress: (share) => this.#link!.notify('compileProgress', share),
		});
	}

	#measure({ source, device }: Input<'measure'>, signal: AbortSignal): Promise<Measurement> {
		const folder = source.kind === 'sam2' ? source.folder : '';
		return measureModel({
			source,
			createSession: graphsOf({ folder, device, ...(this.#openSession ? { openSession: this.#openSession } : {}) }),
			signal,
			onProgress: (share) => this.#link!.notify('measureProgress', share),
		});
	}

	async #nextBatch({ runId }: Input<'nextBatch'>): Promise<ChildMethods['nextBatch']['output']> {
		const opened = this.#runs.get(runId);
		if (opened === undefined) {
			// Opened in an earlier life of the process.
			throw new StudioError('model.processDied', { reason: 'the run was lost with it' });
		}
		try {
			const batch = await opened.run.next();
			if (batch.length === 0) {
				this.#runs.delete(runId);
			}
			return batch;
		} catch (error) {
			this.#runs.delete(runId);
			throw error;
		}
	}

	async #pictureAt(place: Place, signal: AbortSignal): Promise<RgbPicture> {
		const key = pictureKey(place);
		const known = this.#pictures.get(key);
		if (known !== null) {
			return known;
		}
		const { videoKey, frameIndex } = place;
		const picture = await remote<ParentMethods>(this.#link!)('picture', { videoKey, frameIndex }, signal);
		if (picture.width !== place.width || picture.height !== place.height) {
			const { width, height } = picture;
			throw new StudioError('model.pictureSize', {
				width,
				height,
				expectedWidth: place.width,
				expectedHeight: place.height,
			});
		}
		this.#pictures.add(key, picture);
		return picture;
	}

	/** Pictures of a run; while the model works on one, the next is decoded. */
	#picturesAhead(task: TrackTask, signal: AbortSignal): (frameIndex: number) => Promise<RgbPicture> {
		const { videoKey, width, height } = task;
		const step = task.direction === 'forward' ? 1 : -1;
		let ahead: { frameIndex: number; picture: Promise<RgbPicture | null> } | null = null;
		const pictureOf = (frameIndex: number) => this.#pictureAt({ videoKey, frameIndex, width, height }, signal);
		return async (frameIndex) => {
			const early = ahead?.frameIndex === frameIndex ? await ahead.picture : null;
			const picture = early ?? (await pictureOf(frameIndex));
			const next = frameIndex + step;
			if (isPassed(task, next)) {
				// A failure is met again, and told, when the picture is asked for in earnest.
				ahead = { frameIndex: next, picture: pictureOf(next).catch(() => null) };
			}
			return picture;
		};
	}
}

function pictureKey({ videoKey, frameIndex }: Pick<Place, 'videoKey' | 'frameIndex'>): string {
	return pictureKeyOf(videoKey, frameIndex);
}

/** Whether any segment passes the frame. */
function isPassed(task: TrackTask, frameIndex: number): boolean {
	return task.objects.some((object) =>
		object.segments.some(({ anchorFrameIndex, lastFrameIndex }) => {
			const low = Math.min(anchorFrameIndex, lastFrameIndex);
			const high = Math.max(anchorFrameIndex, lastFrameIndex);
			return low <= frameIndex && frameIndex <= high;
		}),
	);
}

function detail(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
