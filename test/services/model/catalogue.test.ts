import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProduct } from '../../../main/hosts/shared/product.ts';
import { entryOf, readCatalogue } from '../../../main/services/model/catalogue.ts';
import { expectedTensors } from '../../../models/sam2/build.ts';
import { sam2Config } from '../../../models/sam2/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-catalogue-'));
const shipped = { path: findProduct().cataloguePath, allowsLoopback: false };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the shipped list has the eight checkpoints, each as large as the tensors of its network', () => {
	const { entries } = readCatalogue(shipped);
	expect(entries.map(({ modelId, fileName }) => [modelId, fileName])).toEqual([
		['sam2.1-tiny', 'sam2.1_hiera_tiny.pt'],
		['sam2.1-small', 'sam2.1_hiera_small.pt'],
		['sam2.1-base-plus', 'sam2.1_hiera_base_plus.pt'],
		['sam2.1-large', 'sam2.1_hiera_large.pt'],
		['sam2-tiny', 'sam2_hiera_tiny.pt'],
		['sam2-small', 'sam2_hiera_small.pt'],
		['sam2-base-plus', 'sam2_hiera_base_plus.pt'],
		['sam2-large', 'sam2_hiera_large.pt'],
	]);
	for (const { name, network, approximateMebibytes, parametersMillions, accuracy } of entries) {
		if (network.size === 'miniature') {
			throw new Error('no published network');
		}
		const shapes = [...expectedTensors(sam2Config(network.size, network)).values()];
		const count = shapes.reduce((sum, shape) => sum + shape.reduce((product, edge) => product * edge, 1), 0);
		// Float32 and what a zip adds: within one percent.
		expect(approximateMebibytes / ((4 * count) / 2 ** 20), name).toBeCloseTo(1, 2);
		expect(parametersMillions / (count / 1e6), name).toBeCloseTo(1, 1);
		expect(Object.values(accuracy!).every((percent) => percent > 70 && percent < 81)).toBe(true);
	}
});

test('a list that is damaged or unsafe is refused as a whole', () => {
	const original = readFileSync(shipped.path, 'utf8');
	const refusals: [from: string, to: string, code: string, allowsLoopback?: boolean][] = [
		['"models"', '"model"', 'model.badCatalogue'],
		['149', '"149"', 'model.badCatalogue'],
		['"sam2.1-tiny"', '"../sam2.1-tiny"', 'model.badCatalogue'],
		['"sam2.1-tiny"', '"sam2-tiny"', 'model.badCatalogue'],
		['sam2.1_hiera_tiny.pt', 'sam2.1_hiera_small.pt', 'model.badCatalogue'],
		['https://dl.', 'http://dl.', 'model.unsafeAddress'],
		['https://dl.fbaipublicfiles.com/', 'http://127.0.0.1:80/', 'model.unsafeAddress'],
		['https://dl.fbaipublicfiles.com/', 'http://localhost:80/', 'model.unsafeAddress', true],
	];
	const path = join(folder, 'models.json');
	for (const [from, to, code, allowsLoopback = false] of refusals) {
		writeFileSync(path, original.replace(from, to));
		expect(() => readCatalogue({ path, allowsLoopback }), to).toThrow(expect.objectContaining({ code }));
	}
	writeFileSync(path, original.replace('https://dl.fbaipublicfiles.com/', 'http://127.0.0.1:80/'));
	expect(readCatalogue({ path, allowsLoopback: true }).entries[0]!.url).toContain('http://127.0.0.1');
	expect(() => readCatalogue({ path: join(folder, 'none.json'), allowsLoopback: false })).toThrow(
		expect.objectContaining({ code: 'model.badCatalogue' }),
	);
	const { entries } = readCatalogue(shipped);
	expect(() => entryOf(entries, 'sam3')).toThrow(expect.objectContaining({ code: 'model.notOfficial' }));
});
