/** Inclusive, as in the header. */
export type ByteRange = { first: number; last: number };

/**
 * The one range that a `Range` header asks for (RFC 9110, 14.1.2): null where there is none to honour (no header,
 * another unit, many ranges), `unsatisfiable` where it lies behind the end.
 */
export function byteRange(header: string | null, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
	if (!match || (match[1] === '' && match[2] === '')) {
		return null;
	}
	const [, from = '', to = ''] = match;
	if (from === '') {
		const count = Math.min(Number(to), sizeBytes);
		return count === 0 ? 'unsatisfiable' : { first: sizeBytes - count, last: sizeBytes - 1 };
	}
	const first = Number(from);
	const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
	if (to !== '' && Number(to) < first) {
		return null;
	}
	return first >= sizeBytes ? 'unsatisfiable' : { first, last };
}
