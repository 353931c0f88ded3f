import type { Command } from 'commander';
import { type BoxArgument, type PointArgument, parseBox, parseFrameIndex, parsePoint } from './arguments.ts';

export type PromptArgument = PointArgument | BoxArgument | { kind: 'maskFile'; path: string };

/** What the command line says of one object. */
export type ObjectArgument = {
	prompts: PromptArgument[];
	frameIndex: number;
	label: string | null;
	name: string | null;
};

/**
 * Adds `--box`, `--point`, `--mask`, `--frame`, `--label` and `--name` to a command, and `--object`, which starts the
 * next object: what follows it, up to the next `--object`, belongs to that one.
 *
 * @returns reads the objects once the command line is parsed (those without a prompt are left out), and the words
 * after the points that are none: `--point 1,2 VIDEO` means the video
 */
export function addObjectOptions(command: Command): () => { objects: ObjectArgument[]; words: string[] } {
	const words: string[] = [];
	const groups: ObjectArgument[] = [emptyGroup()];
	const current = (): ObjectArgument => groups[groups.length - 1]!;
	// Commander calls a parser once a value, in the order of the command line.
	command
		.option('--object', 'start another object: the options after it are its own')
		.option('--point <points...>', 'clicks: x,y inside the object, x,y,- outside it', (text: string) => {
			if (/^[\d.]+(,|$)/.test(text)) {
				current().prompts.push(parsePoint(text));
			} else {
				words.push(text);
			}
		})
		.option('--box <x0,y0,x1,y1>', 'a box around the object', (text: string) => {
			current().prompts.push(parseBox(text));
		})
		.option('--mask <file.png>', 'its mask: a PNG of the size of the video, 0 outside', (text: string) => {
			current().prompts.push({ kind: 'maskFile', path: text });
		})
		.option('--frame <n>', 'the frame that the prompts are on, from 0 (default: 0)', (text: string) => {
			current().frameIndex = parseFrameIndex(text);
		})
		.option('--label <name>', 'its label (category)', (text: string) => {
			current().label = text;
		})
		.option('--name <name>', 'its own name (default: the label and a number)', (text: string) => {
			current().name = text;
		});
	command.on('option:object', () => {
		groups.push(emptyGroup());
	});
	return () => ({ objects: groups.filter((group) => group.prompts.length > 0), words });
}

function emptyGroup(): ObjectArgument {
	return { prompts: [], frameIndex: 0, label: null, name: null };
}
