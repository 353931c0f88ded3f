import { type DeviceId, deviceNames } from '../../../preload/common/device.ts';
import type { DeviceInfo } from '../../../preload/contract/device.ts';

export type Candidate = Pick<DeviceInfo, 'deviceId' | 'state' | 'millisPerFrame' | 'reason'>;

export type DeviceChoice = { deviceId: DeviceId; why: string };

/**
 * The device that a model runs on: the wanted one where it can be used, measured or not; else the fastest of those that
 * were measured and compute what the CPU computes; else the CPU, which always can. A tie goes to the earlier candidate.
 */
export function chooseDevice(candidates: readonly Candidate[], wanted: DeviceId | null): DeviceChoice {
	const preferred = wanted === null ? undefined : candidates.find(({ deviceId }) => deviceId === wanted);
	if (preferred && (preferred.state === 'usable' || preferred.state === 'unmeasured')) {
		return { deviceId: preferred.deviceId, why: 'You chose it' };
	}
	const fastest = candidates
		.filter(({ state }) => state === 'usable')
		.toSorted((one, other) => (one.millisPerFrame ?? Infinity) - (other.millisPerFrame ?? Infinity))[0];
	const chosen: DeviceChoice =
		fastest === undefined
			? { deviceId: 'cpu', why: nothingMeasured(candidates) }
			: { deviceId: fastest.deviceId, why: whyFastest(candidates) };
	return wanted === null ? chosen : { ...chosen, why: `${whyNot(wanted, preferred)}. ${chosen.why}` };
}

function nothingMeasured(candidates: readonly Candidate[]): string {
	const refused = candidates.filter(({ deviceId, state }) => deviceId !== 'cpu' && isRefused(state));
	const untried = candidates.filter(({ deviceId, state }) => deviceId !== 'cpu' && state === 'unmeasured');
	if (untried.length > 0) {
		return 'No other device was measured with this model';
	}
	return refused.length > 0 ? 'No other device can be used' : 'It is the only device here';
}

function whyFastest(candidates: readonly Candidate[]): string {
	const usableCount = candidates.filter(({ state }) => state === 'usable').length;
	return usableCount > 1
		? 'It is the fastest that computes what the CPU does'
		: 'It is the only device that can be used';
}

function whyNot(wanted: DeviceId, preferred: Candidate | undefined): string {
	const name = deviceNames[wanted];
	if (preferred === undefined) {
		return `${name}, which you chose, is no device of this machine`;
	}
	return preferred.state === 'notInstalled'
		? `${name}, which you chose, needs NVIDIA support`
		: `${name}, which you chose, cannot be used: ${preferred.reason ?? 'it failed'}`;
}

function isRefused(state: Candidate['state']): boolean {
	return state === 'failed' || state === 'wrong' || state === 'notInstalled';
}
