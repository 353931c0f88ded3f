import type { InferenceModel } from '../../inference/inference.ts';
import type { DeviceId } from '../../../preload/common/device.ts';
import type { DeviceList } from '../../../preload/contract/device.ts';
import type { ServiceContext } from '../context.ts';
import { createTurns } from '../project/turns.ts';
import { measureDevices, STEP_LIMIT_MILLIS } from './measure.ts';
import type { DeviceRegistry } from './registry.ts';

/** Measures models in the background, as jobs, one at a time: two at once would slow each other down. */
export interface Measuring {
	/** Measures on the devices named, or on all that are there; a measurement of all under way is not begun anew. */
	start(modelId: string, deviceIds?: readonly DeviceId[]): { jobId: number };
	/** A model was added or made anew: it is measured once by itself where the host stays open for it. */
	startAfterChange(modelId: string): void;
	/** The model is about to be removed: nothing of it is measured any more. */
	cancel(modelId: string): void;
}

export type MeasuringDeps = {
	registry: DeviceRegistry;
	/** As their modes want them run, the built-in one among them. */
	models: () => readonly InferenceModel[];
	listOf: (modelId: string) => DeviceList;
};

export function createMeasuring(context: ServiceContext, { registry, models, listOf }: MeasuringDeps): Measuring {
	const inTurn = createTurns();
	const underWay: { jobId: number; modelId: string; isOfAll: boolean }[] = [];

	function start(modelId: string, only?: readonly DeviceId[]): { jobId: number } {
		const running = underWay.find((other) => other.modelId === modelId && other.isOfAll);
		if (running && only === undefined) {
			return { jobId: running.jobId };
		}
		const model = models().find((candidate) => candidate.modelId === modelId)!;
		const possible = registry.infosOf(modelId).filter(({ state }) => state !== 'notInstalled');
		const { jobId } = context.jobs.start({
			method: 'device.measure',
			name: `Measure ${model.name}`,
			outlivesProject: true,
			run: async (job) => {
				try {
					job.signal.throwIfAborted();
					const measured = inTurn(() =>
						measureDevices({
							model,
							deviceIds: only ?? possible.map(({ deviceId }) => deviceId),
							registry,
							spawn: context.deps.spawnInference,
							stepLimitMillis: context.deps.measureStepLimitMillis ?? STEP_LIMIT_MILLIS,
							job,
						}),
					);
					await Promise.race([measured, aborted(job.signal)]);
					devicesChanged(context);
					return listOf(modelId);
				} finally {
					underWay.splice(
						underWay.findIndex((other) => other.jobId === job.jobId),
						1,
					);
				}
			},
		});
		underWay.push({ jobId, modelId, isOfAll: only === undefined });
		return { jobId };
	}

	return {
		start,
		startAfterChange: (modelId) => {
			if (context.deps.measuresNewModels === true && registry.millisOf(modelId) === null) {
				start(modelId);
			}
		},
		cancel: (modelId) => {
			for (const { jobId } of underWay.filter((other) => other.modelId === modelId)) {
				context.jobs.cancel(jobId);
			}
		},
	};
}

/** The next run goes by what is known now, and what shows a model's device or speed is told. */
export function devicesChanged(context: ServiceContext): void {
	context.inference.renew();
	context.emit('models.changed', {});
	context.announceProject();
}

/** A measurement that waits for its turn ends at once. */
function aborted(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
	});
}
