import type { RgbPicture } from '../../preload/common/picture.ts';
import { type DeviceId, deviceNames } from '../../preload/common/device.ts';
import { isStudioError, StudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { checkPrompts } from './check-prompts.ts';
import { ChildProcess } from './child-process.ts';
import type { DeviceUse } from './devices.ts';
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

/** Where inference tells what a user would want to know; a pino logger fits. */
export type InferenceLog = {
	info(message: string): void;
	warn(message: string): void;
	debug(message: string): void;
};

/** Says where a model runs, and is told where it cannot. */
export type DeviceChooser = {
	deviceOf(modelId: string): DeviceUse;
	/** Milliseconds a frame of one object there; null where it was not measured. */
	millisOf(modelId: string): number | null;
	/** The device refused, crashed or hung; `deviceOf` names another from now on. */
	gaveWay(modelId: string, deviceId: DeviceId, reason: string): void;
};

/** A model that can be used, and what is shown of it. */
export type InferenceModel = {
	modelId: string;
	name: string;
	sizeBytes: number;
	licence: string;
	source: ModelSource;
};

export type InferenceModelInfo = Omit<InferenceModel, 'source'> & {
	/** Where it runs now: "CPU". */
	device: string;
	/** Milliseconds a frame of one object, measured there; null before that. */
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
	/** Where models run. Default: on the CPU. */
	devices?: DeviceChooser;
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
	/**
	 * The run starts when it is iterated, and is cancelled when the iteration is left. One iteration only.
	 *
	 * @throws device.gaveWay where its device crashed, hung or refused: the rest can be asked for anew, on the next one
	 * @throws model.interrupted where another model's work ended the child: the rest can be asked for anew
	 */
	track(task: TrackTask, options: { signal: AbortSignal }): AsyncIterable<TrackAnswer>;
	/** Lets go of what the child holds of a model, because its folder is gone or another. */
	forget(modelId: string): void;
	/** Starts the child anew as soon as nothing is under way: devices were chosen or added. */
	renew(): void;
	/** Kills the child; requests under way reject. */
	close(): Promise<void>;
}

export const builtinModelId = 'builtin-basic';

export const builtinModel: InferenceModel = {
	modelId: builtinModelId,
	name: 'Built-in (basic)',
	sizeBytes: 0,
	licence: 'Apache-2.0',
	source: { kind: 'builtin' },
};

export function createInference(options: InferenceOptions): Inference {
	const models = () => [builtinModel, ...(options.models?.() ?? [])];
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

	const placeOf = (modelId: string): { source: ModelSource; device: DeviceUse } => {
		const source = sourceOf(modelId);
		const device = options.devices?.deviceOf(modelId);
		return source.kind === 'sam2' && device
			? { source: { ...source, device }, device }
			: { source, device: { deviceId: 'cpu', runtimeFolder: null } };
	};

	/** Whether the device is to blame; another takes its place then. */
	const gaveWay = (modelId: string, { deviceId }: DeviceUse, error: unknown): string | null => {
		const isOfDevice =
			isStudioError(error, 'device.failed') ||
			isStudioError(error, 'model.processDied') ||
			isStudioError(error, 'model.processHung');
		if (deviceId === 'cpu' || !isOfDevice || !options.devices) {
			return null;
		}
		const reason = reasonOf(error);
		options.log.warn(`${modelId} on ${deviceNames[deviceId]}: ${reason}`);
		options.devices.gaveWay(modelId, deviceId, reason);
		// What the child holds of the model is of the device that failed.
		child.notify('forgetModel', modelId);
		return placeOf(modelId).device.deviceId === deviceId ? null : reason;
	};

	/** Whether work was cut off that only waited, or was between two steps, while another model was at work. */
	const isBystander = (modelId: string, error: unknown): boolean => {
		const atWork = child.modelAtWork(error);
		return atWork !== null && atWork !== modelId;
	};

	/** Does the work on the first device that can; once more where another model's work cut it off. */
	const onDevice = async <T>(modelId: string, work: (source: ModelSource) => Promise<T>): Promise<T> => {
		let isSecond = false;
		for (;;) {
			const { source, device } = placeOf(modelId);
			try {
				return await work(source);
			} catch (error) {
				if (isBystander(modelId, error)) {
					if (isSecond) {
						throw error;
					}
					isSecond = true;
				} else if (gaveWay(modelId, device, error) === null) {
					throw error;
				}
			}
		}
	};

	return {
		models: () =>
			models().map(({ source: _source, ...model }) => ({
				...model,
				device: deviceNames[placeOf(model.modelId).device.deviceId],
				millisPerFrame: options.devices?.millisOf(model.modelId) ?? null,
			})),

		async prompt(task, { signal, priority = 'click' }) {
			sourceOf(task.modelId);
			checkPrompts(task);
			return await onDevice(task.modelId, (source) => child.call('prompt', { source, task, priority }, signal));
		},

		async prepare(task, { signal }) {
			await onDevice(task.modelId, (source) => child.call('prepare', { source, task }, signal));
		},

		async *track(task, { signal }) {
			const { source, device } = placeOf(task.modelId);
			const runId = nextRunId++;
			const release = child.hold();
			try {
				await child.call('openRun', { runId, source, task }, signal);
				for (;;) {
					const answers = await child.call('nextBatch', { runId }, signal);
					if (answers.length === 0) {
						return;
					}
					for (const answer of answers) {
						signal.throwIfAborted();
						yield answer;
					}
				}
			} catch (error) {
				signal.throwIfAborted();
				if (isBystander(task.modelId, error)) {
					throw new StudioError('model.interrupted', undefined, { cause: error });
				}
				const reason = gaveWay(task.modelId, device, error);
				if (reason === null) {
					throw error;
				}
				const next = deviceNames[placeOf(task.modelId).device.deviceId];
				throw new StudioError(
					'device.gaveWay',
					{ device: deviceNames[device.deviceId], reason, next },
					{ cause: error },
				);
			} finally {
				child.notify('closeRun', runId);
				release();
			}
		},

		forget: (modelId) => child.notify('forgetModel', modelId),

		renew: () => child.renew(),

		close: () => child.close(),
	};
}

function reasonOf(error: StudioError): string {
	if (isStudioError(error, 'device.failed')) {
		return error.data.reason;
	}
	return isStudioError(error, 'model.processHung')
		? `it gave no sign for ${error.data.seconds} s`
		: 'the process that used it ended in the middle of its work';
}
