import type { Rle } from '../../preload/common/rle.ts';

/**
 * The border between set and unset pixels as straight pieces along the pixel grid: [x0, y0, x1, y1] in image space,
 * one after the other. Pieces that go on in the next column or row are one piece.
 */
export function maskOutline(rle: Rle): Float32Array {
	const edges: number[] = [];
	let before: Span[] = [];
	/** Horizontal pieces that reach the current column, by y; top and bottom borders never share a y. */
	let open = new Map<number, number>();
	for (const { column, spans } of columnsOf(rle)) {
		if (before.length > 0 && lastColumn(before) < column - 1) {
			closeColumn(edges, before, lastColumn(before) + 1);
			flush(edges, open, lastColumn(before) + 1, new Set());
			open = new Map();
			before = [];
		}
		verticalPieces(edges, before, spans, column);
		const borders = new Set(spans.flatMap(({ from, to }) => [from, to]));
		flush(edges, open, column, borders);
		open = new Map([...open].filter(([y]) => borders.has(y)));
		for (const y of borders) {
			if (!open.has(y)) {
				open.set(y, column);
			}
		}
		before = spans;
	}
	if (before.length > 0) {
		const end = lastColumn(before) + 1;
		closeColumn(edges, before, end);
		flush(edges, open, end, new Set());
	}
	return Float32Array.from(edges);
}

type Span = { column: number; from: number; to: number };

/** Set rows of each column that has any, columns ascending. */
function* columnsOf(rle: Rle): Generator<{ column: number; spans: Span[] }> {
	const { height, counts } = rle;
	let position = 0;
	let spans: Span[] = [];
	for (let index = 0; index < counts.length; index++) {
		const end = position + counts[index]!;
		while (index % 2 === 1 && position < end) {
			const column = Math.floor(position / height);
			const from = position - column * height;
			const to = Math.min(height, from + end - position);
			if (spans.length > 0 && lastColumn(spans) !== column) {
				yield { column: lastColumn(spans), spans };
				spans = [];
			}
			spans.push({ column, from, to });
			position += to - from;
		}
		position = end;
	}
	if (spans.length > 0) {
		yield { column: lastColumn(spans), spans };
	}
}

function lastColumn(spans: readonly Span[]): number {
	return spans[0]!.column;
}

/** Vertical pieces on the line x: rows set on one side alone. */
function verticalPieces(edges: number[], left: readonly Span[], right: readonly Span[], x: number): void {
	const changes = [...left, ...right].flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b);
	let start: number | null = null;
	for (const y of changes) {
		// Each row where the two sides' states come to differ or to agree again; equal ones cancel out.
		if (start === null) {
			start = y;
		} else {
			if (y > start) {
				edges.push(x, start, x, y);
			}
			start = null;
		}
	}
}

function closeColumn(edges: number[], spans: readonly Span[], x: number): void {
	verticalPieces(edges, spans, [], x);
}

/** Ends horizontal pieces that do not go on. */
function flush(edges: number[], open: ReadonlyMap<number, number>, x: number, goingOn: ReadonlySet<number>): void {
	for (const [y, from] of open) {
		if (!goingOn.has(y)) {
			edges.push(from, y, x, y);
		}
	}
}
