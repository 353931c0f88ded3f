/**
 * One line of `npm run bench`: something of ours beside a peer, both measured in this run on this machine. Times alone
 * say nothing about another machine, so only ratios are printed.
 */
export type BenchLine = {
	name: string;
	/** Milliseconds an operation; null where it could not be measured. */
	ours: number | null;
	peer: number | null;
	/** peer / ours: above 1 we are faster. Null where one of them is missing. */
	ratio: number | null;
	/** Who the peer is and what was counted; or why there is no ratio. */
	note: string;
};

export function benchLine(line: { name: string; ours: number | null; peer: number | null; note: string }): BenchLine {
	const { ours, peer } = line;
	return { ...line, ratio: ours === null || peer === null || ours === 0 ? null : peer / ours };
}

/** Milliseconds a call: the median of rounds, after a warm-up. */
export function medianMillis(work: () => void, options: { rounds: number; callsARound: number }): number {
	const rounds: number[] = [];
	for (let round = -2; round < options.rounds; round++) {
		const startMillis = performance.now();
		for (let call = 0; call < options.callsARound; call++) {
			work();
		}
		if (round >= 0) {
			rounds.push((performance.now() - startMillis) / options.callsARound);
		}
	}
	return medianOf(rounds);
}

export function medianOf(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
