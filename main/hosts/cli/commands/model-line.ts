import type { ModelInfo } from '../../../../preload/contract/model.ts';

/** A model in a list for people. */
export function modelLine(model: ModelInfo): string {
	const size = model.sizeBytes === 0 ? 'ships with Masklet' : `${Math.round(model.sizeBytes / 2 ** 20)} MiB`;
	const { millisPerFrame } = model;
	const speed =
		millisPerFrame === null ? 'not measured' : `${millisPerFrame.toFixed(millisPerFrame < 10 ? 1 : 0)} ms a frame`;
	return `${model.modelId.padEnd(20)}  ${model.name}, ${model.device}, ${speed}, ${size}`;
}
