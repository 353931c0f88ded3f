import { deviceNames } from '../../preload/common/device.ts';
import { isStudioError, StudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { openLink } from '../../preload/rpc/link.ts';
import type { DeviceUse } from './devices.ts';
import type { Measurement } from './measure.ts';
import { type ChildMethods, type ModelSource, remote } from './protocol.ts';

export type MeasureInProcess = {
	spawn: () => Channel | Promise<Channel>;
	source: ModelSource;
	device: DeviceUse;
	signal: AbortSignal;
	/** From 0 to 1. */
	onProgress: (share: number) => void;
	/** A step that lasts longer is taken for one that never ends. */
	stepLimitMillis: number;
};

/**
 * Measures a model on a device in a child process of its own: what crashes or hangs there ends that process alone.
 *
 * @throws device.failed, device.died, device.slow, or the signal's reason
 */
export async function measureInProcess(request: MeasureInProcess): Promise<Measurement> {
	const { device, source, signal, stepLimitMillis } = request;
	const deviceName = deviceNames[device.deviceId];
	signal.throwIfAborted();
	let isSlow = false;
	const link = openLink(await request.spawn(), {
		onNotice: (name, payload) => {
			if (name === 'measureProgress') {
				timer.refresh();
				request.onProgress(payload as number);
			}
		},
	});
	const timer = setTimeout(() => {
		isSlow = true;
		link.close();
	}, stepLimitMillis);
	// A step blocks the child, which then hears of no cancelling.
	const close = () => link.close();
	signal.addEventListener('abort', close, { once: true });
	try {
		return await remote<ChildMethods>(link)('measure', { source, device });
	} catch (error) {
		signal.throwIfAborted();
		if (isSlow) {
			throw new StudioError('device.slow', { device: deviceName, seconds: Math.round(stepLimitMillis / 1000) });
		}
		throw isStudioError(error, 'request.closed')
			? new StudioError('device.died', { device: deviceName }, { cause: error })
			: error;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', close);
		link.close();
	}
}
