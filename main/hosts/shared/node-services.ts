import { userInfo } from 'node:os';
import { spawnInferenceProcess } from '../../inference/spawn-process.ts';
import { launchDecoderPage } from '../../media/chromium/launch.ts';
import { createServices, type HostDeps, type ServiceDeps, type Services } from '../../services/index.ts';
import { download } from './download.ts';
import type { Product } from './product.ts';
import type { UserFolders } from './user-folders.ts';

/** Half a minute of 720p, or two frames of the largest pictures. */
const FRAME_CACHE_BYTES = 512 * 1024 * 1024;

export type HostServicesOptions = {
	host: HostDeps;
	product: Product;
	folders: UserFolders;
	log: ServiceDeps['log'];
} & Pick<ServiceDeps, 'measureStepLimitMillis' | 'inferenceSilenceMillis' | 'nvidiaFeedUrl'>;

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
		...own,
		dataFolder: folders.data,
		samplePath: product.samplePath,
		download,
		...nvidiaFeed(),
		now: Date.now,
		author: authorName(),
		frameCacheBytes: FRAME_CACHE_BYTES,
	});
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
