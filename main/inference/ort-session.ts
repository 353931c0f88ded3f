import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { assert, present } from '../../preload/common/assert.ts';
import type { Session, Tensor } from '../../models/predict/session.ts';
import { collectAfter } from './collect.ts';

export type OrtSessionOptions = { threads: number };

/**
 * A session of the graph file at `path`; its data file lies beside it. Loading and running block the thread: call it
 * in a process of its own.
 */
export async function openOrtSession(path: string, options: OrtSessionOptions): Promise<Session> {
	const session = await InferenceSession.create(path, {
		executionProviders: ['cpu'],
		intraOpNumThreads: options.threads,
		interOpNumThreads: 1,
		// The arena keeps the largest intermediate of every size it has seen; the pattern planner keeps it again.
		enableCpuMemArena: true,
		enableMemPattern: true,
		logSeverityLevel: 3,
	});
	return {
		run: async (inputs) => {
			let bytes = 0;
			const feeds: Record<string, OrtTensor> = {};
			for (const [name, tensor] of Object.entries(inputs)) {
				feeds[name] = new OrtTensor('float32', tensor.data, tensor.shape);
				bytes += tensor.data.byteLength;
			}
			const results = await session.run(feeds);
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
