import { expect, test } from 'vitest';
import type { Measurement } from '../../../main/inference/measure.ts';
import { agreementOf } from '../../../main/services/device/agreement.ts';
import { type Candidate, chooseDevice } from '../../../main/services/device/choice.ts';

/** Stand-in devices, written short: "cuda usable 12". */
function devices(...lines: string[]): Candidate[] {
	return lines.map((line) => {
		const [deviceId, state, millis] = line.split(' ') as [Candidate['deviceId'], Candidate['state'], string?];
		const reason = state === 'failed' ? 'it crashed' : state === 'wrong' ? 'its f is 10 % off' : null;
		return { deviceId, state, millisPerFrame: millis === undefined ? null : Number(millis), reason };
	});
}

const fastest = 'It is the fastest that computes what the CPU does';
const alone = 'It is the only device that can be used';

test.each([
	[devices('cpu unmeasured'), null, 'cpu', 'It is the only device here'],
	[devices('cuda unmeasured', 'cpu usable 90'), null, 'cpu', alone],
	[devices('cuda unmeasured', 'cpu unmeasured'), null, 'cpu', 'No other device was measured with this model'],
	[devices('cuda usable 12', 'webgpu usable 30', 'cpu usable 90'), null, 'cuda', fastest],
	[devices('webgpu usable 120', 'cpu usable 90'), null, 'cpu', fastest],
	[devices('cuda wrong', 'webgpu usable 30', 'cpu usable 90'), null, 'webgpu', fastest],
	// A device that gave way is failed for this model; the next one takes over, not the CPU alone.
	[devices('tensorrt failed', 'cuda usable 14', 'cpu usable 90'), null, 'cuda', fastest],
	[devices('tensorrt failed', 'cuda failed', 'cpu unmeasured'), null, 'cpu', 'No other device can be used'],
	[devices('cuda notInstalled', 'cpu usable 90'), null, 'cpu', alone],
	[devices('tensorrt usable 12', 'cuda usable 12', 'cpu usable 90'), null, 'tensorrt', fastest],
	[devices('cuda usable', 'cpu usable 90'), null, 'cpu', fastest],
	[devices('cuda usable 12', 'cpu usable 90'), 'cpu', 'cpu', 'You chose it'],
	[devices('webgpu unmeasured', 'cpu usable 90'), 'webgpu', 'webgpu', 'You chose it'],
	[
		devices('webgpu failed', 'cpu usable 90'),
		'webgpu',
		'cpu',
		`WebGPU, which you chose, cannot be used: it crashed. ${alone}`,
	],
	[
		devices('cuda notInstalled', 'cpu usable 90'),
		'cuda',
		'cpu',
		`CUDA, which you chose, needs NVIDIA support. ${alone}`,
	],
	[devices('cpu usable 90'), 'coreml', 'cpu', `CoreML, which you chose, is no device of this machine. ${alone}`],
] as const)('of %j, %s being wanted, %s is chosen: %s', (candidates, wanted, deviceId, why) => {
	expect(chooseDevice(candidates, wanted)).toEqual({ deviceId, why });
});

function measured(outputs: Record<string, number[]>): Measurement {
	const samples = Object.entries(outputs).map(([name, values]) => ({
		name,
		values: Float32Array.from(values),
		hasOnlyNumbers: values.every(Number.isFinite),
	}));
	return { parts: [], samples };
}

test.each([
	['the same', { f: [1, -2, 3] }, { f: [1, -2, 3] }, null],
	['other rounding', { f: [1.001, -2, 3.001] }, { f: [1, -2, 3] }, null],
	['another computation', { f: [1, -2, 3], g: [1, 1] }, { f: [1, -2, 3], g: [1, 1.1] }, /^its g is 6\.7 % off/],
	['noise where the CPU has nothing', { f: [0.1] }, { f: [0] }, /^its f is .* off/],
	['no number', { f: [1, NaN] }, { f: [1, 2] }, /^its f is not made of numbers alone/],
	['no number on the CPU', { f: [1, 2] }, { f: [1, NaN] }, /^the CPU's f is not made of numbers alone/],
	['an output that is missing', {}, { f: [1, 2] }, /^it gives no f of the CPU's size/],
	['an output that is too short', { f: [1] }, { f: [1, 2] }, /^it gives no f of the CPU's size/],
])('%s beside the CPU', (_, device, cpu, reason) => {
	const agreement = agreementOf(measured(device as Record<string, number[]>), measured(cpu));
	expect(agreement.isRight).toBe(reason === null);
	expect(agreement.reason ?? '').toMatch(reason ?? /^$/);
});
