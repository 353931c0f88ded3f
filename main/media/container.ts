import { open, type FileHandle } from 'node:fs/promises';
import { StudioError } from '../../preload/common/studio-error.ts';
import { fileError } from './file-errors.ts';

/**
 * Looks at a file's first bytes, and at the top boxes of an MP4 or MOV, and says at once what no demuxer can read:
 * nothing in it, another kind of file, a recording or download that ended in the middle.
 */
export async function describeContainer(path: string): Promise<{ sizeBytes: number; cutOff: string | null }> {
	let file: FileHandle;
	try {
		file = await open(path);
	} catch (error) {
		throw fileError((error as NodeJS.ErrnoException).code ?? 'unknown', path, error as Error);
	}
	try {
		const { size: sizeBytes } = await file.stat();
		if (sizeBytes === 0) {
			throw new StudioError('media.empty', { path });
		}
		const head = await readAt(file, 0, 64);
		const foreign = foreignContainer(head);
		if (foreign) {
			throw new StudioError('media.containerUnsupported', { path, container: foreign });
		}
		if (head.readUInt32BE(0) === ebmlMagic) {
			return { sizeBytes, cutOff: null };
		}
		if (!isoFirstBoxes.has(head.toString('latin1', 4, 8))) {
			throw new StudioError('media.notVideo', { path });
		}
		return { sizeBytes, cutOff: await isoCutOff(file, sizeBytes, path) };
	} finally {
		await file.close();
	}
}

const ebmlMagic = 0x1a45dfa3;
const isoFirstBoxes = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp', 'uuid']);

function foreignContainer(head: Buffer): string | null {
	const text = head.toString('latin1');
	if (text.startsWith('RIFF') && text.slice(8, 11) === 'AVI') {
		return 'AVI';
	}
	const found = foreignMagics.find(([, magic]) => text.startsWith(magic));
	if (found) {
		return found[0];
	}
	return head[0] === 0x47 && head.length > 4 && text.includes('\x47\x40') ? 'MPEG transport stream' : null;
}

const foreignMagics: [string, string][] = [
	['FLV', 'FLV\x01'],
	['WMV', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
	['MPEG program stream', '\x00\x00\x01\xba'],
	['MPEG-1 or MPEG-2', '\x00\x00\x01\xb3'],
	['Ogg', 'OggS'],
	['GIF', 'GIF8'],
	['RealMedia', '.RMF'],
];

/** Walks the top boxes (ISO/IEC 14496-12, 4.2): a file without its `moov` has no table of contents and is lost. */
async function isoCutOff(file: FileHandle, sizeBytes: number, path: string): Promise<string | null> {
	let hasTable = false;
	let cutOff: string | null = null;
	for (let at = 0; at + 8 <= sizeBytes;) {
		const header = await readAt(file, at, 16);
		const type = header.toString('latin1', 4, 8);
		let boxBytes = header.readUInt32BE(0);
		if (boxBytes === 1) {
			boxBytes = Number(header.readBigUInt64BE(8));
		} else if (boxBytes === 0) {
			boxBytes = sizeBytes - at;
		}
		if (boxBytes < 8) {
			break;
		}
		if (at + boxBytes > sizeBytes) {
			cutOff = `it ends after ${sizeBytes} of at least ${at + boxBytes} bytes`;
		} else if (type === 'moov') {
			hasTable = true;
		}
		at += boxBytes;
	}
	if (!hasTable) {
		const reason = cutOff ?? 'its table of contents, the moov box, is missing';
		throw new StudioError('media.truncated', { path, reason });
	}
	return cutOff;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
	const buffer = Buffer.alloc(length);
	await file.read(buffer, 0, length, position);
	return buffer;
}
