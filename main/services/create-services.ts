import { extname, join } from 'node:path';
import { possibleDevices } from '../inference/devices.ts';
import { builtinModel, createInference } from '../inference/inference.ts';
import { COMPILER_VERSION } from '../inference/manifest.ts';
import { runtimeVersion } from '../inference/runtime.ts';
import { createMedia, encodePicture } from '../media/index.ts';
import { historyState, readProject, type Store, type StoreChange } from '../store/index.ts';
import { type ErrorCode, type ErrorData, StudioError } from '../../preload/common/studio-error.ts';
import type { EventName, Events } from '../../preload/contract/events.ts';
import { createAnnotateService } from './annotate/index.ts';
import { createPendingMasks } from './annotate/pending.ts';
import type { ServiceContext, ServiceDeps, Workspace } from './context.ts';
import { createDeviceService, deviceListOf } from './device/index.ts';
import { createMeasuring } from './device/measuring.ts';
import { createNvidiaSupport } from './device/nvidia/support.ts';
import { createDeviceRegistry } from './device/registry.ts';
import { createExportService } from './export/index.ts';
import { createHistoryService } from './history/index.ts';
import { createHostService } from './host/index.ts';
import type { ServiceEvent, Services } from './index.ts';
import { createJobs } from './job/jobs.ts';
import { createJobService } from './job/index.ts';
import { missingModelOf } from './model/choice.ts';
import { createModelService, renewModels } from './model/index.ts';
import { createModelLibrary } from './model/library.ts';
import { createWeightsStore } from './model/weights-store.ts';
import { createModelModes } from './model/modes.ts';
import { createProjectService, mediaFolderOf, projectInfoOf } from './project/index.ts';
import { createReviewService } from './review/index.ts';
import { createSegmentService } from './segment/index.ts';
import { startTidying } from './project/tidying.ts';
import { createTrackService } from './track/index.ts';
import { saveUpload } from './upload.ts';
import { createVideoService, locateSource } from './video/index.ts';
import { checkFrame, videoOf } from './video/find.ts';
import { readablePicture } from './video/readable-picture.ts';
import { probedOf } from './video/record.ts';
import { createSources } from './video/sources.ts';
import { videoIdOf } from './video/video-key.ts';

/**
 * Everything that Masklet does, for any host: the contract's handlers over media, inference, store and formats. Holds at
 * most one open project.
 */
export function createServices(deps: ServiceDeps): Services {
	const listeners = new Set<(event: ServiceEvent) => void>();
	const closing = new AbortController();
	let workspace: Workspace | null = null;
	let openingCount = 0;

	const emit = <E extends EventName>(name: E, payload: Events[E]): void => {
		for (const listener of listeners) {
			listener({ name, payload } as ServiceEvent);
		}
	};
	const media = createMedia({ openDecoder: deps.openDecoder, cacheBytes: deps.frameCacheBytes, log: deps.log });
	const library = createModelLibrary({ folder: join(deps.dataFolder, 'models'), spawn: deps.spawnInference });
	const weights = createWeightsStore(join(deps.dataFolder, 'weights'), library);
	const modes = createModelModes({
		path: join(deps.dataFolder, 'model-modes.json'),
		folder: join(deps.dataFolder, 'model-variants'),
		spawn: deps.spawnInference,
	});
	const modelsInUse = () => library.list().map(({ model }) => modes.applied(model));
	const nvidia = createNvidiaSupport({
		folder: join(deps.dataFolder, 'runtime'),
		httpGet: deps.httpGet,
		feedUrl: deps.nvidiaFeedUrl ?? null,
	});
	const devices = createDeviceRegistry({
		path: join(deps.dataFolder, 'devices.json'),
		possible: possibleDevices(),
		nvidiaFolder: nvidia.folder,
		measuredWith: `${runtimeVersion()} ${COMPILER_VERSION}`,
		models: () => [builtinModel, ...library.list().map(({ model }) => model)],
		now: deps.now,
		onGaveWay: (data) => context.warn('device.gaveWay', data),
	});
	const inference = createInference({
		spawn: deps.spawnInference,
		pictureAt: async (videoKey, frameIndex, signal) => {
			const open = project();
			const videoId = videoIdOf(open, videoKey);
			return open.sources.use(videoId, (source) => readablePicture(source, frameIndex, signal));
		},
		models: modelsInUse,
		features: deps.featureFolder,
		devices,
		log: deps.log,
		...(deps.inferenceSilenceMillis === undefined ? {} : { silenceLimitMillis: deps.inferenceSilenceMillis }),
	});
	const jobs = createJobs({
		emit,
		now: deps.now,
		onInternalError: (error, method) => deps.log.error({ error }, `${method} failed`),
	});

	function project(): Workspace {
		if (!workspace) {
			throw new StudioError('project.none');
		}
		return workspace;
	}

	function editable(): Workspace {
		const open = project();
		if (open.store.isReadOnly) {
			throw new StudioError('project.readOnly', { path: open.path });
		}
		return open;
	}

	const context: ServiceContext = {
		deps,
		media,
		inference,
		jobs,
		emit,
		warn: <C extends ErrorCode>(code: C, data: ErrorData<C>) => {
			const { message } = new StudioError(code, ...([data] as never));
			emit('warning', { code, message, data });
		},
		project,
		editable,
		announceProject: () => {
			emit('project.changed', { project: workspace && projectInfoOf(context, workspace.store) });
		},
	};

	async function hold(store: Store): Promise<void> {
		await release({ isQuiet: true });
		if (closing.signal.aborted) {
			store.close();
			throw new StudioError('request.closed');
		}
		const openingId = ++openingCount;
		const pendingMasks = createPendingMasks(context, { store, openingId });
		const sources = createSources({
			media,
			locate: async (videoId) => {
				const video = videoOf(store, videoId);
				const path = await locateSource(store, video);
				return { path, known: await probedOf(context, store, { video, path }) };
			},
		});
		workspace = { openingId, path: store.path, store, sources, pendingMasks, tidying: startTidying(store, deps.log) };
		store.onChange((change) => announceChange(store, change));
		context.announceProject();
		const missing = missingModelOf(context, readProject(store.db));
		if (missing !== null) {
			context.warn('model.missing', { modelId: missing });
		}
		pendingMasks.wake();
	}

	function announceChange(store: Store, change: StoreChange): void {
		emit('store.changed', { ...change, history: historyState(store.db) });
		if (workspace?.store === store) {
			workspace.pendingMasks.wake();
		}
	}

	async function release(options: { isQuiet: boolean } = { isQuiet: false }): Promise<void> {
		const leaving = workspace;
		if (!leaving) {
			return;
		}
		// From here on nothing new starts on it, while what is under way ends in order.
		workspace = null;
		await jobs.stopOfProject();
		await leaving.pendingMasks.stop();
		await leaving.sources.close();
		await leaving.tidying.stop();
		leaving.store.close();
		if (!options.isQuiet) {
			context.announceProject();
		}
	}

	const measuring = createMeasuring(context, {
		registry: devices,
		models: () => [builtinModel, ...modelsInUse()],
		listOf: (modelId) => deviceListOf(context, { registry: devices, nvidia }, modelId),
	});
	renewModels(context, { library, modes, measuring });
	return {
		handlers: {
			annotate: createAnnotateService(context),
			device: createDeviceService(context, { registry: devices, measuring, nvidia }),
			export: createExportService(context),
			history: createHistoryService(context),
			host: createHostService(context),
			job: createJobService(context),
			model: createModelService(context, { library, weights, modes, devices, measuring }),
			project: createProjectService(context, {
				hold,
				release: () => release(),
				current: () => workspace?.store ?? null,
				closing: closing.signal,
			}),
			review: createReviewService(context),
			segment: createSegmentService(context),
			track: createTrackService(context),
			video: createVideoService(context),
		},
		onEvent: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		picture: async (videoId, frameIndex, { maxSide, signal }) => {
			const open = project();
			checkFrame(videoOf(open.store, videoId), frameIndex);
			const options = { signal, ...(maxSide === undefined ? {} : { maxSide }) };
			const picture = await open.sources.use(videoId, (source) => source.picture(frameIndex, options));
			return { bytes: await encodePicture(picture, 'jpg'), mimeType: 'image/jpeg' };
		},
		playbackSource: async (videoId) => {
			const { store } = project();
			const video = videoOf(store, videoId);
			if (video.kind === 'folder') {
				return null;
			}
			const path = await locateSource(store, video);
			return { path, mimeType: mimeTypes[extname(path).toLowerCase()] ?? 'application/octet-stream' };
		},
		acceptUpload: (name, body, { signal }) => saveUpload(mediaFolderOf(editable().store), { name, body, signal }),
		looseFrame: async (path, frameIndex, { format, signal }) => {
			const source = await media.open(path, { signal });
			try {
				checkFrame(source.facts, frameIndex);
				const picture = await source.picture(frameIndex, { signal });
				const { width, height } = picture;
				return { bytes: await encodePicture(picture, format), width, height };
			} finally {
				await source.close();
			}
		},
		close: async () => {
			closing.abort(new StudioError('request.cancelled'));
			await release({ isQuiet: true });
			await jobs.stopAll();
			await inference.close();
			await media.close();
		},
	};
}

const mimeTypes: Record<string, string> = {
	'.mp4': 'video/mp4',
	'.m4v': 'video/mp4',
	'.mov': 'video/quicktime',
	'.mkv': 'video/x-matroska',
	'.webm': 'video/webm',
};
