import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process, and the processor time of all its threads since it started. */
export type ProcessUse = { mebibytes: number; cpuMillis: number };

/** Ticks a second in which Linux tells processor time, whatever the kernel's own. */
const ticksASecond = 100;

export function ownUse(): ProcessUse {
	const { user, system } = process.cpuUsage();
	return { mebibytes: process.memoryUsage.rss() / 2 ** 20, cpuMillis: (user + system) / 1000 };
}

/** Of this process's child that runs models; null where the system does not tell, or there is none. */
export function inferenceUse(): ProcessUse | null {
	try {
		const children = readdirSync('/proc/self/task').flatMap((task) =>
			readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '),
		);
		const child = children.find((pid) => pid !== '' && read(pid, 'cmdline').includes('inference'));
		if (child === undefined) {
			return null;
		}
		// The second field is the command in parentheses, which may hold anything; user and system time are fields 14, 15.
		const fields = read(child, 'stat')
			.replace(/^.*\) /s, '')
			.split(' ');
		return {
			mebibytes: Number(read(child, 'statm').split(' ')[1]) / 256,
			cpuMillis: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksASecond,
		};
	} catch {
		return null;
	}
}

function read(pid: string, file: 'cmdline' | 'stat' | 'statm'): string {
	return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}
