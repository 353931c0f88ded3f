import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnInferenceProcess } from '../../inference/spawn-process.ts';
import { launchDecoderPage } from '../../media/chromium/launch.ts';
import { createServices, type HostDeps, type ServiceDeps, type Services } from '../../services/index.ts';
import { createHttpGet } from './http-get.ts';
import type { Product } from './product.ts';
import type { UserFolders } from './user-folders.ts';

/** Half a minute of 720p, or two frames of the largest pictures. */
const FRAME_CACHE_BYTES = 512 * 1024 * 1024;
/** 500 frames of SAM 2 at 1024. */
const FEATURE_CACHE_MEBIBYTES = 4096;

export type HostServicesOptions = {
	host: HostDeps;
	product: Product;
	folders: UserFolders;
	log: ServiceDeps['log'];
} & Partial<Pick<ServiceDeps, 'frameCacheBytes'>> &
	Pick<ServiceDeps, 'measuresNewModels' | 'measureStepLimitMillis' | 'inferenceSilenceMillis' | 'nvidiaFeedUrl'>;

/**
 * The services of a host that runs under plain Node: a headless Chromium decodes, a forked process runs the models.
 */
export function createNodeServices(options: HostServicesOptions): Services {
	const { product, folders, log } = options;
	return createHostServices({
		...options,
		openDecoder: (signal) =>
			launchDecoderPage({
				pageFolder: product.rendererFolder,
				cacheFolder: folders.cache,
				log,
				...(signal ? { signal } : {}),
			}),
		spawnInference: () => spawnInferenceProcess(product.inferenceEntry),
	});
}

/** The services of a host that has its own way to decode and to run models. */
export function createHostServices({
	product,
	folders,
	...own
}: HostServicesOptions & Pick<ServiceDeps, 'openDecoder' | 'spawnInference'>): Services {
	return createServices({
		frameCacheBytes: FRAME_CACHE_BYTES,
		...own,
		dataFolder: folders.data,
		catalogue: catalogueOf(product),
		httpGet: createHttpGet(),
		samplePath: product.samplePath,
		...nvidiaFeed(),
		now: Date.now,
		author: authorName(),
		featureFolder: { folder: join(folders.cache, 'features'), limitBytes: featureCacheBytes() },
	});
}

/**
 * `MASKLET_MODELS` names a list of one's own in place of the official one: a laboratory's mirror, or a server on this
 * machine. Plain http is taken for 127.0.0.1 alone, and from such a list alone: who sets the environment of a program
 * can have it do anything anyway, while nothing that comes over the contract or from a server names an address.
 */
function catalogueOf(product: Product): ServiceDeps['catalogue'] {
	const own = process.env.MASKLET_MODELS;
	return own ? { path: resolve(own), allowsLoopback: true } : { path: product.cataloguePath, allowsLoopback: false };
}

/** `MASKLET_FEATURE_CACHE` says how many MiB of features may lie in the cache folder, 0 for none. */
function featureCacheBytes(): number {
	const mebibytes = Number.parseInt(process.env.MASKLET_FEATURE_CACHE ?? '', 10);
	return (Number.isNaN(mebibytes) ? FEATURE_CACHE_MEBIBYTES : Math.max(0, mebibytes)) * 2 ** 20;
}

/** `MASKLET_NVIDIA_FEED` names a mirror of ONNX Runtime's feed, for laboratories without a way out. */
function nvidiaFeed(): Pick<ServiceDeps, 'nvidiaFeedUrl'> {
	const own = process.env.MASKLET_NVIDIA_FEED;
	return own ? { nvidiaFeedUrl: own } : {};
}

/** Null on machines whose users have no names. */
function authorName(): string | null {
	try {
		return userInfo().username;
	} catch {
		return null;
	}
}
