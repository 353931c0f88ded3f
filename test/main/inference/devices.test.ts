import { expect, test } from 'vitest';
import { possibleDevices } from '../../../main/inference/devices.ts';
import { loadRuntime } from '../../../main/inference/runtime.ts';
import { deviceIds } from '../../../preload/common/device.ts';

test('the devices of this system are those that the runtime lists', () => {
	const names: Record<string, string> = { dml: 'directml' };
	const listed = loadRuntime(null)
		.listSupportedBackends()
		.map(({ name }) => names[name] ?? name);
	expect([...possibleDevices()].sort()).toEqual(listed.filter((name) => deviceIds.some((id) => id === name)).sort());
});
