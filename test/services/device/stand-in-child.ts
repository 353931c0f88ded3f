/**
 * An inference process whose WebGPU is a stand-in: it computes on the CPU and then does what `MASKLET_STAND_IN` says, at
 * the n-th run of the memory attention (or of another graph) in this process: `crash 12`, `hang 12`,
 * `crash 1 mask-decoder`; or `wrong`, `refuse`, `right`. It has no
 * fp16, but with `half`: there, a graph that is given the same again answers at once; with `half wrong`, wrongly; with
 * `half crash`, the first memory attention crashes.
 */
import { kill, pid } from 'node:process';
import { serveInference } from '../../../main/inference/child-server.ts';
import { openOrtSession } from '../../../main/inference/ort-session.ts';
import { parentChannel } from '../../../main/inference/parent-channel.ts';
import type { Session, Tensor } from '../../../models/predict/session.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

const [behaviour, detail, failingGraph = 'memory-attention'] = (process.env.MASKLET_STAND_IN ?? 'right').split(' ');
let runsOfGraph = 0;

serveInference(parentChannel(), {
	openSession: async ({ name, content }, { device, ...options }) => {
		const session = await openOrtSession(content, options);
		if (device?.deviceId !== 'webgpu') {
			return session;
		}
		if (device.floats === 'fp16') {
			if (behaviour !== 'half') {
				await session.dispose();
				throw new StudioError('device.failed', { device: 'WebGPU', reason: 'it has no fp16' });
			}
			return halfSession(name, session);
		}
		if (behaviour === 'refuse') {
			await session.dispose();
			throw new StudioError('device.failed', { device: 'WebGPU', reason: 'there is no adapter' });
		}
		return {
			dispose: () => session.dispose(),
			run: async (inputs) => {
				if (name === failingGraph && ++runsOfGraph === Number(detail)) {
					fail(behaviour);
				}
				const outputs = await session.run(inputs);
				return behaviour === 'wrong' ? wrong(outputs) : outputs;
			},
		};
	},
});

function halfSession(name: string, session: Session): Session {
	let last: { inputs: unknown; outputs: Record<string, Tensor> } | null = null;
	return {
		dispose: () => session.dispose(),
		run: async (inputs) => {
			if (name === 'memory-attention' && detail === 'crash') {
				fail('crash');
			}
			if (last?.inputs !== inputs) {
				const outputs = await session.run(inputs);
				last = { inputs, outputs: detail === 'wrong' ? wrong(outputs) : outputs };
			}
			return last.outputs;
		},
	};
}

function wrong(outputs: Record<string, Tensor>): Record<string, Tensor> {
	Object.values(outputs).forEach(({ data }) => data.set(data.map((value) => value * 1.05)));
	return outputs;
}

function fail(how: string | undefined): void {
	if (how === 'crash') {
		kill(pid, 'SIGSEGV');
	}
	for (;;) {
		// A driver that never returns holds the thread.
	}
}
