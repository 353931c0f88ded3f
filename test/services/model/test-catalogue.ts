import { writeFileSync } from 'node:fs';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import type { Sam2Version } from '../../../models/sam2/config.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { spec } from '../../parity/golden.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';

/** A checkpoint as the publisher's are, of the smallest network there is: every branch in 7 MB. */
export function miniatureWeights(version: Sam2Version = '2.1'): Uint8Array {
	return torchFile(new Map(seededTensors(miniatureConfig(version), spec.configs[`miniature-${version}`]!)));
}

type ListedModel = { modelId: string; name: string; url: string; sizeBytes: number };

/** A list of official checkpoints, of the smallest network, at addresses of a test's server. */
export function writeCatalogue(path: string, models: readonly ListedModel[]): void {
	const listed = models.map(({ modelId, name, url, sizeBytes }) => ({
		modelId,
		name,
		network: { version: '2.1', size: 'miniature' },
		url,
		approximateMebibytes: sizeBytes / 2 ** 20,
		parametersMillions: 0.3,
		licence: 'Apache-2.0',
		accuracy: { savTest: 76.5, moseVal: 71.8, lvosV2Val: 77.3 },
	}));
	const catalogue = { publisher: 'Test', accuracySource: 'https://example.org/table', models: listed };
	writeFileSync(path, JSON.stringify(catalogue, null, '\t'));
}
