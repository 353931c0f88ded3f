import { type DeviceUse, triesHalf } from '../../inference/devices.ts';
import type { InferenceModel } from '../../inference/inference.ts';
import { measureInProcess } from '../../inference/measure-in-child.ts';
import type { Measurement } from '../../inference/measure.ts';
import { present } from '../../../preload/common/assert.ts';
import { type DeviceId, deviceNames, floatSizes, type FloatSize } from '../../../preload/common/device.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';
import type { JobHandle } from '../job/jobs.ts';
import { agreementOf } from './agreement.ts';
import type { DeviceRegistry, Found } from './registry.ts';

/** A large network's image encoder takes a minute on a slow machine, and a shader as long to be made. */
export const STEP_LIMIT_MILLIS = 180_000;

export type MeasureDevices = {
	model: InferenceModel;
	/** The CPU is measured with them: it says what is right. */
	deviceIds: readonly DeviceId[];
	registry: DeviceRegistry;
	spawn: () => Channel | Promise<Channel>;
	stepLimitMillis: number;
	job: Pick<JobHandle, 'signal' | 'progress'>;
};

/** Measures a model on devices, one after the other, and notes what each was found to be. */
export async function measureDevices(request: MeasureDevices): Promise<void> {
	const { model, registry, job } = request;
	const others = request.deviceIds.filter((deviceId) => deviceId !== 'cpu');
	const total = 100 + others.reduce((sum, deviceId) => sum + 100 * sizesFor(deviceId).length, 0);
	let doneCount = 0;
	const measure = async (device: DeviceUse): Promise<Measurement> => {
		const note = `${deviceNames[device.deviceId]}${device.floats === 'fp16' ? ' with fp16' : ''}`;
		job.progress(doneCount, total, note);
		const measurement = await measureInProcess({
			spawn: request.spawn,
			source: model.source,
			device,
			signal: job.signal,
			stepLimitMillis: request.stepLimitMillis,
			onProgress: (share) => job.progress(doneCount + Math.round(99 * share), total, note),
		}).finally(() => (doneCount += 100));
		return measurement;
	};
	const cpu = await measure(registry.useOf('cpu'));
	registry.note(model.modelId, 'cpu', {
		state: 'usable',
		...timesOf(cpu),
		floats: 'fp32',
		difference: null,
		reason: null,
	});
	for (const deviceId of others) {
		const found: Found[] = [];
		for (const floats of sizesFor(deviceId)) {
			// What cannot be used with fp32 is not made right by less.
			if (found.every(({ state }) => state === 'usable')) {
				const use = registry.useOf(deviceId, floats);
				found.push({ ...(await findingOf(() => measure(use), cpu, job.signal)), floats });
			} else {
				doneCount += 100;
			}
		}
		registry.note(model.modelId, deviceId, best(found));
	}
	job.progress(total, total);
}

function sizesFor(deviceId: DeviceId): readonly FloatSize[] {
	return triesHalf(deviceId) ? floatSizes : ['fp32'];
}

/** The fastest that can be used; what was found of the first where none can. */
function best(found: readonly Found[]): Found {
	const usable = found.filter(({ state }) => state === 'usable');
	const [fastest] = usable.toSorted((one, other) => one.millisPerFrame! - other.millisPerFrame!);
	return fastest ?? present(found[0], 'a finding');
}

/** What a device was found to be; its failure is a finding, not an error. */
async function findingOf(
	measure: () => Promise<Measurement>,
	cpu: Measurement,
	signal: AbortSignal,
): Promise<Omit<Found, 'floats'>> {
	try {
		const measurement = await measure();
		const { difference, isRight, reason } = agreementOf(measurement, cpu);
		return {
			state: isRight ? 'usable' : 'wrong',
			...timesOf(measurement),
			difference: Number.isFinite(difference) ? difference : null,
			reason,
		};
	} catch (error) {
		signal.throwIfAborted();
		const isOfDevice =
			isStudioError(error, 'device.failed') ||
			isStudioError(error, 'device.died') ||
			isStudioError(error, 'device.slow');
		if (!isOfDevice) {
			throw error;
		}
		const reason = isStudioError(error, 'device.failed') ? error.data.reason : error.message;
		return { state: 'failed', millisPerFrame: null, parts: [], difference: null, reason };
	}
}

function timesOf({ parts }: Measurement): Pick<Found, 'millisPerFrame' | 'parts'> {
	return { parts, millisPerFrame: parts.reduce((sum, { millis }) => sum + millis, 0) };
}
