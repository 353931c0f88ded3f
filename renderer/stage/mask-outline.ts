import type { Rle } from '../../preload/common/rle.ts';

/**
 * The borders between set and unset pixels as closed loops of corners along the pixel grid, x and y by turns, in image
 * space. The mask is to the right of the way (y grows down): outer borders run clockwise, holes the other way.
 */
export function maskLoops(rle: Rle): Int32Array[] {
	const edges = borderEdges(rle);
	const stride = rle.height + 1;
	const startingAt = new Map<number, number[]>();
	edges.forEach((edge, index) => {
		const key = edge.x0 * stride + edge.y0;
		const others = startingAt.get(key);
		if (others) {
			others.push(index);
		} else {
			startingAt.set(key, [index]);
		}
	});
	const isUsed = new Uint8Array(edges.length);
	const loops: Int32Array[] = [];
	for (let first = 0; first < edges.length; first++) {
		const corners: number[] = [];
		let at: number | undefined = first;
		while (at !== undefined && !isUsed[at]) {
			isUsed[at] = 1;
			const edge: Edge = edges[at]!;
			corners.push(edge.x0, edge.y0);
			at = startingAt.get(edge.x1 * stride + edge.y1)?.find((next) => !isUsed[next]);
		}
		if (corners.length > 0) {
			loops.push(Int32Array.from(corners));
		}
	}
	return loops;
}

/** The loop with its corners cut off through the middles of the pixels' edges: what a person takes for a smooth line. */
export function smoothLoop(corners: Int32Array): Float32Array {
	const points: number[] = [];
	for (let at = 0; at < corners.length; at += 2) {
		const x0 = corners[at]!;
		const y0 = corners[at + 1]!;
		const x1 = corners[(at + 2) % corners.length]!;
		const y1 = corners[(at + 3) % corners.length]!;
		const length = Math.abs(x1 - x0) + Math.abs(y1 - y0);
		const halfX = (0.5 * (x1 - x0)) / length;
		const halfY = (0.5 * (y1 - y0)) / length;
		points.push(x0 + halfX, y0 + halfY);
		if (length > 1) {
			points.push(x1 - halfX, y1 - halfY);
		}
	}
	return Float32Array.from(points);
}

type Edge = { x0: number; y0: number; x1: number; y1: number };
type Span = { from: number; to: number };

/** Straight pieces of border with the mask on their right; those that go on in the next column are one piece. */
function borderEdges(rle: Rle): Edge[] {
	const edges: Edge[] = [];
	let before: { column: number; spans: readonly Span[] } = { column: -2, spans: [] };
	/** Horizontal pieces that reach the current column, with the column they began in. */
	let tops = new Map<number, number>();
	let bottoms = new Map<number, number>();
	const goOn = (column: number, spans: readonly Span[]) => {
		tops = carry(tops, column, new Set(spans.map(({ from }) => from)), (y, from, to) =>
			edges.push({ x0: from, y0: y, x1: to, y1: y }),
		);
		bottoms = carry(bottoms, column, new Set(spans.map(({ to }) => to)), (y, from, to) =>
			edges.push({ x0: to, y0: y, x1: from, y1: y }),
		);
	};
	for (const here of [...columnsOf(rle), { column: rle.width + 1, spans: [] }]) {
		if (before.column < here.column - 1 && before.spans.length > 0) {
			verticalEdges(edges, { left: before.spans, right: [], x: before.column + 1 });
			goOn(before.column + 1, []);
			before = { column: here.column - 1, spans: [] };
		}
		verticalEdges(edges, { left: before.spans, right: here.spans, x: here.column });
		goOn(here.column, here.spans);
		before = here;
	}
	return edges;
}

/** Ends the pieces that are not wanted in this column and begins those that are new. */
function carry(
	open: ReadonlyMap<number, number>,
	column: number,
	wanted: ReadonlySet<number>,
	end: (y: number, from: number, to: number) => void,
): Map<number, number> {
	for (const [y, from] of open) {
		if (!wanted.has(y)) {
			end(y, from, column);
		}
	}
	return new Map([...wanted].map((y) => [y, open.get(y) ?? column]));
}

/** Pieces on the line x where one side alone is set: down where that is the left side, up where it is the right one. */
function verticalEdges(edges: Edge[], line: { left: readonly Span[]; right: readonly Span[]; x: number }): void {
	const { left, right, x } = line;
	const changes = [...left, ...right].flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b);
	for (let at = 0; at + 1 < changes.length; at += 2) {
		const from = changes[at]!;
		const to = changes[at + 1]!;
		if (from < to) {
			const isLeft = left.some((span) => span.from <= from && from < span.to);
			edges.push(isLeft ? { x0: x, y0: from, x1: x, y1: to } : { x0: x, y0: to, x1: x, y1: from });
		}
	}
}

/** Set rows of each column that has any, columns ascending. */
function columnsOf(rle: Rle): { column: number; spans: Span[] }[] {
	const { height, counts } = rle;
	const columns: { column: number; spans: Span[] }[] = [];
	let position = 0;
	for (let index = 0; index < counts.length; index++) {
		const end = position + counts[index]!;
		while (index % 2 === 1 && position < end) {
			const column = Math.floor(position / height);
			const from = position - column * height;
			const to = Math.min(height, from + end - position);
			const last = columns.at(-1);
			if (last?.column === column) {
				last.spans.push({ from, to });
			} else {
				columns.push({ column, spans: [{ from, to }] });
			}
			position += to - from;
		}
		position = end;
	}
	return columns;
}
