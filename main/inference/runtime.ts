import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type * as Runtime from 'onnxruntime-node';

export type OrtRuntime = typeof Runtime;

const requireHere = createRequire(import.meta.url);
const loaded = new Map<string, OrtRuntime>();

/**
 * ONNX Runtime: the one that ships, or a copy of its package in `folder`. The library looks for providers beside
 * itself, so a copy with NVIDIA's beside it is how they are found. Two copies in one process would be one library under
 * two names: a process loads one.
 */
export function loadRuntime(folder: string | null): OrtRuntime {
	const known = loaded.get(folder ?? '');
	if (known !== undefined) {
		return known;
	}
	const from = folder === null ? requireHere : createRequire(join(folder, 'runtime.js'));
	const runtime = from('onnxruntime-node') as OrtRuntime;
	loaded.set(folder ?? '', runtime);
	return runtime;
}

/** The folder of a package of the runtime that ships, by its name. */
export function runtimePackageFolder(name: 'onnxruntime-node' | 'onnxruntime-common'): string {
	const from = name === 'onnxruntime-node' ? requireHere : createRequire(requireHere.resolve('onnxruntime-node'));
	let folder = dirname(from.resolve(name));
	while (packageName(folder) !== name) {
		folder = dirname(folder);
	}
	return folder;
}

export function runtimeVersion(): string {
	const path = join(runtimePackageFolder('onnxruntime-node'), 'package.json');
	return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function packageName(folder: string): string | null {
	try {
		return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string }).name ?? null;
	} catch {
		return null;
	}
}

/** NVIDIA's providers for the runtime that ships, as its own installer names them. */
export type NvidiaPackage = {
	name: string;
	version: string;
	/** The feed's index. */
	feedUrl: string;
	files: { fileName: string; pathInPackage: string }[];
};

type InstallMetadata = {
	requirements: Record<string, string[]>;
	manifests: Record<string, Record<string, { package: string; path: string }>>;
	packages: Record<string, { name: string; versions: { feed: string; version: string }[] }>;
	feeds: Record<string, { index: string }>;
};

/** Null where there are none for a system. */
export function nvidiaPackage(platform: string = process.platform, arch: string = process.arch): NvidiaPackage | null {
	const metadata = requireHere('onnxruntime-node/script/install-metadata.js') as InstallMetadata;
	const system = `${platform}/${arch}`;
	const manifest = metadata.manifests[`${system}:${metadata.requirements[system]?.[0]}`];
	const [first] = Object.values(manifest ?? {});
	const described = first && metadata.packages[first.package];
	const published = described?.versions[0];
	const feed = published && metadata.feeds[published.feed];
	if (!manifest || !described || !published || !feed) {
		return null;
	}
	return {
		name: described.name,
		version: published.version,
		feedUrl: feed.index,
		files: Object.entries(manifest).map(([fileName, { path }]) => ({
			fileName: basename(fileName),
			pathInPackage: path,
		})),
	};
}

/** "linux on x64" */
export function systemName(): string {
	return `${process.platform} on ${process.arch}`;
}

/** Where the libraries of a copy of the runtime's package lie. */
export function libraryFolderOf(packageFolder: string): string {
	return join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch);
}
