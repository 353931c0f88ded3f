/** Errors of the model area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const modelErrors = {
	'model.unknown': ({ modelId, known }: { modelId: string; known: string[] }) =>
		`There is no model "${modelId}" here. Choose one of: ${known.join(', ')}`,
	'model.unsupported': ({ modelId }: { modelId: string }) =>
		`The model "${modelId}" cannot be run by this version. Choose another model`,
	'model.processDied': ({ reason }: { reason: string }) =>
		`The process that runs models ended in the middle of this (${reason}). What was done is kept; it starts anew when you try again`,
	'model.processHung': ({ seconds }: { seconds: number }) =>
		`The process that runs models gave no sign for ${seconds} s and was ended. What was done is kept; it starts anew when you try again`,
	'model.notStarted': ({ reason }: { reason: string }) =>
		`The process that runs models could not be started: ${reason}. Close other programs to free memory, or install the application again`,
	'model.pictureSize': (size: { width: number; height: number; expectedWidth: number; expectedHeight: number }) =>
		`Every frame of a video has one size: this one is ${size.width}x${size.height}, the video ${size.expectedWidth}x${size.expectedHeight}. Import the video again`,
	'prompt.none': () => 'A mask needs at least one prompt. Click the object, or draw a box around it',
	'prompt.outside': ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) =>
		`A click has to be inside the picture of ${width}x${height} pixels; this one is at ${x}, ${y}`,
	'prompt.boxOutside': ({ width, height }: { width: number; height: number }) =>
		`A box has to cover a part of the picture of ${width}x${height} pixels. Draw it over the object`,
} as const;
