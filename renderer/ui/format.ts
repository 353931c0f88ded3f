/** "00:05.333"; with hours where there are any. */
export function timeText(seconds: number): string {
	const millis = Math.max(0, Math.round(seconds * 1000));
	const hours = Math.floor(millis / 3_600_000);
	const minutes = Math.floor(millis / 60_000) % 60;
	const rest = (millis % 60_000) / 1000;
	const tail = `${String(minutes).padStart(2, '0')}:${rest.toFixed(3).padStart(6, '0')}`;
	return hours > 0 ? `${hours}:${tail}` : tail;
}

export function sizeText(bytes: number): string {
	const units = ['B', 'KB', 'MB', 'GB', 'TB'];
	let value = bytes;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "3 objects", "1 object". */
export function countText(count: number, one: string, many = `${one}s`): string {
	return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** "today", "yesterday", "12 May 2026". */
export function dayText(millis: number, nowMillis: number): string {
	const days = Math.floor(startOfDay(nowMillis) / 86_400_000) - Math.floor(startOfDay(millis) / 86_400_000);
	if (days === 0) {
		return 'today';
	}
	return days === 1
		? 'yesterday'
		: new Date(millis).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The last part of a path, for people. */
export function baseName(path: string): string {
	return (
		path
			.replace(/[\\/]+$/, '')
			.split(/[\\/]/)
			.at(-1) ?? path
	);
}

function startOfDay(millis: number): number {
	const date = new Date(millis);
	return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}
