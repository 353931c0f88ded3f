import { expect, it } from 'vitest';
import { defaultModes, describeModes, modeNames, modeTable, parseMode } from '../../../preload/common/model-modes.ts';
import { modelModes } from '../../../preload/contract/model.ts';

it('every mode of the table is named, read and validated alike', () => {
	for (const name of modeNames) {
		const { choices } = modeTable[name];
		expect(choices[0]!.value).toBe(defaultModes[name]);
		expect([...modelModes.shape[name].options].sort()).toEqual(choices.map((choice) => choice.value).toSorted());
		for (const { value } of choices) {
			expect(parseMode(`${name}=${value}`)).toEqual({ [name]: value });
		}
	}
	expect(modelModes.parse(defaultModes)).toEqual(defaultModes);
	expect(parseMode('int8')).toEqual({ weights: 'int8' });
	expect(parseMode('half')).toEqual({ size: 'half' });
	// A number alone could be of several.
	for (const wrong of ['2', '1', 'stride', 'stride=3', 'size=int8', '', 'STRIDE=2', 'fast']) {
		expect(parseMode(wrong)).toBeNull();
	}
	expect(describeModes(defaultModes)).toBe('none');
	expect(describeModes({ ...defaultModes, stride: '2', size: 'half' })).toBe('size=half stride=2');
});
