import { assert } from '../../preload/common/assert.ts';

/**
 * JSON as Python's `json.dumps` prints it (", " and ": "), with whole floats as 483.0: readers that look at the type of
 * a number (int or float) see what the samples of the data sets have.
 */

export function floatText(value: number): string {
	assert(Number.isFinite(value), `${value} is no number of JSON`);
	return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

export function listText(items: readonly string[]): string {
	return `[${items.join(', ')}]`;
}

export function objectText(fields: readonly (readonly [key: string, text: string])[]): string {
	return `{${fields.map(([key, text]) => `${JSON.stringify(key)}: ${text}`).join(', ')}}`;
}

/** `{"size": [height, width], "counts": "..."}` */
export function rleText(size: { width: number; height: number }, counts: string): string {
	return `{"size": [${size.height}, ${size.width}], "counts": ${JSON.stringify(counts)}}`;
}
