import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openFile } from '../../main/inference/file-access.ts';
import { inspectCheckpoint } from '../../models/sam2/inspect.ts';
import { networkOf, spec } from './golden.ts';
import { seededTensor } from './seeded-weights.ts';

/*
 * A checkpoint that PyTorch and the reference wrote, read by us number for number. It runs where a Python with both is
 * present: MASKLET_PYTHON, else python3.
 */

const python = process.env['MASKLET_PYTHON'] ?? 'python3';
const script = fileURLToPath(new URL('make_golden.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'masklet-torch-'));
afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

function hasReference(): boolean {
	try {
		execFileSync(python, ['-c', 'import torch, sam2, pycocotools'], { stdio: 'ignore', cwd: folder });
		return true;
	} catch {
		return false;
	}
}

it.skipIf(!hasReference())('every number of a real checkpoint arrives (needs PyTorch and the reference)', async () => {
	for (const name of ['miniature-2.0', 'miniature-2.1'] as const) {
		const path = join(folder, `${name}.pt`);
		execFileSync(python, [script, '--checkpoint', name, path], { stdio: 'ignore', cwd: folder });
		expect(existsSync(path)).toBe(true);
		const file = await openFile(path);
		const { config, checkpoint } = await inspectCheckpoint(file);
		expect(config).toEqual(networkOf(name, spec.configs[name]!));
		for (const [key, tensor] of checkpoint.tensors) {
			expect(await tensor.read()).toEqual(seededTensor(key, tensor.shape, spec.configs[name]!));
		}
		await file.close();
	}
});
