import { assert } from '../../preload/common/assert.ts';
import type { Dim } from './graph.ts';

/** Numpy's broadcasting; a named dimension matches itself and 1. */
export function broadcast(left: readonly Dim[], right: readonly Dim[]): Dim[] {
	const rank = Math.max(left.length, right.length);
	return Array.from({ length: rank }, (_, index) => {
		const a = left[index - rank + left.length] ?? 1;
		const b = right[index - rank + right.length] ?? 1;
		assert(a === b || a === 1 || b === 1, `shapes [${left.join()}] and [${right.join()}] do not fit`);
		return a === 1 ? b : a;
	});
}

/** A dimension that must be known when the graph is built. */
export function fixed(dim: Dim | undefined): number {
	assert(typeof dim === 'number', `dimension ${dim} must be a number`);
	return dim;
}

export function fixedAll(shape: readonly Dim[]): number[] {
	return shape.map(fixed);
}

/** The product of the known dimensions and the sorted names of the others: equal for shapes of equal size. */
export function sizeKey(shape: readonly Dim[]): string {
	const factors = shape.flatMap((dim) => `${dim}`.split('*'));
	const names = factors.filter((factor) => Number.isNaN(Number(factor))).sort();
	const product = factors.reduce((size, factor) => (Number.isNaN(Number(factor)) ? size : size * Number(factor)), 1);
	return [product, ...names].join();
}

/** The dimension that two adjacent ones merge into: a number, or a product such as `frames*4096`. */
export function merged(left: Dim, right: Dim): Dim {
	return typeof left === 'number' && typeof right === 'number' ? left * right : `${left}*${right}`;
}
