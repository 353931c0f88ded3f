/** The median of the last so many values. */
export class RecentMedian {
	readonly #limit: number;
	readonly #values: number[] = [];

	constructor(limit: number) {
		this.#limit = limit;
	}

	add(value: number): void {
		this.#values.push(value);
		if (this.#values.length > this.#limit) {
			this.#values.shift();
		}
	}

	/** Null without a value. */
	value(): number | null {
		const sorted = this.#values.toSorted((one, other) => one - other);
		return sorted[sorted.length >> 1] ?? null;
	}
}
