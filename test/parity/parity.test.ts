import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareConfig, failures } from './compare.ts';
import { spec } from './golden.ts';

/*
 * Our graphs and state machine against golden data of the reference (make_golden.py). The configurations marked
 * `report` run in `npm run parity`.
 */

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-parity-'));
});
afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

const configs = Object.entries(spec.configs).filter(([, config]) => config.when === 'test');

describe('SAM 2 gives what the reference gives', () => {
	it.each(configs.map(([name]) => name))('%s', async (name) => {
		const report = await compareConfig(name, { folder: join(folder, name) });
		rmSync(join(folder, name), { recursive: true, force: true });
		expect(failures(report)).toEqual([]);
		expect(report.scenarios.map(({ scenario }) => scenario)).toEqual(spec.configs[name]!.scenarios);
	});

	it('without contrib operators too', async () => {
		const report = await compareConfig('miniature-2.1-return', { folder: join(folder, 'plain'), dialect: 'plain' });
		expect(failures(report)).toEqual([]);
		const presence = report.scenarios[0]!.comparisons.map(({ isPresent }) => (isPresent ? 'x' : '.')).join('');
		// The click, then 14 frames: the object is hidden on three of them and comes back.
		expect(presence).toBe('xxxxxx...xxxxxx');
	});
});
