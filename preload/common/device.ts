/** Where a network can run. Listed in the order that ties are settled in. */
export const deviceIds = ['tensorrt', 'cuda', 'directml', 'coreml', 'webgpu', 'cpu'] as const;
export type DeviceId = (typeof deviceIds)[number];

/** For people. */
export const deviceNames: Readonly<Record<DeviceId, string>> = {
	tensorrt: 'TensorRT',
	cuda: 'CUDA',
	directml: 'DirectML',
	coreml: 'CoreML',
	webgpu: 'WebGPU',
	cpu: 'CPU',
};

/** What a device computes with: numbers of 32 bits, or of 16, which take half the memory and often less time. */
export const floatSizes = ['fp32', 'fp16'] as const;
export type FloatSize = (typeof floatSizes)[number];

/** What a frame costs, part by part; the built-in model has one part, `frame`. */
export const frameParts = ['imageEncoder', 'memoryAttention', 'maskDecoder', 'memoryEncoder', 'frame'] as const;
export type FramePart = (typeof frameParts)[number];

export const framePartNames: Readonly<Record<FramePart, string>> = {
	imageEncoder: 'image encoder',
	memoryAttention: 'memory attention',
	maskDecoder: 'mask decoder',
	memoryEncoder: 'memory encoder',
	frame: 'frame',
};
