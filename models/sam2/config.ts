export type Sam2Size = 'tiny' | 'small' | 'base_plus' | 'large' | 'miniature';
export type Sam2Version = '2.0' | '2.1';

/** Everything in which the networks differ. One record describes every size, version and image size. */
export type Sam2Config = {
	size: Sam2Size;
	version: Sam2Version;
	/** Pixels of the square that a picture is resized to; a multiple of 32. */
	imageSize: number;
	/** Hiera: channels and heads of the first stage; both double at each of the three stage changes. */
	embedChannels: number;
	heads: number;
	/** Blocks a stage. */
	stages: readonly [number, number, number, number];
	/** Blocks, counted through, that attend over the whole picture. */
	globalBlocks: readonly number[];
	/** Window edge a stage, in tokens. */
	windows: readonly [number, number, number, number];
	/** Edge of the learned background of the position embedding. */
	backgroundSize: number;
	/** Channels of features, tokens and pointers. */
	channels: number;
	/** Channels of a memory; divides `channels`. */
	memoryChannels: number;
	memoryFeedForward: number;
};

/** Edge of the feature map f, in tokens. */
export function gridSize(config: Sam2Config): number {
	return config.imageSize / 16;
}

/** Edge of the low-resolution mask logits. */
export function lowResSize(config: Sam2Config): number {
	return config.imageSize / 4;
}

/** Memories a frame attends to: one row of temporal encoding for conditioning frames and six for those before. */
export const MEMORY_ROWS = 7;
/** A pointer is cut into tokens as wide as a memory. */
export function tokensPerPointer(config: Sam2Config): number {
	return config.channels / config.memoryChannels;
}

const common = { channels: 256, memoryChannels: 64, memoryFeedForward: 2048 } as const;
const usual = { windows: [8, 4, 14, 7], backgroundSize: 7 } as const;

const trunks = {
	tiny: { ...usual, embedChannels: 96, heads: 1, stages: [1, 2, 7, 2], globalBlocks: [5, 7, 9] },
	small: { ...usual, embedChannels: 96, heads: 1, stages: [1, 2, 11, 2], globalBlocks: [7, 10, 13] },
	base_plus: {
		...usual,
		embedChannels: 112,
		heads: 2,
		stages: [2, 3, 16, 3],
		globalBlocks: [12, 16, 20],
		backgroundSize: 14,
	},
	large: {
		embedChannels: 144,
		heads: 2,
		stages: [2, 6, 36, 4],
		globalBlocks: [23, 33, 43],
		windows: [8, 4, 16, 8],
		backgroundSize: 7,
	},
} as const;

export const publishedSizes = ['tiny', 'small', 'base_plus', 'large'] as const;
export const versions: readonly Sam2Version[] = ['2.0', '2.1'];
export const imageSizes = [1024, 512] as const;

/** A published network. */
export function sam2Config(
	size: (typeof publishedSizes)[number],
	options: { version: Sam2Version; imageSize?: number },
): Sam2Config {
	return { size, version: options.version, imageSize: options.imageSize ?? 1024, ...common, ...trunks[size] };
}

/** The same network at 128 pixels and with few channels: every branch of the published ones in milliseconds. */
export function miniatureConfig(version: Sam2Version): Sam2Config {
	return {
		size: 'miniature',
		version,
		imageSize: 128,
		embedChannels: 16,
		heads: 1,
		stages: [1, 2, 3, 2],
		globalBlocks: [4, 5],
		windows: [8, 4, 14, 7],
		backgroundSize: 7,
		channels: 64,
		memoryChannels: 16,
		memoryFeedForward: 128,
	};
}
