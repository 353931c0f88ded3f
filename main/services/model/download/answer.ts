import { type HttpAnswer, HttpFailure, type HttpGet } from '../../http-get.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';

const MOST_REDIRECTS = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
/** The server is there and cannot now. */
const busy = new Set([408, 425, 429, 500, 502, 503, 504]);

export type AskOptions = {
	httpGet: HttpGet;
	headers: Readonly<Record<string, string>>;
	signal: AbortSignal;
	/** Throws where an address may not be asked. */
	checkAddress: (url: URL) => void;
};

/**
 * The answer that carries a file or a part of it (200, 206) or says that there is no more of it (416). Follows some
 * redirects, each to an address that may be asked.
 *
 * @throws model.unsafeAddress, model.redirects, model.refused, HttpFailure
 */
export async function ask(address: string, options: AskOptions): Promise<HttpAnswer> {
	let url = new URL(address);
	for (let count = 0; count <= MOST_REDIRECTS; count++) {
		options.checkAddress(url);
		const answer = await options.httpGet(url, options);
		const { status } = answer;
		if (status === 200 || status === 206 || status === 416) {
			return answer;
		}
		answer.close();
		const location = answer.header('location');
		if (redirects.has(status) && location !== null && URL.canParse(location, url)) {
			url = new URL(location, url);
		} else if (busy.has(status)) {
			throw new HttpFailure('busy', `it answers ${status}`);
		} else {
			throw new StudioError('model.refused', { url: url.href, status });
		}
	}
	throw new StudioError('model.redirects', { url: address, limit: MOST_REDIRECTS });
}

/** What tells this version of a file from another: a strong ETag, else its date; a weak one does not tell bytes apart. */
export function validatorOf(answer: HttpAnswer): string | null {
	const etag = answer.header('etag');
	return etag !== null && /^"[^"]*"$/.test(etag) ? etag : answer.header('last-modified');
}

export type ContentRange = { from: number | null; totalBytes: number | null };

/** `bytes 100-299/300`, and of a 416 answer, `bytes *` + `/300`. Null where it says neither. */
export function contentRangeOf(answer: HttpAnswer): ContentRange | null {
	const match = /^bytes\s+(?:(\d+)-\d+|\*)\/(\d+|\*)$/i.exec(answer.header('content-range') ?? '');
	const numberOf = (text: string | undefined) => (text === undefined || text === '*' ? null : Number(text));
	return match && { from: numberOf(match[1]), totalBytes: numberOf(match[2]) };
}

/** Null where the server does not say. */
export function lengthOf(answer: HttpAnswer): number | null {
	const text = answer.header('content-length');
	return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
