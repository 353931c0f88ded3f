/**
 * An inference process whose WebGPU is a stand-in: it computes on the CPU and then does what `MASKLET_STAND_IN` says, at
 * the n-th run of the memory attention in this process: `crash 12`, `hang 12`; or `wrong`, `refuse`, `right`.
 */
import { kill, pid } from 'node:process';
import { serveInference } from '../../../main/inference/child-server.ts';
import { openOrtSession } from '../../../main/inference/ort-session.ts';
import { parentChannel } from '../../../main/inference/parent-channel.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

const [behaviour, atRun] = (process.env.MASKLET_STAND_IN ?? 'right').split(' ');
let attentionRuns = 0;

serveInference(parentChannel(), {
	openSession: async ({ name, content }, { device, ...options }) => {
		const session = await openOrtSession(content, options);
		if (device?.deviceId !== 'webgpu') {
			return session;
		}
		if (behaviour === 'refuse') {
			await session.dispose();
			throw new StudioError('device.failed', { device: 'WebGPU', reason: 'there is no adapter' });
		}
		return {
			dispose: () => session.dispose(),
			run: async (inputs) => {
				if (name === 'memory-attention' && ++attentionRuns === Number(atRun)) {
					fail();
				}
				const outputs = await session.run(inputs);
				if (behaviour === 'wrong') {
					Object.values(outputs).forEach(({ data }) => data.set(data.map((value) => value * 1.05)));
				}
				return outputs;
			},
		};
	},
});

function fail(): void {
	if (behaviour === 'crash') {
		kill(pid, 'SIGSEGV');
	}
	for (;;) {
		// A driver that never returns holds the thread.
	}
}
