import type { RgbPicture } from '../../preload/common/picture.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { checkPrompts } from './check-prompts.ts';
import { ChildProcess } from './child-process.ts';
import type {
	FeatureFolder,
	ModelSource,
	PrepareTask,
	PromptAnswer,
	PromptPriority,
	PromptTask,
	TrackAnswer,
	TrackTask,
} from './protocol.ts';
import { RecentMedian } from './recent-median.ts';

/** Where inference tells what a user would want to know; a pino logger fits. */
export type InferenceLog = {
	info(message: string): void;
	warn(message: string): void;
	debug(message: string): void;
};

/** A model that can be used, and what is shown of it. */
export type InferenceModel = {
	modelId: string;
	name: string;
	sizeBytes: number;
	device: string;
	licence: string;
	source: ModelSource;
};

export type InferenceModelInfo = Omit<InferenceModel, 'source'> & {
	/** Median milliseconds a tracked frame (all of its objects), measured here; null before the first run. */
	millisPerFrame: number | null;
};

export type InferenceOptions = {
	/**
	 * Starts the child process and gives the channel to it; called on the first request and once more after a child
	 * died. `channel.close()` must kill it.
	 */
	spawn: () => Channel | Promise<Channel>;
	/** The decoded picture of a frame at full size. Its signal aborts with the task that wants it. */
	pictureAt: (videoKey: string, frameIndex: number, signal: AbortSignal) => Promise<RgbPicture>;
	/** Models beside the built-in one, as they are now. */
	models?: () => readonly InferenceModel[];
	/** Where models may keep frames' features. Default: in memory alone. */
	features?: FeatureFolder;
	log: InferenceLog;
	/** A busy child that says nothing for so long is killed. Default 120 s: a big network's step can take a minute. */
	silenceLimitMillis?: number;
};

export type PromptOptions = {
	signal: AbortSignal;
	/** `preview`, what the pointer hovers over, goes after `click`, what a person waits for. Default `click`. */
	priority?: PromptPriority;
};

/**
 * Inference as the services see it. Work goes to a child process in order of priority (click, preview, a run's next
 * frame, prepare); runs queue behind one another, and prompts are served between two frames of a run. An aborted
 * request rejects at once with its signal's reason.
 */
export interface Inference {
	models(): InferenceModelInfo[];
	prompt(task: PromptTask, options: PromptOptions): Promise<PromptAnswer>;
	prepare(task: PrepareTask, options: { signal: AbortSignal }): Promise<void>;
	/** The run starts when it is iterated, and is cancelled when the iteration is left. One iteration only. */
	track(task: TrackTask, options: { signal: AbortSignal }): AsyncIterable<TrackAnswer>;
	/** Lets go of what the child holds of a model, because its folder is gone or another. */
	forget(modelId: string): void;
	/** Kills the child; requests under way reject. */
	close(): Promise<void>;
}

export const builtinModelId = 'builtin-basic';

export const builtinModel: InferenceModel = {
	modelId: builtinModelId,
	name: 'Built-in (basic)',
	sizeBytes: 0,
	device: 'CPU',
	licence: 'Apache-2.0',
	source: { kind: 'builtin' },
};

/** Frames whose times make a model's median. */
const timedFrames = 101;

export function createInference(options: InferenceOptions): Inference {
	const models = () => [builtinModel, ...(options.models?.() ?? [])];
	const times = new Map<string, RecentMedian>();
	const child = new ChildProcess({
		spawn: options.spawn,
		pictureAt: options.pictureAt,
		log: options.log,
		silenceLimitMillis: options.silenceLimitMillis ?? 120_000,
	});
	let nextRunId = 1;

	const sourceOf = (modelId: string): ModelSource => {
		const known = models();
		const model = known.find((candidate) => candidate.modelId === modelId);
		if (model === undefined) {
			throw new StudioError('model.unknown', { modelId, known: known.map((candidate) => candidate.modelId) });
		}
		const { source } = model;
		return source.kind === 'sam2' && options.features ? { ...source, features: options.features } : source;
	};

	const timesOf = (modelId: string): RecentMedian => {
		const known = times.get(modelId) ?? new RecentMedian(timedFrames);
		times.set(modelId, known);
		return known;
	};

	return {
		models: () =>
			models().map(({ source: _source, ...model }) => ({
				...model,
				millisPerFrame: timesOf(model.modelId).value(),
			})),

		async prompt(task, { signal, priority = 'click' }) {
			const source = sourceOf(task.modelId);
			checkPrompts(task);
			return await child.call('prompt', { source, task, priority }, signal);
		},

		async prepare(task, { signal }) {
			await child.call('prepare', { source: sourceOf(task.modelId), task }, signal);
		},

		async *track(task, { signal }) {
			const source = sourceOf(task.modelId);
			const runId = nextRunId++;
			const release = child.hold();
			try {
				await child.call('openRun', { runId, source, task }, signal);
				for (;;) {
					const { answers, frameMillis } = await child.call('nextBatch', { runId }, signal);
					frameMillis.forEach((millis) => timesOf(task.modelId).add(millis));
					if (answers.length === 0) {
						return;
					}
					for (const answer of answers) {
						signal.throwIfAborted();
						yield answer;
					}
				}
			} finally {
				child.notify('closeRun', runId);
				release();
			}
		},

		forget: (modelId) => {
			times.delete(modelId);
			child.notify('forgetModel', modelId);
		},

		close: () => child.close(),
	};
}
