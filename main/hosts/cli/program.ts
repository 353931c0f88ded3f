import { Command, Option } from 'commander';
import type { Services } from '../../services/index.ts';
import { addAnnotateCommand } from './commands/annotate.ts';
import { addDeviceCommands } from './commands/device-commands.ts';
import { addEvalCommand, type RunAlone } from './commands/eval.ts';
import { addModelCommands } from './commands/model-commands.ts';
import type { RunCommand } from './commands/options.ts';
import { addProjectCommands } from './commands/project-commands.ts';
import { addReadCommands } from './commands/read-commands.ts';
import { createOutput, exitCodes, reportError } from './output.ts';
import { withInterrupt, withStudio } from './studio.ts';

/**
 * Runs one command line.
 *
 * @param words without the program's own name
 * @returns the exit code: 0 done, 1 failed, 2 the command line is wrong, 130 cancelled
 */
export async function runCommandLine(
	words: string[],
	deps: { version: string; createServices: () => Services },
): Promise<number> {
	let exitCode: number = exitCodes.done;
	const program = new Command('masklet')
		.description('Annotate video datasets: prompt objects, carry their masks through the video, export')
		.version(deps.version)
		.option('--json', 'results as one JSON value on standard output')
		.exitOverride()
		.showHelpAfterError('(--help tells what can be said)');
	const runAlone: RunAlone = async (work) => {
		const output = createOutput(program.opts<{ json?: boolean }>().json ?? false);
		try {
			await withInterrupt(output, (signal) => work(output, signal));
		} catch (error) {
			exitCode = reportError(error, output);
		}
	};
	const run: RunCommand = (work) =>
		runAlone((output, signal) => withStudio({ output, signal, createServices: deps.createServices }, work));
	addAnnotateCommand(program, run);
	addProjectCommands(program, run);
	addReadCommands(program, run);
	addEvalCommand(program, runAlone);
	const models = addModelCommands(program, run);
	const devices = addDeviceCommands(program, run);
	for (const command of [...program.commands, ...models.commands, ...devices.commands]) {
		command.copyInheritedSettings(program);
		// `--json` may stand before or after the command's name.
		command.addOption(new Option('--json', 'results as one JSON value on standard output'));
		command.hook('preAction', () => {
			if (command.opts<{ json?: boolean }>().json) {
				program.setOptionValue('json', true);
			}
		});
	}
	try {
		await program.parseAsync(words, { from: 'user' });
	} catch (error) {
		// Commander has said what is wrong; help and version end here too, with 0.
		const { exitCode: code } = error as { exitCode?: number };
		if (code === undefined) {
			throw error;
		}
		return code === 0 ? exitCodes.done : exitCodes.usage;
	}
	return exitCode;
}
