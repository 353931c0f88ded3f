import { z } from 'zod';
import { deviceIds, floatSizes, frameParts } from '../common/device.ts';
import { command, job, nothing, query } from './define.ts';

export const deviceId = z.enum(deviceIds);

export const partTime = z.object({ part: z.enum(frameParts), millis: z.number() });

export const deviceInfo = z.object({
	deviceId,
	/** "WebGPU". */
	name: z.string(),
	/**
	 * `notInstalled`: it needs NVIDIA support. `unmeasured`: not tried with this model yet. `usable`: measured, and its
	 * results are those of the CPU. `wrong`: they are not. `failed`: it could not run, crashed or hung.
	 */
	state: z.enum(['notInstalled', 'unmeasured', 'usable', 'wrong', 'failed']),
	/** Milliseconds a frame of one object; null where not measured. */
	millisPerFrame: z.number().nullable(),
	parts: z.array(partTime),
	/** What it computes with: fp16 where it was faster and as right. */
	floats: z.enum(floatSizes),
	/** Largest distance from the CPU's results, as a share of their size; null where not compared. */
	difference: z.number().nullable(),
	/** Why it is not used; null where it can be. */
	reason: z.string().nullable(),
	measuredAtMillis: z.number().nullable(),
});

export const deviceList = z.object({
	modelId: z.string(),
	modelName: z.string(),
	/** Where the model runs now. */
	usedDeviceId: deviceId,
	/** Why, in a sentence for people. */
	why: z.string(),
	/** What the user wants on this machine; null: the fastest. */
	preferredDeviceId: deviceId.nullable(),
	devices: z.array(deviceInfo),
	nvidia: z.object({
		/** `notHere`: there are no such libraries for this system. */
		state: z.enum(['notHere', 'absent', 'added']),
		sizeBytes: z.number(),
	}),
});

/** Without a model: the project's, else the built-in one. */
const ofModel = z.object({ modelId: z.string().optional() });

export const deviceContract = {
	/** The devices of this machine for a model. */
	list: query(ofModel, deviceList),
	/** Runs the model on each device for a moment, each in a process of its own, and compares the results. */
	measure: job(
		z.object({ modelId: z.string().optional(), deviceIds: z.array(deviceId).min(1).optional() }),
		deviceList,
	),
	/** What to use on this machine; null: the fastest that was measured. */
	choose: command(z.object({ deviceId: deviceId.nullable() }), z.null()),
	/** Fetches ONNX Runtime's own CUDA and TensorRT libraries into the data folder. */
	addNvidia: job(nothing, z.object({ sizeBytes: z.number() })),
	removeNvidia: command(nothing, z.null()),
};

export type DeviceInfo = z.infer<typeof deviceInfo>;
export type DeviceList = z.infer<typeof deviceList>;
export type PartTime = z.infer<typeof partTime>;
