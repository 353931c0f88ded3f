import type { Dialect } from '../../models/onnx/graph.ts';
import type { DeviceId, FloatSize } from '../../preload/common/device.ts';

/** Where a model's graphs run. */
export type DeviceUse = {
	deviceId: DeviceId;
	/** A copy of the runtime with NVIDIA's providers beside it; null: the one that ships with Masklet. */
	runtimeFolder: string | null;
	/** What it computes with. Default: fp32. */
	floats?: FloatSize;
};

/** ONNX Runtime's names, for `executionProviders`. What a provider cannot run goes to the CPU by itself. */
export const providersOf: Readonly<Record<DeviceId, readonly string[]>> = {
	tensorrt: ['tensorrt', 'cuda'],
	cuda: ['cuda'],
	directml: ['dml'],
	coreml: ['coreml'],
	webgpu: ['webgpu'],
	cpu: ['cpu'],
};

/**
 * The operators that a device's graphs are made of. ONNX Runtime's `docs/OperatorKernels.md` lists `MultiHeadAttention`
 * and `RotaryEmbedding` for the CPU, CUDA (which takes what TensorRT does not know) and DirectML. CoreML's list of
 * operators has neither, so that each attention would come back to the CPU. WebGPU has both, but computes attention
 * some percent off (1.30, on SwiftShader; ONNX Runtime's pull request 26715 tells of wrong attention there too); of
 * plain operators it computes what the CPU does to 1e-4.
 */
const dialects: Readonly<Record<DeviceId, Dialect>> = {
	tensorrt: 'contrib',
	cuda: 'contrib',
	directml: 'contrib',
	coreml: 'plain',
	webgpu: 'plain',
	cpu: 'contrib',
};

export function dialectOf(deviceId: DeviceId): Dialect {
	return dialects[deviceId];
}

/** Whether fp16 is tried on a device. Processors widen such numbers to compute with them. */
export function triesHalf(deviceId: DeviceId): boolean {
	return deviceId !== 'cpu';
}

/** Devices that the runtime has a provider for on a system; `onnxruntime-node` 1.30 as it lists them. */
const devicesOf: Readonly<Record<string, readonly DeviceId[]>> = {
	'linux/x64': ['tensorrt', 'cuda', 'webgpu', 'cpu'],
	'linux/arm64': ['webgpu', 'cpu'],
	'win32/x64': ['directml', 'webgpu', 'cpu'],
	'win32/arm64': ['directml', 'webgpu', 'cpu'],
	'darwin/arm64': ['coreml', 'webgpu', 'cpu'],
};

export function possibleDevices(platform: string = process.platform, arch: string = process.arch): readonly DeviceId[] {
	return devicesOf[`${platform}/${arch}`] ?? ['cpu'];
}

/** Devices that need the NVIDIA libraries, which are fetched. */
export function needsNvidia(deviceId: DeviceId): boolean {
	return deviceId === 'tensorrt' || deviceId === 'cuda';
}
