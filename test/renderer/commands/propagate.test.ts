import { expect, test } from 'vitest';
import { propagate } from '../../../renderer/commands/mask.ts';
import type { Studio } from '../../../renderer/state/studio.svelte.ts';

test('a run takes the model that is named for it, and the one of the project where none is', async () => {
	const runs: unknown[] = [];
	const studio = {
		video: { videoId: 3, selectedTrackId: null, range: { from: 2, to: 9 } },
		preferences: { sawHint: () => undefined },
		propagate: async (run: unknown) => void runs.push(run),
	} as unknown as Studio;

	await propagate(studio, { direction: 'forward', isAll: true, range: null, modelId: 'tiny' });
	await propagate(studio, { direction: 'both' });
	const all = { videoId: 3, trackIds: undefined };
	expect(runs).toStrictEqual([
		{ ...all, range: undefined, direction: 'forward', modelId: 'tiny' },
		{ ...all, range: { from: 2, to: 9 }, direction: 'both', modelId: undefined },
	]);
});
