import { needsNvidia } from '../../inference/devices.ts';
import { builtinModel } from '../../inference/inference.ts';
import { readProject } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import { deviceNames } from '../../../preload/common/device.ts';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import type { DeviceList } from '../../../preload/contract/device.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { checkedModel, modelOf } from '../model/choice.ts';
import type { ModelLibrary } from '../model/library.ts';
import { measureDevices, STEP_LIMIT_MILLIS } from './measure.ts';
import type { NvidiaSupport } from './nvidia/support.ts';
import type { DeviceRegistry } from './registry.ts';

export type DeviceServiceDeps = { registry: DeviceRegistry; library: ModelLibrary; nvidia: NvidiaSupport };

export function createDeviceService(
	context: ServiceContext,
	{ registry, library, nvidia }: DeviceServiceDeps,
): ServiceHandlers<'device'> {
	function idOf(modelId: string | undefined): string {
		return modelId === undefined ? modelOfProject(context) : checkedModel(context, modelId);
	}

	function listOf(modelId: string): DeviceList {
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

	return {
		list: ({ modelId }) => listOf(idOf(modelId)),
		measure: ({ modelId: asked, deviceIds: only }) => {
			const modelId = idOf(asked);
			const model = [builtinModel, ...library.list().map((owned) => owned.model)].find(
				(candidate) => candidate.modelId === modelId,
			)!;
			const devices = registry.infosOf(modelId);
			for (const deviceId of only ?? []) {
				const device = devices.find((info) => info.deviceId === deviceId);
				if (!device && model.source.kind === 'builtin') {
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
			const deviceIds = only ?? devices.filter(({ state }) => state !== 'notInstalled').map(({ deviceId }) => deviceId);
			return context.jobs.start({
				method: 'device.measure',
				name: `Measure devices with ${model.name}`,
				outlivesProject: true,
				run: async (job) => {
					await measureDevices({
						model,
						deviceIds,
						registry,
						spawn: context.deps.spawnInference,
						stepLimitMillis: context.deps.measureStepLimitMillis ?? STEP_LIMIT_MILLIS,
						job,
					});
					devicesChanged(context);
					return listOf(modelId);
				},
			});
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

/** The next run goes by what is known now, and what shows a model's device is told. */
function devicesChanged(context: ServiceContext): void {
	context.inference.renew();
	context.announceProject();
}

function modelOfProject(context: ServiceContext): string {
	try {
		return modelOf(context, readProject(context.project().store.db));
	} catch (error) {
		if (isStudioError(error, 'project.none')) {
			return builtinModel.modelId;
		}
		throw error;
	}
}
