import { readFile } from 'node:fs/promises';
import { StudioError } from '../../preload/common/studio-error.ts';

/** The parsed content of a JSON file, of any shape. @throws file.notFound, file.denied, format.notJson */
export async function readJson(path: string, signal?: AbortSignal): Promise<unknown> {
	let text: string;
	try {
		text = await readFile(path, { encoding: 'utf8', signal });
	} catch (error) {
		signal?.throwIfAborted();
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		throw code === 'ENOENT'
			? new StudioError('file.notFound', { path }, { cause: error })
			: new StudioError('file.denied', { path, reason: code }, { cause: error });
	}
	try {
		// A byte order mark, as some editors put it, is no JSON.
		return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
	} catch (error) {
		const reason = text.trim() === '' ? 'it is empty' : error instanceof Error ? error.message : String(error);
		throw new StudioError('format.notJson', { reason, path }, { cause: error });
	}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Short text of a value for a sentence: `"abc"`, `3`, `an array of 5`, `nothing`. */
export function shown(value: unknown): string {
	if (value === undefined) {
		return 'nothing';
	}
	if (Array.isArray(value)) {
		return `an array of ${value.length}`;
	}
	if (isRecord(value)) {
		return 'an object';
	}
	const text = JSON.stringify(value);
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
