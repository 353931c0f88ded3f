import { Option } from 'commander';
import type { Studio } from '../studio.ts';

/** Runs a command's work with the services open. */
export type RunCommand = (work: (studio: Studio) => Promise<void>) => Promise<void>;

export function directionOption(): Option {
	return new Option(
		'--direction <direction>',
		'which way to carry from the prompted frames; between: interpolate between two of them',
	)
		.choices(['forward', 'backward', 'both', 'between'])
		.default('both');
}
