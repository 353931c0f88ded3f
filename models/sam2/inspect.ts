import { StudioError } from '../../preload/common/studio-error.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import type { RandomAccess } from '../weights/random-access.ts';
import { expectedTensors } from './build.ts';
import type { Sam2Config, Sam2Version } from './config.ts';
import { miniatureConfig, publishedSizes, sam2Config } from './config.ts';

export type InspectedCheckpoint = { config: Sam2Config; checkpoint: Checkpoint };

const TRUNK = 'image_encoder.trunk';

/**
 * Opens a weights file and tells which network it is of by its own keys and shapes. Every tensor is one that the
 * network uses, or stands on the list of unused ones; the first that does not fit is said. `imageSize` is the square
 * that pictures will be resized to; the weights are the same for all.
 */
export async function inspectCheckpoint(
	file: RandomAccess,
	options: { imageSize?: number } = {},
): Promise<InspectedCheckpoint> {
	const checkpoint = await openCheckpoint(file);
	const config = identify(checkpoint, options);
	const network = networkName(config);
	const expected = expectedTensors(config);
	for (const [key, shape] of expected) {
		const found = checkpoint.tensors.get(key)?.shape;
		if (found === undefined) {
			throw new StudioError('weights.missing', { key, expected: text(shape), network });
		}
		if (found.join() !== shape.join()) {
			throw new StudioError('weights.shape', { key, expected: text(shape), found: text(found), network });
		}
	}
	for (const [key, { shape }] of checkpoint.tensors) {
		if (!expected.has(key)) {
			throw new StudioError('weights.extra', { key: key.slice(0, 200), found: text(shape), network });
		}
	}
	return { config, checkpoint };
}

/** "SAM 2.1 base plus" */
export function networkName(config: Sam2Config): string {
	return `SAM ${config.version === '2.0' ? '2' : config.version} ${config.size.replace('_', ' ')}`;
}

function identify({ tensors }: Checkpoint, options: { imageSize?: number }): Sam2Config {
	const patches = tensors.get(`${TRUNK}.patch_embed.proj.weight`);
	const keys = [...tensors.keys()];
	if (patches === undefined) {
		if (keys.some((key) => key.startsWith('image_encoder.blocks.')) && tensors.has('image_encoder.pos_embed')) {
			throw new StudioError('weights.sam1');
		}
		if (keys.some((key) => key.startsWith('vision_encoder.'))) {
			throw new StudioError('weights.transformersLayout');
		}
		throw new StudioError('weights.otherNetwork', { key: (keys[0] ?? 'nothing').slice(0, 200) });
	}
	const channels = patches.shape[0] ?? 0;
	const block = /^image_encoder\.trunk\.blocks\.(\d{1,4})\./;
	const blocks = new Set(keys.map((key) => block.exec(key)?.[1]).filter((index) => index !== undefined)).size;
	const signs = ['no_obj_embed_spatial', 'obj_ptr_tpos_proj.weight', 'obj_ptr_tpos_proj.bias'];
	const version: Sam2Version = signs.some((key) => tensors.has(key)) ? '2.1' : '2.0';
	const { imageSize } = options;
	const published = publishedSizes.map((size) => sam2Config(size, { version, ...(imageSize ? { imageSize } : {}) }));
	const known = [...published, miniatureConfig(version)];
	const config = known.find(({ embedChannels, stages }) => {
		return embedChannels === channels && stages.reduce((sum, depth) => sum + depth, 0) === blocks;
	});
	if (config === undefined) {
		throw new StudioError('weights.unknownSize', { channels, blocks });
	}
	return config;
}

function text(shape: readonly number[]): string {
	return shape.length === 0 ? 'a single number' : shape.join(' x ');
}
