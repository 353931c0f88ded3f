import type { Measurement } from '../../inference/measure.ts';

/**
 * How far a device's results may lie from the CPU's, as a share of their size (root of the mean square). Devices round
 * and add in other orders: WebGPU lies at some thousandths, half precision below a hundredth; a provider that
 * computes something else lies far beyond.
 */
export const toleratedDifference = 0.02;

export type Agreement = { difference: number; isRight: boolean; reason: string | null };

/** Compares what a device gave with what the CPU gave for the same inputs. */
export function agreementOf(device: Measurement, cpu: Measurement): Agreement {
	let worst = { difference: 0, name: '' };
	const wrong = (reason: string): Agreement => ({ difference: Infinity, isRight: false, reason });
	for (const { name, values, hasOnlyNumbers } of cpu.samples) {
		const other = device.samples.find((sample) => sample.name === name);
		if (other?.values.length !== values.length) {
			return wrong(`it gives no ${name} of the CPU's size`);
		}
		if (!hasOnlyNumbers) {
			return wrong(`the CPU's ${name} is not made of numbers alone, so that nothing can be compared`);
		}
		if (!other.hasOnlyNumbers) {
			return wrong(`its ${name} is not made of numbers alone`);
		}
		const difference = distance(other.values, values);
		if (difference > worst.difference) {
			worst = { difference, name };
		}
	}
	const isRight = worst.difference <= toleratedDifference;
	const percent = (worst.difference * 100).toPrecision(2);
	return {
		difference: worst.difference,
		isRight,
		reason: isRight ? null : `its ${worst.name} is ${percent} % off what the CPU computes`,
	};
}

function distance(values: Float32Array, expected: Float32Array): number {
	let error = 0;
	let size = 0;
	for (let index = 0; index < expected.length; index++) {
		error += (values[index]! - expected[index]!) ** 2;
		size += expected[index]! ** 2;
	}
	return error === 0 ? 0 : Math.sqrt(error / Math.max(size, 1e-12));
}
