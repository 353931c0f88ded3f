import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addObjectOptions } from '../../../main/hosts/cli/object-options.ts';

function parse(line: string): unknown {
	const command = new Command('annotate')
		.argument('[video]')
		.exitOverride()
		.configureOutput({ writeErr: () => {} });
	const objects = addObjectOptions(command);
	command.parse(line.split(' '), { from: 'user' });
	return { positionals: command.args, ...objects() };
}

test('one object needs no group, several are parted by --object', () => {
	expect(parse('dog.mp4 --point 10,20 30,40.5,- --label dog --object --box 5,6,1,2 --frame 7')).toEqual({
		positionals: ['dog.mp4'],
		words: [],
		objects: [
			{
				prompts: [
					{ kind: 'point', x: 10, y: 20, isPositive: true },
					{ kind: 'point', x: 30, y: 40.5, isPositive: false },
				],
				frameIndex: 0,
				label: 'dog',
				name: null,
			},
			{ prompts: [{ kind: 'box', x0: 1, y0: 2, x1: 5, y1: 6 }], frameIndex: 7, label: null, name: null },
		],
	});
});

test('a video after the points is not a point', () => {
	expect(parse('--point 10,20 clips/dog.mp4')).toMatchObject({ words: ['clips/dog.mp4'], positionals: [] });
});

test('a wrong value says what is wanted and what was given', () => {
	expect(() => parse('dog.mp4 --point 10')).toThrow('a point is x,y or x,y,- (outside the object); got "10"');
	expect(() => parse('dog.mp4 --box 1,2,3')).toThrow('a box is x0,y0,x1,y1; got "1,2,3"');
	expect(() => parse('dog.mp4 --box 1,2,1,5')).toThrow('a box has a width and a height; got "1,2,1,5"');
	expect(() => parse('dog.mp4 --point 1,1 --frame -3')).toThrow();
});
