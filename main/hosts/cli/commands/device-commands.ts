import { Argument, type Command } from 'commander';
import { type DeviceId, deviceIds, framePartNames } from '../../../../preload/common/device.ts';
import type { DeviceInfo, DeviceList } from '../../../../preload/contract/device.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { Studio } from '../studio.ts';
import type { RunCommand } from './options.ts';

/** `devices`: what models run on. */
export function addDeviceCommands(program: Command, run: RunCommand): Command {
	const devices = program.command('devices').description('Tells what models run on here, measures and chooses it');
	devices
		.command('list')
		.description('Tells the devices of this machine, which one is used and why')
		.argument('[model]', 'for this model, as `models list` tells it (default: the built-in one)')
		.action((modelId: string | undefined) => run((studio) => listDevices(studio, modelId)));
	devices
		.command('measure')
		.description('Runs a model on each device for a moment, and compares the results with the CPU')
		.argument('[model]', 'as `models list` tells it (default: the built-in one)')
		.option('--device <id...>', 'these devices alone')
		.action((modelId: string | undefined, options: { device?: string[] }) =>
			run(async (studio) => {
				const list = await measure(studio, { modelId, deviceIds: options.device as DeviceId[] | undefined });
				studio.output.result(list, listText(list));
			}),
		);
	devices
		.command('use')
		.description('Says what to use on this machine')
		.addArgument(new Argument('<device>', 'auto: the fastest that was measured').choices(['auto', ...deviceIds]))
		.action((device: 'auto' | DeviceId) =>
			run(async (studio) => {
				await studio.client.device.choose({ deviceId: device === 'auto' ? null : device });
				await listDevices(studio, undefined);
			}),
		);
	devices
		.command('add-nvidia')
		.description("Fetches ONNX Runtime's own CUDA and TensorRT libraries (some hundred MiB) into Masklet's data folder")
		.action(() =>
			run(async (studio) => {
				const added = await studio.run<{ sizeBytes: number }>(() => studio.client.device.addNvidia());
				if (added.isCancelled) {
					throw new StudioError('request.cancelled');
				}
				const text = `NVIDIA support was added (${mebibytes(added.result.sizeBytes)}); measure a model to use it`;
				studio.output.result(added.result, text);
			}),
		);
	devices
		.command('remove-nvidia')
		.description('Deletes those libraries')
		.action(() =>
			run(async (studio) => {
				await studio.client.device.removeNvidia();
				studio.output.result({ removed: true }, 'NVIDIA support was removed');
			}),
		);
	return devices;
}

/** `models bench`: what a frame costs, part by part and device by device. */
export function addBenchCommand(models: Command, run: RunCommand): void {
	models
		.command('bench')
		.description('Measures what a frame costs: image encoder, memory attention, decoder, memory encoder; per device')
		.argument('[id]', 'as `models list` tells it (default: every model)')
		.action((modelId: string | undefined) =>
			run(async (studio) => {
				const known = (await studio.client.model.list()).map((model) => model.modelId);
				const lists: DeviceList[] = [];
				for (const id of modelId === undefined ? known : [modelId]) {
					lists.push(await measure(studio, { modelId: id, deviceIds: undefined }));
				}
				studio.output.result(lists, lists.map(benchText).join('\n\n'));
			}),
		);
}

async function listDevices(studio: Studio, modelId: string | undefined): Promise<void> {
	const list = await studio.client.device.list(modelId === undefined ? {} : { modelId });
	studio.output.result(list, listText(list));
}

async function measure(
	studio: Studio,
	request: { modelId: string | undefined; deviceIds: DeviceId[] | undefined },
): Promise<DeviceList> {
	const { modelId, deviceIds: only } = request;
	const measured = await studio.run<DeviceList>(() =>
		studio.client.device.measure({
			...(modelId === undefined ? {} : { modelId }),
			...(only === undefined ? {} : { deviceIds: only }),
		}),
	);
	if (measured.isCancelled) {
		throw new StudioError('request.cancelled');
	}
	return measured.result;
}

function listText(list: DeviceList): string {
	return [
		`${list.modelName}:`,
		...list.devices.map((device) => `${device.deviceId === list.usedDeviceId ? '*' : ' '} ${deviceLine(device)}`),
		`${list.devices.find(({ deviceId }) => deviceId === list.usedDeviceId)?.name} is used. ${list.why}`,
	].join('\n');
}

function deviceLine({ deviceId, name, state, millisPerFrame, floats, reason }: DeviceInfo): string {
	const told =
		state === 'unmeasured'
			? 'not measured'
			: state === 'usable'
				? `${millisText(millisPerFrame)} a frame${floats === 'fp16' ? ' with fp16' : ''}`
				: `not used: ${reason}`;
	return `${deviceId.padEnd(9)}  ${name.padEnd(9)}  ${told}`;
}

function benchText(list: DeviceList): string {
	const measured = list.devices.filter((device) => device.parts.length > 0);
	const rows = measured.flatMap((device) => [
		`  ${nameText(device).padEnd(18)} ${millisText(device.millisPerFrame).padStart(12)}${device.state === 'usable' ? '' : `  not used: ${device.reason}`}`,
		...(device.parts.length < 2
			? []
			: device.parts.map(
					({ part, millis }) => `    ${framePartNames[part].padEnd(16)} ${millisText(millis).padStart(12)}`,
				)),
	]);
	const others = list.devices.filter((device) => device.parts.length === 0 && device.state === 'failed');
	return [
		`${list.modelId}  ${list.modelName}, a frame of one object`,
		...rows,
		...others.map(({ name, reason }) => `  ${name.padEnd(18)} not used: ${reason}`),
	].join('\n');
}

function nameText({ name, floats }: DeviceInfo): string {
	return floats === 'fp16' ? `${name} fp16` : name;
}

function millisText(millis: number | null): string {
	return millis === null ? '-' : `${millis.toFixed(millis < 100 ? 1 : 0)} ms`;
}

function mebibytes(bytes: number): string {
	return `${Math.round(bytes / 2 ** 20)} MiB`;
}
