import { expect, test } from 'vitest';
import { createTool } from '../../../renderer/editor/tools/index.ts';
import { drag, input, TestEditor } from './test-editor.ts';

test('click: previews, adds what the button and the switch say, drags and removes prompts, leaves the outside alone', () => {
	const editor = new TestEditor();
	const tool = createTool('click', editor);
	tool.move(input(10, 10));
	expect(editor.previewed).toEqual({ kind: 'point', x: 10, y: 10, isPositive: true });
	expect(tool.overlay().cursor).toBe('positive');
	tool.leave();
	expect(editor.previewed).toBe(null);

	tool.down(input(10, 10));
	tool.up(input(10, 10));
	tool.down(input(40, 40, { button: 'secondary' }));
	editor.isSubtracting = true;
	expect(tool.overlay().cursor).toBe('negative');
	tool.down(input(60, 60));
	tool.down(input(70, 20, { button: 'secondary' }));
	tool.down(input(-1, 20));
	expect(editor.taken()).toEqual([
		['add', { kind: 'point', x: 10, y: 10, isPositive: true }],
		['add', { kind: 'point', x: 40, y: 40, isPositive: false }],
		['add', { kind: 'point', x: 60, y: 60, isPositive: false }],
		['add', { kind: 'point', x: 70, y: 20, isPositive: true }],
	]);

	// 8 screen pixels are 4 image pixels here: the press grabs the first prompt.
	drag(tool, [
		[12, 10],
		[20, 15],
		[32, 30],
	]);
	expect(editor.taken()).toEqual([['update', 1, { kind: 'point', x: 30, y: 30, isPositive: true }]]);
	tool.down(input(40, 41));
	tool.up(input(40, 41));
	tool.down(input(40, 40, { isAlt: true }));
	expect(editor.taken()).toEqual([
		['selectPrompt', 2],
		['remove', 2],
	]);

	tool.down(input(10, 10));
	tool.move(input(50, 50));
	expect([tool.stateName, tool.isBusy]).toEqual(['dragging prompt', true]);
	expect(tool.cancel()).toBe(true);
	tool.up(input(50, 50));
	expect([tool.stateName, editor.taken(), tool.cancel()]).toEqual(['idle', [], false]);
});

test('select: picks objects and prompts, drags a box by its handles and never turns it inside out', () => {
	const editor = new TestEditor();
	const tool = createTool('select', editor);
	tool.down(input(10, 10));
	tool.down(input(90, 10));
	expect(editor.taken()).toEqual([
		['selectPrompt', null],
		['select', 7],
		['selectPrompt', null],
		['select', null],
	]);
	editor.placed = [
		{ promptId: null, prompt: { kind: 'point', x: 5, y: 5, isPositive: true } },
		{ promptId: 4, prompt: { kind: 'box', x0: 20, y0: 20, x1: 60, y1: 50 } },
	];
	drag(tool, [
		[60, 50],
		[70, 60],
	]);
	drag(tool, [
		[20, 35],
		[80, 35],
	]);
	drag(tool, [
		[30, 20],
		[130, -100],
	]);
	expect(editor.taken()).toEqual([
		['update', 4, { kind: 'box', x0: 20, y0: 20, x1: 70, y1: 60 }],
		['update', 4, { kind: 'box', x0: 60, y0: 20, x1: 80, y1: 50 }],
		// Wholly out of the picture: the box stays as it is.
		['update', 4, { kind: 'box', x0: 20, y0: 20, x1: 60, y1: 50 }],
	]);
	// A prompt that the service has not recorded yet cannot be grabbed: the press selects the object under it.
	tool.down(input(5, 5));
	expect(editor.taken()).toEqual([
		['selectPrompt', null],
		['select', 7],
	]);
});

test('box: any two corners, clipped to the picture; slips and Escape make none', () => {
	const editor = new TestEditor();
	const tool = createTool('box', editor);
	drag(tool, [
		[70, 60],
		[20, 30],
		[-5, 10],
	]);
	drag(tool, [
		[50, 50],
		[51, 51],
	]);
	expect(editor.taken()).toEqual([['add', { kind: 'box', x0: 0, y0: 10, x1: 70, y1: 60 }]]);
	tool.down(input(80, 20));
	tool.move(input(95, 70));
	expect(tool.overlay().box).toEqual({ x0: 80, y0: 20, x1: 95, y1: 70 });
	expect([tool.cancel(), tool.stateName, editor.taken()]).toEqual([true, 'idle', []]);
	tool.down(input(85, 20, { button: 'secondary' }));
	expect(tool.stateName).toBe('idle');
});

test('brush, eraser and scribble: the true circle, a stroke each, the right button the other way', () => {
	const editor = new TestEditor();
	const brush = createTool('brush', editor);
	brush.move(input(30, 30));
	expect(brush.overlay().circle).toEqual({ centre: { x: 30, y: 30 }, radius: 3, isErasing: false });
	const line: [number, number][] = [
		[20, 20],
		[25, 20],
		[40, 20],
	];
	drag(brush, line);
	drag(brush, line, { button: 'secondary' });
	const eraser = createTool('eraser', editor);
	editor.isSubtracting = true;
	drag(eraser, line);
	drag(brush, line);
	// A band of 20 x 6 pixels and a disc of 32 at its ends.
	const area = 152;
	expect(editor.taken()).toEqual([
		['paint', area, false],
		['paint', area, true],
		['paint', area, true],
		['paint', area, true],
	]);
	editor.isSubtracting = false;
	brush.down(input(20, 20));
	brush.move(input(30, 30));
	expect(brush.overlay().stroke?.points).toHaveLength(2);
	expect([brush.cancel(), brush.stateName, editor.taken()]).toEqual([true, 'idle', []]);
	drag(brush, [[-40, -40]]);
	expect(editor.taken()).toEqual([]);

	const scribble = createTool('scribble', editor);
	drag(scribble, line, { button: 'secondary' });
	expect(editor.taken()).toEqual([
		[
			'add',
			{
				kind: 'stroke',
				points: [
					{ x: 20, y: 20 },
					{ x: 25, y: 20 },
					{ x: 40, y: 20 },
				],
				radius: 3,
				isPositive: false,
			},
		],
	]);
});

test('polygon and lasso: close by click, Enter or release; Escape takes back corner by corner', () => {
	const editor = new TestEditor();
	const polygon = createTool('polygon', editor);
	polygon.down(input(10, 10));
	polygon.down(input(30, 10));
	expect(polygon.accept()).toBe(false);
	polygon.down(input(30, 30));
	polygon.down(input(80, 70));
	expect(polygon.cancel()).toBe(true);
	polygon.down(input(10, 30));
	polygon.move(input(11, 11));
	expect(polygon.overlay().polygon?.isClosable).toBe(true);
	polygon.down(input(11, 11));
	polygon.down(input(50, 50, { button: 'secondary' }));
	polygon.down(input(60, 50));
	polygon.down(input(60, 60));
	expect(polygon.accept()).toBe(true);
	expect(editor.taken()).toEqual([
		['paint', 400, false],
		// Half of 10 x 10; the centres on the slope belong to it.
		['paint', 55, true],
	]);
	polygon.down(input(10, 10));
	polygon.down(input(30, 10));
	expect([polygon.cancel(), polygon.cancel(), polygon.cancel(), polygon.stateName]).toEqual([
		true,
		true,
		false,
		'idle',
	]);

	const lasso = createTool('lasso', editor);
	const loop: [number, number][] = [
		[10, 10],
		[30, 10],
		[30, 30],
		[10, 30],
	];
	drag(lasso, loop);
	lasso.down(input(10, 10));
	lasso.move(input(50, 50));
	expect(lasso.cancel()).toBe(true);
	drag(lasso, [[10, 10]]);
	expect(editor.taken()).toEqual([['paint', 400, false]]);
});
