import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { writeGraph } from '../../models/onnx/write.ts';
import type { ModelManifest } from './manifest.ts';
import { COMPILER_VERSION, configOf, modelManifest } from './manifest.ts';
import { buildGraph, graphNames, type GraphVariant, plainVariant } from '../../models/sam2/build.ts';
import { inspectCheckpoint } from '../../models/sam2/inspect.ts';
import type { RandomAccess } from '../../models/weights/random-access.ts';
import { isStudioError, StudioError } from '../../preload/common/studio-error.ts';
import { openFile } from './file-access.ts';

const HASH_CHUNK_BYTES = 4 * 2 ** 20;
export const MANIFEST_NAME = 'model.json';

export type CompileRequest = {
	/** A weights file: .pt or .safetensors. */
	source: string;
	/** The model's folder. It appears when it is complete; one that is there is replaced. */
	outFolder: string;
	/** Edge of the square that pictures are resized to: 1024, or 512 for a coarser and quicker model. */
	imageSize?: number;
	/** What the graphs differ in from the plain ones. Default: nothing. */
	variant?: GraphVariant;
	/** From 0 to 1. */
	onProgress?: (share: number) => void;
	signal: AbortSignal;
};

/**
 * Makes a model folder of a weights file: a graph file and a data file a graph, and a manifest. One tensor is in
 * memory at a time. Nothing is left behind when it fails or is aborted.
 */
export async function compileModel(request: CompileRequest): Promise<ModelManifest> {
	const { outFolder, signal, variant = plainVariant } = request;
	const source = resolve(request.source);
	const partial = partialFolderOf(outFolder);
	const file = await openFile(source);
	try {
		await rm(partial, { recursive: true, force: true });
		await mkdir(partial, { recursive: true });
		const progress = progressOf(file.sizeBytes * 2, request.onProgress);
		const imageSize = request.imageSize === undefined ? {} : { imageSize: request.imageSize };
		const { config, checkpoint } = await inspectCheckpoint(file, imageSize);
		const sha256 = await hashFile(file, { progress, signal });
		const files: ModelManifest['files'] = [];
		for (const name of graphNames) {
			const graph = buildGraph(name, config, { dialect: 'contrib', variant });
			const written = await writeGraph(graph, {
				location: `${name}.data`,
				loadWeight: (key) => checkpoint.tensors.get(key)!.read(),
			});
			await writeFile(join(partial, `${name}.onnx`), written.modelBytes);
			const data = await open(join(partial, `${name}.data`), 'w');
			try {
				for (const tensor of written.external) {
					signal.throwIfAborted();
					await data.write(await tensor.load(), 0, tensor.lengthBytes, tensor.offsetBytes);
					progress(tensor.lengthBytes);
				}
				await data.truncate(written.externalBytes);
				await data.sync();
			} finally {
				await data.close();
			}
			files.push({ name: `${name}.onnx`, sizeBytes: written.modelBytes.length });
			files.push({ name: `${name}.data`, sizeBytes: written.externalBytes });
		}
		const manifest: ModelManifest = {
			compilerVersion: COMPILER_VERSION,
			size: config.size,
			version: config.version,
			imageSize: config.imageSize,
			...variant,
			source: { path: source, sizeBytes: file.sizeBytes, sha256 },
			files,
		};
		await writeFile(join(partial, MANIFEST_NAME), `${JSON.stringify(manifest, null, '\t')}\n`);
		signal.throwIfAborted();
		await replaceFolder(partial, outFolder);
		request.onProgress?.(1);
		return manifest;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
			throw new StudioError('disk.full', { path: outFolder }, { cause: error });
		}
		throw error;
	} finally {
		await file.close();
		await rm(partial, { recursive: true, force: true });
	}
}

/** Where a model is made before it takes its folder's name. */
export function partialFolderOf(outFolder: string): string {
	return join(dirname(outFolder), `.${basename(outFolder)}.partial`);
}

/** The manifest of a complete model folder of any compiler version. */
export async function readManifest(folder: string): Promise<ModelManifest> {
	let manifest: ModelManifest;
	try {
		manifest = modelManifest.parse(JSON.parse(await readFile(join(folder, MANIFEST_NAME), 'utf8')));
		configOf(manifest);
		for (const { name, sizeBytes } of manifest.files) {
			if ((await stat(join(folder, name))).size !== sizeBytes) {
				throw new StudioError('model.notCompiled', { folder });
			}
		}
	} catch (cause) {
		throw isStudioError(cause) ? cause : new StudioError('model.notCompiled', { folder }, { cause });
	}
	return manifest;
}

/**
 * Makes a model folder usable by this version: one that another compiler made is made again from its weights file,
 * which must still be where it was, and the same.
 */
export async function ensureCompiled(request: {
	folder: string;
	onProgress?: (share: number) => void;
	signal: AbortSignal;
}): Promise<ModelManifest> {
	const { folder, signal } = request;
	const manifest = await readManifest(folder);
	if (manifest.compilerVersion === COMPILER_VERSION) {
		return manifest;
	}
	const { imageSize, precision, memoryPooling } = manifest;
	const { path, sizeBytes } = manifest.source;
	const found = await stat(path).catch(() => null);
	if (found === null || found.size !== sizeBytes) {
		throw new StudioError('model.sourceGone', { path });
	}
	return compileModel({
		source: path,
		outFolder: folder,
		imageSize,
		variant: { precision, memoryPooling },
		signal,
		...(request.onProgress ? { onProgress: request.onProgress } : {}),
	});
}

async function hashFile(
	file: RandomAccess,
	options: { progress: (bytes: number) => void; signal: AbortSignal },
): Promise<string> {
	const hash = createHash('sha256');
	for (let offset = 0; offset < file.sizeBytes; offset += HASH_CHUNK_BYTES) {
		options.signal.throwIfAborted();
		const length = Math.min(HASH_CHUNK_BYTES, file.sizeBytes - offset);
		hash.update(await file.read(offset, length));
		options.progress(length);
	}
	return hash.digest('hex');
}

/** Puts `made` in the place of `folder`; between the two renames neither stands there, so a crash leaves the old one aside. */
async function replaceFolder(made: string, folder: string): Promise<void> {
	const aside = `${made}.old`;
	await rm(aside, { recursive: true, force: true });
	const isThere = (await stat(folder).catch(() => null)) !== null;
	if (isThere) {
		await rename(folder, aside);
	}
	await rename(made, folder);
	await rm(aside, { recursive: true, force: true });
}

function progressOf(totalBytes: number, report: ((share: number) => void) | undefined): (bytes: number) => void {
	let doneBytes = 0;
	let reported = 0;
	return (bytes) => {
		doneBytes += bytes;
		const share = Math.min(0.99, doneBytes / totalBytes);
		if (share - reported >= 0.01) {
			reported = share;
			report?.(share);
		}
	};
}
