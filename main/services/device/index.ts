import { needsNvidia } from '../../inference/devices.ts';
import { builtinModelId } from '../../inference/inference.ts';
import { readProject } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import { deviceNames } from '../../../preload/common/device.ts';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import type { DeviceList } from '../../../preload/contract/device.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { checkedModel, modelOf } from '../model/choice.ts';
import { devicesChanged, type Measuring } from './measuring.ts';
import type { NvidiaSupport } from './nvidia/support.ts';
import type { DeviceRegistry } from './registry.ts';

export type DeviceServiceDeps = { registry: DeviceRegistry; measuring: Measuring; nvidia: NvidiaSupport };

export function createDeviceService(
	context: ServiceContext,
	{ registry, measuring, nvidia }: DeviceServiceDeps,
): ServiceHandlers<'device'> {
	function idOf(modelId: string | undefined): string {
		return modelId === undefined ? modelOfProject(context) : checkedModel(context, modelId);
	}

	const listOf = (modelId: string): DeviceList => deviceListOf(context, { registry, nvidia }, modelId);

	return {
		list: ({ modelId }) => listOf(idOf(modelId)),
		measure: ({ modelId: asked, deviceIds: only }) => {
			const modelId = idOf(asked);
			const devices = registry.infosOf(modelId);
			for (const deviceId of only ?? []) {
				const device = devices.find((info) => info.deviceId === deviceId);
				if (!device && modelId === builtinModelId) {
					throw new StudioError('device.builtin');
				}
				if (!device) {
					throw new StudioError('device.notHere', {
						device: deviceNames[deviceId],
						known: devices.map((info) => info.name),
					});
				}
				if (device.state === 'notInstalled') {
					throw new StudioError('device.notInstalled', { device: device.name });
				}
			}
			return measuring.start(modelId, only);
		},
		choose: ({ deviceId }) => {
			registry.prefer(deviceId);
			devicesChanged(context);
			return null;
		},
		addNvidia: () => {
			nvidia.checkPossible();
			return context.jobs.start({
				method: 'device.addNvidia',
				name: 'Add NVIDIA support',
				outlivesProject: true,
				run: async (job) => {
					const added = await nvidia.add(job);
					devicesChanged(context);
					return added;
				},
			});
		},
		removeNvidia: async () => {
			const preferred = registry.preferred();
			if (preferred !== null && needsNvidia(preferred)) {
				registry.prefer(null);
			}
			await nvidia.remove();
			devicesChanged(context);
			return null;
		},
	};
}

/** The devices of this machine for a model, and which of them it runs on. */
export function deviceListOf(
	context: ServiceContext,
	{ registry, nvidia }: Pick<DeviceServiceDeps, 'registry' | 'nvidia'>,
	modelId: string,
): DeviceList {
	const choice = registry.choiceOf(modelId);
	const { name } = present(
		context.inference.models().find((model) => model.modelId === modelId),
		'a model that was checked',
	);
	return {
		modelId,
		modelName: name,
		usedDeviceId: choice.deviceId,
		why: choice.why,
		preferredDeviceId: registry.preferred(),
		devices: registry.infosOf(modelId),
		nvidia: nvidia.state(),
	};
}

function modelOfProject(context: ServiceContext): string {
	try {
		return modelOf(context, readProject(context.project().store.db));
	} catch (error) {
		if (isStudioError(error, 'project.none')) {
			return builtinModelId;
		}
		throw error;
	}
}
