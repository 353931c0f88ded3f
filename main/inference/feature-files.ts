import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Focus, KeptFrame } from '../../models/predict/eviction.ts';
import { firstToGo } from '../../models/predict/eviction.ts';
import type { FeatureStore } from '../../models/predict/feature-cache.ts';
import type { PicturePlace } from '../../models/predict/picture-key.ts';

export type FeatureFilesOptions = {
	/** The folder of all models' features. It may be deleted at any time. */
	folder: string;
	/** Bytes of all files in it. */
	limitBytes: number;
	/** The network that made the features: equal keys give equal features. */
	modelKey: string;
};

type FeatureFile = KeptFrame & { path: string };

const EXTENSION = '.features';
const CHECKSUM_BYTES = 4;
/** Files are let go of down to this part of the limit, so that the folder is not read at every frame. */
const ROOM = 0.95;
/** Of what is free on the disk, at most this part is taken. */
const FREE_SHARE = 0.5;

/**
 * Features in files, `MODEL/VIDEO/FRAME.features`: the bytes and their checksum. Several processes may share the
 * folder. Nothing here fails: a file that is gone, cut or altered is no file, a full disk keeps nothing.
 */
export class FeatureFiles implements FeatureStore {
	private readonly options: FeatureFilesOptions;
	/** Null until the folder was read. */
	private files: Map<string, FeatureFile> | null = null;
	private totalBytes = 0;

	constructor(options: FeatureFilesOptions) {
		this.options = options;
	}

	async read(place: PicturePlace): Promise<Uint8Array | null> {
		const path = this.pathOf(place);
		try {
			const file = await readFile(path);
			const bytes = new Uint8Array(file.buffer, file.byteOffset, Math.max(0, file.length - CHECKSUM_BYTES));
			if (file.length <= CHECKSUM_BYTES || file.readUInt32LE(bytes.length) !== crc32(bytes)) {
				await rm(path, { force: true });
				return null;
			}
			const now = new Date();
			await utimes(path, now, now);
			return bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
		} catch {
			return null;
		}
	}

	async write(place: PicturePlace, bytes: Uint8Array, focus: Focus): Promise<void> {
		const path = this.pathOf(place);
		const partial = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
		try {
			await mkdir(dirname(path), { recursive: true });
			const sizeBytes = bytes.byteLength + CHECKSUM_BYTES;
			const file: FeatureFile = { path, ...this.keptFrame(path), sizeBytes, usedAt: Date.now() };
			if (!(await this.makeRoom(file, { ...focus, video: this.videoFolderOf(focus.video) }))) {
				return;
			}
			const checksum = Buffer.alloc(CHECKSUM_BYTES);
			checksum.writeUInt32LE(crc32(bytes));
			await writeFile(partial, [bytes, checksum]);
			await rename(partial, path);
			this.note(file);
		} catch {
			await rm(partial, { force: true }).catch(() => undefined);
		}
	}

	/** Whether the file fits, after others were let go of; none is where it would be the first to go itself. */
	private async makeRoom(file: FeatureFile, focus: Focus): Promise<boolean> {
		const { sizeBytes } = file;
		const { folder } = this.options;
		this.files ??= await this.scan();
		const { bavail, bsize } = await statfs(folder);
		const limitBytes = Math.min(this.options.limitBytes, this.totalBytes + bavail * bsize * FREE_SHARE);
		if (this.totalBytes + sizeBytes <= limitBytes) {
			return true;
		}
		// Others may have written or deleted meanwhile.
		this.files = await this.scan();
		if (firstToGo([...this.files.values(), file], focus, null) === file) {
			return false;
		}
		while (this.totalBytes + sizeBytes > limitBytes * ROOM) {
			const worst = firstToGo(this.files.values(), focus, null);
			if (worst === null) {
				break;
			}
			await rm(worst.path, { force: true });
			this.files.delete(worst.path);
			this.totalBytes -= worst.sizeBytes;
		}
		return this.totalBytes + sizeBytes <= limitBytes;
	}

	private note(file: FeatureFile): void {
		const files = (this.files ??= new Map());
		this.totalBytes += file.sizeBytes - (files.get(file.path)?.sizeBytes ?? 0);
		files.set(file.path, file);
	}

	private async scan(): Promise<Map<string, FeatureFile>> {
		const { folder } = this.options;
		const files = new Map<string, FeatureFile>();
		this.totalBytes = 0;
		for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
			const path = join(entry.parentPath, entry.name);
			const found = entry.isFile() ? await stat(path).catch(() => null) : null;
			if (found === null) {
				continue;
			}
			if (entry.name.startsWith('.')) {
				await this.dropAbandoned(path, found.mtimeMs);
			} else if (entry.name.endsWith(EXTENSION)) {
				files.set(path, { path, ...this.keptFrame(path), sizeBytes: found.size, usedAt: found.mtimeMs });
				this.totalBytes += found.size;
			}
		}
		return files;
	}

	/** A file that a process which died was writing. */
	private async dropAbandoned(path: string, modifiedMillis: number): Promise<void> {
		if (Date.now() - modifiedMillis > 3_600_000) {
			await rm(path, { force: true });
		}
	}

	private keptFrame(path: string): Pick<KeptFrame, 'video' | 'frameIndex'> {
		const video = relative(this.options.folder, dirname(path));
		return { video, frameIndex: Number(basename(path, EXTENSION)) };
	}

	private videoFolderOf(video: string): string {
		return join(this.options.modelKey, createHash('sha256').update(video).digest('hex').slice(0, 24));
	}

	private pathOf({ video, frameIndex }: PicturePlace): string {
		return join(this.options.folder, this.videoFolderOf(video), `${frameIndex}${EXTENSION}`);
	}
}
