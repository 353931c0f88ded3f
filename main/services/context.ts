import type { Inference } from '../inference/inference.ts';
import type { FeatureFolder } from '../inference/protocol.ts';
import type { Media } from '../media/media.ts';
import type { Store } from '../store/index.ts';
import type { ErrorCode, ErrorData } from '../../preload/common/studio-error.ts';
import type { EventName, Events } from '../../preload/contract/events.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import type { PendingMasks } from './annotate/pending.ts';
import type { HostDeps } from './index.ts';
import type { HttpGet } from './http-get.ts';
import type { Jobs } from './job/jobs.ts';
import type { CatalogueDeps } from './model/catalogue.ts';
import type { Tidying } from './project/tidying.ts';
import type { Sources } from './video/sources.ts';
import type { Opening } from './video/video-key.ts';

/** What a pino logger has. */
export type Log = {
	error(data: unknown, message?: string): void;
	warn(data: unknown, message?: string): void;
	info(data: unknown, message?: string): void;
	debug(data: unknown, message?: string): void;
};

/** What a host gives the services. */
export type ServiceDeps = {
	host: HostDeps;
	/** The user's own folder: recent projects, the sample project, models. */
	dataFolder: string;
	/** The list of official checkpoints. */
	catalogue: CatalogueDeps;
	/** Fetches what a person asked for; nothing else goes over the network. */
	httpGet: HttpGet;
	/** A feed of one's own in place of ONNX Runtime's for NVIDIA's libraries: a mirror, on 127.0.0.1 over plain http too. */
	nvidiaFeedUrl?: string;
	/** The host stays open, so that a model that was added is measured by itself, once. */
	measuresNewModels?: boolean;
	/** A device that gives no sign for so long while it is measured is given up. */
	measureStepLimitMillis?: number;
	/** A busy model process that says nothing for so long is killed. */
	inferenceSilenceMillis?: number;
	/** The clip of the sample project. */
	samplePath: string;
	/** Opens a decoder page: a hidden window, or a headless Chromium. */
	openDecoder: (signal?: AbortSignal) => Promise<Channel>;
	/** Starts a child process that runs models. */
	spawnInference: () => Channel | Promise<Channel>;
	log: Log;
	now: () => number;
	/** Who edits; null where nobody said. */
	author: string | null;
	/** Limit of decoded pictures kept in memory. */
	frameCacheBytes: number;
	/** Where models keep frames' features; it may be deleted at any time. */
	featureFolder: FeatureFolder;
};

/** The open project. */
export type Workspace = Opening & {
	path: string;
	store: Store;
	sources: Sources;
	pendingMasks: PendingMasks;
	tidying: Tidying;
};

/** What every service works with. */
export type ServiceContext = {
	deps: ServiceDeps;
	media: Media;
	inference: Inference;
	jobs: Jobs;
	emit: <E extends EventName>(name: E, payload: Events[E]) => void;
	/** Says a catalogued sentence that no call could carry. */
	warn: <C extends ErrorCode>(code: C, data: ErrorData<C>) => void;
	/** The open project. @throws project.none */
	project: () => Workspace;
	/** The open project where it may be changed. @throws project.none, project.readOnly */
	editable: () => Workspace;
	/** Tells every client what is open now. */
	announceProject: () => void;
};
