import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { floatSizes } from '../../../preload/common/device.ts';
import { deviceId, deviceInfo } from '../../../preload/contract/device.ts';

const note = deviceInfo
	.pick({ deviceId: true, millisPerFrame: true, parts: true, difference: true, reason: true })
	.extend({
		state: z.enum(['usable', 'wrong', 'failed']),
		floats: z.enum(floatSizes).default('fp32'),
		measuredAtMillis: z.number(),
		/** What it was measured with; another makes it out of date. */
		measuredWith: z.string(),
	});

const notes = z.object({
	preferredDeviceId: deviceId.nullable().default(null),
	/** By model. */
	models: z.record(z.string(), z.array(note)).default({}),
});

export type DeviceNote = z.infer<typeof note>;
export type DeviceNotes = z.infer<typeof notes>;

/**
 * What this machine's devices were found to be, and what the user wants, in a small file of the data folder. Read at
 * every use, so that all Masklets of a user go by the same.
 */
export function createDeviceNotes(path: string): {
	read: () => DeviceNotes;
	change: (apply: (notes: DeviceNotes) => DeviceNotes) => void;
} {
	function read(): DeviceNotes {
		try {
			return notes.parse(JSON.parse(readFileSync(path, 'utf8')));
		} catch {
			// Not there yet, or damaged: devices are measured anew.
			return notes.parse({});
		}
	}
	return {
		read,
		change: (apply) => {
			const text = JSON.stringify(apply(read()), null, '\t');
			mkdirSync(dirname(path), { recursive: true });
			writeFileSync(`${path}.new`, text);
			renameSync(`${path}.new`, path);
		},
	};
}
