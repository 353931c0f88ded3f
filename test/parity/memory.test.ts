import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growth, HELD_GROWTH_MEBIBYTES, longRun, RESIDENT_GROWTH_MEBIBYTES } from './memory-growth.ts';

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-memory-'));
});
afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

describe('a long run of SAM 2', () => {
	it('holds no more at its end than at frame 100 (5,000 frames: npm run parity -- memory)', () => {
		const run = longRun(folder, { frames: 601, every: 250 });
		expect(run.readings.map(({ frame }) => frame)).toEqual([100, 250, 500, 600]);
		const { heldMebibytes, residentMebibytes } = growth(run);
		expect(heldMebibytes).toBeLessThan(HELD_GROWTH_MEBIBYTES);
		expect(residentMebibytes).toBeLessThan(RESIDENT_GROWTH_MEBIBYTES);
	}, 240_000);
});
