import type { DeviceUse } from '../../inference/devices.ts';
import { dialectOf, needsNvidia } from '../../inference/devices.ts';
import type { DeviceChooser, InferenceModel } from '../../inference/inference.ts';
import { type DeviceId, deviceNames, type FloatSize } from '../../../preload/common/device.ts';
import type { DeviceInfo } from '../../../preload/contract/device.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { chooseDevice, type DeviceChoice } from './choice.ts';
import { createDeviceNotes, type DeviceNote } from './notes.ts';

export type DeviceRegistryDeps = {
	/** The file that keeps what was found. */
	path: string;
	/** Devices of this system, the CPU among them. */
	possible: readonly DeviceId[];
	/** The runtime with NVIDIA's libraries; null where they were not added. */
	nvidiaFolder: () => string | null;
	/** Names the runtime and compiler in use; a device's dialect and the model's size are added. */
	measuredWith: string;
	models: () => readonly InferenceModel[];
	now: () => number;
	/** A device is not used for a model any more. */
	onGaveWay: (sentence: { device: string; reason: string; next: string }) => void;
};

/** Where each model runs on this machine, and why. */
export interface DeviceRegistry extends DeviceChooser {
	infosOf(modelId: string): DeviceInfo[];
	choiceOf(modelId: string): DeviceChoice;
	preferred(): DeviceId | null;
	/** @throws device.notHere, device.notInstalled */
	prefer(deviceId: DeviceId | null): void;
	/** Keeps what was found of a device; `null` forgets what was known. */
	note(modelId: string, deviceId: DeviceId, found: Found | null): void;
	useOf(deviceId: DeviceId, floats?: FloatSize): DeviceUse;
	/** Forgets what was found of a model, which is gone or has other graphs now. */
	forget(modelId: string): void;
}

export type Found = Pick<DeviceNote, 'state' | 'millisPerFrame' | 'parts' | 'floats' | 'difference' | 'reason'>;

export function createDeviceRegistry(deps: DeviceRegistryDeps): DeviceRegistry {
	const { possible } = deps;
	const notes = createDeviceNotes(deps.path);

	function withOf(modelId: string, deviceId: DeviceId): string {
		const model = deps.models().find((candidate) => candidate.modelId === modelId);
		return `${deps.measuredWith} ${dialectOf(deviceId)} ${model?.sizeBytes ?? 0}`;
	}

	function devicesOf(modelId: string): readonly DeviceId[] {
		const model = deps.models().find((candidate) => candidate.modelId === modelId);
		return model?.source.kind === 'sam2' ? possible : ['cpu'];
	}

	function infosOf(modelId: string): DeviceInfo[] {
		const known = notes.read().models[modelId] ?? [];
		const hasNvidia = deps.nvidiaFolder() !== null;
		return devicesOf(modelId).map((deviceId): DeviceInfo => {
			const name = deviceNames[deviceId];
			const unknown = {
				...{ millisPerFrame: null, parts: [], floats: 'fp32' as const },
				...{ difference: null, reason: null, measuredAtMillis: null },
			};
			if (needsNvidia(deviceId) && !hasNvidia) {
				return { ...unknown, deviceId, name, state: 'notInstalled', reason: 'Needs NVIDIA support' };
			}
			const measuredWith = withOf(modelId, deviceId);
			const found = known.find((note) => note.deviceId === deviceId && note.measuredWith === measuredWith);
			if (found === undefined) {
				return { ...unknown, deviceId, name, state: 'unmeasured' };
			}
			const { measuredWith: _with, ...info } = found;
			return { ...info, name };
		});
	}

	function choiceOf(modelId: string): DeviceChoice {
		const wanted = notes.read().preferredDeviceId;
		const devices = infosOf(modelId);
		// Of the built-in model nothing is asked: it runs where it can.
		return chooseDevice(devices, devices.length === 1 ? null : wanted);
	}

	function useOf(deviceId: DeviceId, floats: FloatSize = 'fp32'): DeviceUse {
		return { deviceId, runtimeFolder: deps.nvidiaFolder(), floats };
	}

	function note(modelId: string, deviceId: DeviceId, found: Found | null): void {
		const modelIds = new Set(deps.models().map((model) => model.modelId));
		notes.change((all) => {
			const others = (all.models[modelId] ?? []).filter((other) => other.deviceId !== deviceId);
			const mine = found && {
				...found,
				deviceId,
				measuredAtMillis: deps.now(),
				measuredWith: withOf(modelId, deviceId),
			};
			const models = { ...all.models, [modelId]: mine ? [...others, mine] : others };
			return { ...all, models: Object.fromEntries(Object.entries(models).filter(([id]) => modelIds.has(id))) };
		});
	}

	return {
		infosOf,
		choiceOf,
		useOf,
		note,
		deviceOf: (modelId) => {
			const { deviceId } = choiceOf(modelId);
			return useOf(deviceId, infosOf(modelId).find((info) => info.deviceId === deviceId)?.floats);
		},
		millisOf: (modelId) => {
			const { deviceId } = choiceOf(modelId);
			return infosOf(modelId).find((info) => info.deviceId === deviceId)?.millisPerFrame ?? null;
		},
		forget: (modelId) => {
			notes.change((all) => {
				const { [modelId]: _forgotten, ...models } = all.models;
				return { ...all, models };
			});
		},
		preferred: () => notes.read().preferredDeviceId,
		prefer: (deviceId) => {
			if (deviceId !== null && !possible.includes(deviceId)) {
				throw new StudioError('device.notHere', {
					device: deviceNames[deviceId],
					known: possible.map((id) => deviceNames[id]),
				});
			}
			if (deviceId !== null && needsNvidia(deviceId) && deps.nvidiaFolder() === null) {
				throw new StudioError('device.notInstalled', { device: deviceNames[deviceId] });
			}
			notes.change((all) => ({ ...all, preferredDeviceId: deviceId }));
		},
		gaveWay: (modelId, deviceId, reason) => {
			// Several that worked on it may tell; once is enough.
			if (infosOf(modelId).find((info) => info.deviceId === deviceId)?.state !== 'failed') {
				const known = infosOf(modelId).find((info) => info.deviceId === deviceId);
				const { millisPerFrame = null, parts = [], floats = 'fp32', difference = null } = known ?? {};
				note(modelId, deviceId, { state: 'failed', millisPerFrame, parts, floats, difference, reason });
				const next = deviceNames[choiceOf(modelId).deviceId];
				deps.onGaveWay({ device: deviceNames[deviceId], reason, next });
			}
		},
	};
}
