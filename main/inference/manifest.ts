import { z } from 'zod';
import type { Sam2Config } from '../../models/sam2/config.ts';
import { miniatureConfig, sam2Config } from '../../models/sam2/config.ts';

/** Raised whenever graphs change: models made by a lower one are made again. */
export const COMPILER_VERSION = 2;

/** What stands beside the compiled graphs. */
export const modelManifest = z.object({
	compilerVersion: z.number().int(),
	size: z.enum(['tiny', 'small', 'base_plus', 'large', 'miniature']),
	version: z.enum(['2.0', '2.1']),
	imageSize: z.number().int(),
	precision: z.enum(['fp32', 'int8']).default('fp32'),
	memoryPooling: z.union([z.literal(1), z.literal(2)]).default(1),
	source: z.object({ path: z.string(), sizeBytes: z.number().int(), sha256: z.string() }),
	/** Every file of the model with its size. */
	files: z.array(z.object({ name: z.string(), sizeBytes: z.number().int() })),
});

export type ModelManifest = z.infer<typeof modelManifest>;

/** The network that a manifest speaks of. */
export function configOf(manifest: Pick<ModelManifest, 'size' | 'version' | 'imageSize'>): Sam2Config {
	const { size, version, imageSize } = manifest;
	return size === 'miniature' ? { ...miniatureConfig(version), imageSize } : sam2Config(size, { version, imageSize });
}
