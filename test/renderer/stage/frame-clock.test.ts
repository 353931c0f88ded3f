import { expect, test } from 'vitest';
import { frameAtMediaTime, mediaTimeInFrame, nearestFrame } from '../../../renderer/stage/frame-clock.ts';

test('media time finds its frame: even rate, variable rate, and an origin that is not 0', () => {
	const even = Float64Array.from({ length: 300 }, (_, frame) => (frame * 1001) / 30_000);
	const variable = Float64Array.from([0, 0.04, 0.05, 0.3, 0.32, 1.5]);
	const late = Float64Array.from([0.5, 0.54, 0.61, 0.7]);
	for (const pts of [even, variable]) {
		pts.forEach((time, frame) => {
			expect(frameAtMediaTime(pts, time)).toBe(frame);
			// Browsers round to microseconds.
			expect(frameAtMediaTime(pts, Math.round(time * 1e6) / 1e6)).toBe(frame);
		});
	}
	late.forEach((time, frame) => {
		expect(frameAtMediaTime(late, time)).toBe(frame);
		expect(frameAtMediaTime(late, time - 0.5)).toBe(frame);
	});
	expect([nearestFrame(variable, -3), nearestFrame(variable, 99), nearestFrame(new Float64Array([2]), 0)]).toEqual([
		0, 5, 0,
	]);
	variable.forEach((start, frame) => {
		const time = mediaTimeInFrame(variable, frame);
		expect(time).toBeGreaterThan(start);
		expect(time).toBeLessThan(variable[frame + 1] ?? Infinity);
	});
});
