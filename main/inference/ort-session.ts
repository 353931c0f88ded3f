import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { assert, present } from '../../preload/common/assert.ts';
import { deviceNames } from '../../preload/common/device.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { Session, Tensor } from '../../models/predict/session.ts';
import { collectAfter } from './collect.ts';
import { type DeviceUse, providersOf } from './devices.ts';
import { loadRuntime } from './runtime.ts';

export type OrtSessionOptions = {
	threads: number;
	/**
	 * Numbers too small for a full mantissa count as 0. Attention makes many of them, and some processors take a hundred
	 * times as long for each. Default: they are kept.
	 */
	flushesDenormals?: boolean;
	/** Where the data file of a graph lies that is given as bytes. */
	dataFolder?: string;
	/** Default: the CPU, with the runtime that ships. */
	device?: DeviceUse;
};

/** A sum and a normalisation take less time than the one operator for both: 8 % of a mask decoder (test/bench). */
const cpuOptimization = { disable_specified_optimizers: 'SkipLayerNormFusion' };

/**
 * A session of a graph: its bytes, or the path of its file, beside which its data file lies then. Loading and running block
 * the thread: call it in a process of its own.
 *
 * @throws device.failed where another device than the CPU refuses to load or to run
 */
export async function openOrtSession(graph: string | Uint8Array, options: OrtSessionOptions): Promise<Session> {
	const { threads, flushesDenormals = false, dataFolder } = options;
	const { device = { deviceId: 'cpu', runtimeFolder: null } } = options;
	const { InferenceSession, Tensor: RuntimeTensor } = loadRuntime(device.runtimeFolder);
	const isDirectMl = device.deviceId === 'directml';
	const session: InferenceSession = await onDevice(device, () =>
		InferenceSession.create(graph as string, {
			executionProviders: [...providersOf[device.deviceId]],
			intraOpNumThreads: threads,
			interOpNumThreads: 1,
			// The arena keeps the largest intermediate of every size it has seen; the pattern planner keeps it again.
			enableCpuMemArena: true,
			// DirectML refuses it.
			enableMemPattern: !isDirectMl,
			logSeverityLevel: 3,
			extra: {
				...(device.deviceId === 'cpu' ? { optimization: cpuOptimization } : {}),
				session: {
					// Threads that spin for work take it from the decoder, the window and the other graphs' threads.
					'intra_op.allow_spinning': '0',
					...(flushesDenormals ? { set_denormal_as_zero: '1' } : {}),
					...(dataFolder === undefined ? {} : { model_external_initializers_file_folder_path: dataFolder }),
				},
			},
		}),
	);
	return {
		run: async (inputs) => {
			let bytes = 0;
			const feeds: Record<string, OrtTensor> = {};
			for (const [name, tensor] of Object.entries(inputs)) {
				feeds[name] = new RuntimeTensor('float32', tensor.data, tensor.shape);
				bytes += tensor.data.byteLength;
			}
			const results = await onDevice(device, () => session.run(feeds));
			const outputs: Record<string, Tensor> = {};
			for (const name of session.outputNames) {
				const { data, dims } = present(results[name], `output ${name}`);
				assert(data instanceof Float32Array, `output ${name} is not float32`);
				outputs[name] = { shape: dims, data };
				bytes += data.byteLength;
			}
			collectAfter(bytes);
			return outputs;
		},
		dispose: () => session.release(),
	};
}

/** A device's refusal becomes a sentence, upon which another takes over; the CPU's is a fault of ours. */
async function onDevice<T>({ deviceId }: DeviceUse, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (deviceId === 'cpu') {
			throw cause;
		}
		throw new StudioError('device.failed', { device: deviceNames[deviceId], reason: firstLine(cause) }, { cause });
	}
}

/** The runtime's messages go on about where in its sources it was, and over many lines. */
function firstLine(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	const line = text.split('\n').find((part) => part.trim() !== '') ?? text;
	const told = line.replace(/^.*? was false\. /, '').replace(/^\S*onnxruntime\S*:\d+ .*?\) /, '');
	return told.length > 300 ? `${told.slice(0, 300)}…` : told.trim();
}
