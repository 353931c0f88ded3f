import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of this process's child that runs models; null where the system does not tell, or there is none. */
export function inferenceMebibytes(): number | null {
	try {
		const children = readdirSync('/proc/self/task').flatMap((task) =>
			readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '),
		);
		const child = children.find((pid) => pid !== '' && commandOf(pid).includes('inference'));
		return child === undefined ? null : Number(readFileSync(`/proc/${child}/statm`, 'utf8').split(' ')[1]) / 256;
	} catch {
		return null;
	}
}

function commandOf(pid: string): string {
	return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
