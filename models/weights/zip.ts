import { StudioError } from '../../preload/common/studio-error.ts';
import { ByteReader } from './byte-reader.ts';
import type { RandomAccess } from './random-access.ts';

/*
 * The part of the zip format that checkpoints use: stored entries, with 64-bit sizes where needed (APPNOTE 6.3,
 * sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3).
 */

export type ZipEntry = { name: string; sizeBytes: number; headerOffset: number };

const END_SIGNATURE = 0x06054b50;
const END_64_SIGNATURE = 0x06064b50;
const LOCATOR_64_SIGNATURE = 0x07064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const LOCAL_BYTES = 30;
const COMMENT_LIMIT = 0xffff;
const DIRECTORY_LIMIT_BYTES = 64 * 2 ** 20;
const IN_EXTRA_FIELD = 0xffffffff;

/** The entries of the archive by name. A compressed one is refused: nothing that we read is. */
export async function readZipDirectory(file: RandomAccess): Promise<Map<string, ZipEntry>> {
	const { offset, sizeBytes } = await findDirectory(file);
	if (sizeBytes > DIRECTORY_LIMIT_BYTES) {
		throw new StudioError('weights.tooLarge', {
			part: 'table of contents',
			sizeBytes,
			limitBytes: DIRECTORY_LIMIT_BYTES,
		});
	}
	const reader = new ByteReader(await readWithin(file, offset, sizeBytes), 'the table of contents');
	const entries = new Map<string, ZipEntry>();
	while (!reader.isAtEnd) {
		const entry = readEntry(reader);
		entries.set(entry.name, entry);
	}
	return entries;
}

/** Where the entry's bytes start. */
export async function dataOffset(file: RandomAccess, entry: ZipEntry): Promise<number> {
	const reader = new ByteReader(await readWithin(file, entry.headerOffset, LOCAL_BYTES), entry.name);
	if (reader.u32() !== LOCAL_SIGNATURE) {
		throw new StudioError('weights.damaged', { reason: `${entry.name} is not where the table of contents says` });
	}
	reader.skip(22);
	const offset = entry.headerOffset + LOCAL_BYTES + reader.u16() + reader.u16();
	requireWithin(file, offset, entry.sizeBytes);
	return offset;
}

/** The bytes, or the sentence that the file ends too early. */
export async function readWithin(file: RandomAccess, offset: number, length: number): Promise<Uint8Array> {
	requireWithin(file, offset, length);
	return file.read(offset, length);
}

function requireWithin(file: RandomAccess, offset: number, length: number): void {
	if (offset + length > file.sizeBytes) {
		throw new StudioError('weights.truncated', { neededBytes: offset + length, foundBytes: file.sizeBytes });
	}
}

function readEntry(reader: ByteReader): ZipEntry {
	if (reader.u32() !== CENTRAL_SIGNATURE) {
		throw new StudioError('weights.damaged', { reason: 'its table of contents cannot be read' });
	}
	reader.skip(6);
	const method = reader.u16();
	reader.skip(8);
	const stored = { sizeBytes: 0, unpackedBytes: 0, headerOffset: 0 };
	stored.sizeBytes = reader.u32();
	stored.unpackedBytes = reader.u32();
	const nameBytes = reader.u16();
	const extraBytes = reader.u16();
	const commentBytes = reader.u16();
	reader.skip(8);
	stored.headerOffset = reader.u32();
	const name = reader.utf8(nameBytes);
	readSizes64(new ByteReader(reader.take(extraBytes), name), stored);
	reader.skip(commentBytes);
	if (method !== 0 || stored.sizeBytes !== stored.unpackedBytes) {
		throw new StudioError('weights.compressed', { entry: name });
	}
	return { name, sizeBytes: stored.sizeBytes, headerOffset: stored.headerOffset };
}

/** The extra field 1 holds, in this order, each size that did not fit 32 bits. */
function readSizes64(
	extra: ByteReader,
	stored: { sizeBytes: number; unpackedBytes: number; headerOffset: number },
): void {
	while (!extra.isAtEnd) {
		const kind = extra.u16();
		const field = new ByteReader(extra.take(extra.u16()), 'the table of contents');
		if (kind !== 1) {
			continue;
		}
		for (const name of ['unpackedBytes', 'sizeBytes', 'headerOffset'] as const) {
			if (stored[name] === IN_EXTRA_FIELD) {
				stored[name] = field.size64();
			}
		}
	}
}

/** Looks for the end record from the back: it is followed by a comment of up to 64 KiB. */
async function findDirectory(file: RandomAccess): Promise<{ offset: number; sizeBytes: number }> {
	const tailBytes = Math.min(file.sizeBytes, END_BYTES + COMMENT_LIMIT + LOCATOR_BYTES);
	const tailOffset = file.sizeBytes - tailBytes;
	const tail = await file.read(tailOffset, tailBytes);
	const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
	let at = tailBytes - END_BYTES;
	while (at >= 0 && view.getUint32(at, true) !== END_SIGNATURE) {
		at--;
	}
	if (at < 0) {
		// The table of contents is at the end of the file, so a file cut short has none.
		throw new StudioError('weights.truncated', { neededBytes: file.sizeBytes + 1, foundBytes: file.sizeBytes });
	}
	const directory = { sizeBytes: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) };
	const locator = at - LOCATOR_BYTES;
	if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_64_SIGNATURE) {
		const end = new ByteReader(tail.subarray(locator + 8), 'the table of contents');
		const record = new ByteReader(await readWithin(file, end.size64(), 56), 'the table of contents');
		if (record.u32() !== END_64_SIGNATURE) {
			throw new StudioError('weights.damaged', { reason: 'its table of contents cannot be found' });
		}
		record.skip(36);
		return { sizeBytes: record.size64(), offset: record.size64() };
	}
	return directory;
}
