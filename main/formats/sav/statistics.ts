/** Per-object statistics of an SA-V file, kept up entry by entry; a few numbers an object, whatever the length. */
export type SavStatistics = {
	sizeRel: number;
	/** Mean area in pixels over the entries where the object is visible; 0 where it never is. */
	sizeAbs: number;
	sizeBucket: 'small' | 'medium' | 'large';
	/** Changes between visible and not, from the first entry where it is visible on. */
	visibilityChanges: number;
	/** Index of that entry; the number of entries where there is none. */
	firstAppearedEntry: number;
};

export class StatisticsBuilder {
	readonly #pixelCount: number;
	#entryCount = 0;
	#visibleCount = 0;
	#areaSum = 0;
	#changeCount = 0;
	#firstEntry = -1;
	#wasVisible = false;

	constructor(size: { width: number; height: number }) {
		this.#pixelCount = size.width * size.height;
	}

	/** The next entry's area in pixels. */
	add(area: number): void {
		const isVisible = area > 0;
		if (isVisible) {
			this.#visibleCount++;
			this.#areaSum += area;
		}
		if (this.#firstEntry < 0) {
			this.#firstEntry = isVisible ? this.#entryCount : -1;
		} else if (isVisible !== this.#wasVisible) {
			this.#changeCount++;
		}
		this.#wasVisible = isVisible;
		this.#entryCount++;
	}

	result(): SavStatistics {
		const sizeAbs = this.#visibleCount === 0 ? 0 : this.#areaSum / this.#visibleCount;
		return {
			sizeRel: sizeAbs / this.#pixelCount,
			sizeAbs,
			sizeBucket: sizeAbs < 32 ** 2 ? 'small' : sizeAbs < 96 ** 2 ? 'medium' : 'large',
			visibilityChanges: this.#changeCount,
			firstAppearedEntry: this.#firstEntry < 0 ? this.#entryCount : this.#firstEntry,
		};
	}
}
