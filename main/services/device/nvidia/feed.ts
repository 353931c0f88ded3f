import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { NvidiaPackage } from '../../../inference/runtime.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { HttpGet } from '../../http-get.ts';
import { download, NotThere } from './download.ts';

/*
 * A NuGet v3 feed, as far as one package of it is needed: the service index names the base address of packages and that
 * of registrations; a version's registration names its catalogue entry, which has the size and the hash.
 */

const index = z.object({ resources: z.array(z.object({ '@id': z.url(), '@type': z.string() })) });
const registration = z.object({ catalogEntry: z.url() });
const catalogEntry = z.object({
	packageHash: z.string(),
	packageHashAlgorithm: z.literal('SHA512'),
	packageSize: z.int().positive(),
});

export type PublishedPackage = { url: string; sizeBytes: number; sha512Base64: string };

export type FeedRequest = {
	wanted: NvidiaPackage;
	/** An existing folder for what is read on the way. */
	folder: string;
	httpGet: HttpGet;
	checkAddress: (url: string) => void;
	signal: AbortSignal;
};

/** Where a package of the feed is, and what it has to be. @throws nvidia.unreachable, nvidia.noPackage */
export async function findPackage(request: FeedRequest): Promise<PublishedPackage> {
	const { wanted } = request;
	const id = wanted.name.toLowerCase();
	const version = wanted.version.toLowerCase();
	const { resources } = await readJson(wanted.feedUrl, index, request);
	const addressOf = (...types: string[]): string => {
		const found = types.map((type) => resources.find((resource) => resource['@type'] === type)).find(Boolean);
		if (!found) {
			throw new StudioError('nvidia.unreachable', { url: wanted.feedUrl, reason: `it names no ${types[0]}` });
		}
		return found['@id'].replace(/\/*$/, '/');
	};
	const packages = addressOf('PackageBaseAddress/3.0.0');
	const registrations = addressOf('RegistrationsBaseUrl/3.6.0', 'RegistrationsBaseUrl/3.4.0', 'RegistrationsBaseUrl');
	const leaf = await readJson(`${registrations}${id}/${version}.json`, registration, request);
	const entry = await readJson(leaf.catalogEntry, catalogEntry, request);
	return {
		url: `${packages}${id}/${version}/${id}.${version}.nupkg`,
		sizeBytes: entry.packageSize,
		sha512Base64: entry.packageHash,
	};
}

/** Fetches into `target`; what goes wrong on the way is told in a sentence. */
export async function fetchFile(
	url: string,
	target: string,
	request: FeedRequest & { onProgress?: (receivedBytes: number, totalBytes: number | null) => void },
): Promise<void> {
	const { signal, checkAddress, wanted, onProgress = () => {} } = request;
	try {
		await download(request.httpGet, url, target, { signal, checkAddress, onProgress });
	} catch (cause) {
		signal.throwIfAborted();
		if (cause instanceof StudioError) {
			throw cause;
		}
		if (cause instanceof NotThere) {
			throw new StudioError('nvidia.noPackage', { version: wanted.version }, { cause });
		}
		throw new StudioError('nvidia.unreachable', { url, reason: reasonOf(cause) }, { cause });
	}
}

async function readJson<T extends z.ZodType>(url: string, shape: T, request: FeedRequest): Promise<z.output<T>> {
	const path = join(request.folder, 'answer.json');
	await fetchFile(url, path, request);
	try {
		return shape.parse(JSON.parse(await readFile(path, 'utf8')));
	} catch (cause) {
		throw new StudioError('nvidia.unreachable', { url, reason: 'its answer is not a feed of packages' }, { cause });
	} finally {
		await rm(path, { force: true });
	}
}

function reasonOf(error: unknown): string {
	const deepest = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	return deepest instanceof Error ? deepest.message || deepest.name : String(deepest);
}
