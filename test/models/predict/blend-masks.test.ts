import { beforeAll, expect, test } from 'vitest';
import { loadOpenCv, type Cv } from '../../../models/builtin/opencv.ts';
import { blendMasks, maskIou } from '../../../models/predict/blend-masks.ts';
import type { Mask } from '../../../preload/common/picture.ts';

const size = { width: 120, height: 80 };
let cv: Cv;
beforeAll(async () => {
	cv = await loadOpenCv();
});

/** A disc; none where the radius is 0. */
function disc(x: number, y: number, radius: number): Mask {
	const data = Uint8Array.from({ length: size.width * size.height }, (_, at) =>
		Math.hypot((at % size.width) - x, Math.floor(at / size.width) - y) < radius ? 1 : 0,
	);
	return { ...size, data };
}

test('the blend lies between the two, nearer to the one that weighs more', () => {
	const [one, other] = [disc(40, 40, 20), disc(52, 40, 20)];
	expect(maskIou(blendMasks(cv, one, other, 0.5), disc(46, 40, 20))).toBeGreaterThan(0.92);
	expect(maskIou(blendMasks(cv, one, other, 0.75), disc(43, 40, 20))).toBeGreaterThan(0.94);
	expect(maskIou(blendMasks(cv, disc(60, 40, 12), disc(60, 40, 24), 0.5), disc(60, 40, 18))).toBeGreaterThan(0.95);
	expect(blendMasks(cv, one, other, 1)).toEqual(one);
	expect(blendMasks(cv, one, disc(0, 0, 0), 0.1)).toEqual(one);
	expect(blendMasks(cv, disc(0, 0, 0), other, 0.9)).toEqual(other);
	expect(maskIou(disc(0, 0, 0), disc(0, 0, 0))).toBe(1);
});
